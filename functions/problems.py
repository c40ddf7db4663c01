"""From an error's code to what the caller is told: the one table, and RFC 9457 `application/problem+json` from it.

Errors are named by their code, not by their class, so that adapters, which functions do not import, are in the table
too. JSON answers and pages render from the same problem.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import azure.functions as func

from shared.domain.errors import DomainError, Fault
from shared.domain.reason_texts import N_
from shared.domain.sayings import say
from shared.texts import FALLBACK, Texts, texts
from shared.texts.said import said

_Status = HTTPStatus
PROBLEM_TYPE = "application/problem+json"
UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one code is answered; `retry_after` in seconds where trying again helps."""

    status: HTTPStatus
    title: str
    retry_after: int | None = None


ANSWERS: Mapping[str, Kind] = {
    "malformed-json": Kind(_Status.BAD_REQUEST, N_("The body cannot be read")),
    "malformed-request": Kind(_Status.BAD_REQUEST, N_("The request cannot be read")),
    "idempotency-key-missing": Kind(_Status.BAD_REQUEST, N_("The Idempotency-Key is missing")),
    "idempotency-key-invalid": Kind(_Status.BAD_REQUEST, N_("The Idempotency-Key cannot be used")),
    "not-signed-in": Kind(_Status.UNAUTHORIZED, N_("You are not signed in")),
    "bad-token": Kind(_Status.UNAUTHORIZED, N_("The link is not valid")),
    "role-missing": Kind(_Status.FORBIDDEN, N_("You may not do this")),
    "other-site": Kind(_Status.FORBIDDEN, N_("The request came from another site")),
    "form-refused": Kind(_Status.FORBIDDEN, N_("The form cannot be accepted")),
    "not-found": Kind(_Status.NOT_FOUND, N_("There is no such thing")),
    "state-conflict": Kind(_Status.CONFLICT, N_("The claim's state does not allow this")),
    "in-flight": Kind(_Status.CONFLICT, N_("The same request is being worked on"), 1),
    "slot-pending": Kind(_Status.CONFLICT, N_("Another claim is waiting for the customer")),
    "supersede-required": Kind(_Status.CONFLICT, N_("The present association must be superseded")),
    "incumbent-window-open": Kind(_Status.CONFLICT, N_("The present partner may still answer")),
    "no-incumbent": Kind(_Status.CONFLICT, N_("Nobody has to be told")),
    "incumbents-told": Kind(_Status.CONFLICT, N_("The present partner was told before")),
    "already-replayed": Kind(_Status.CONFLICT, N_("The message was put back already")),
    "already-decided": Kind(_Status.CONFLICT, N_("The answer is recorded already")),
    "already-disputed": Kind(_Status.CONFLICT, N_("The claim was disputed before")),
    "still-needed": Kind(_Status.CONFLICT, N_("The claim still needs its contact")),
    "too-late": Kind(_Status.CONFLICT, N_("It is too late for this")),
    "precondition-failed": Kind(_Status.PRECONDITION_FAILED, N_("The claim has changed meanwhile")),
    "too-large": Kind(_Status.CONTENT_TOO_LARGE, N_("The request is too large")),
    "unsupported-type": Kind(_Status.UNSUPPORTED_MEDIA_TYPE, N_("This media type is not accepted here")),
    "invalid-claim": Kind(_Status.UNPROCESSABLE_CONTENT, N_("Some of the values cannot be accepted")),
    "invalid-identifier": Kind(_Status.UNPROCESSABLE_CONTENT, N_("This is not an identifier")),
    "idempotency-key-reused": Kind(_Status.UNPROCESSABLE_CONTENT, N_("The Idempotency-Key was used before")),
    "too-many-incumbents": Kind(_Status.UNPROCESSABLE_CONTENT, N_("Too much would change at once")),
    "too-much-data": Kind(_Status.UNPROCESSABLE_CONTENT, N_("There is too much on this claim")),
    "poe-unreadable": Kind(_Status.UNPROCESSABLE_CONTENT, N_("The file cannot be opened")),
    "cannot-be-read": Kind(_Status.UNPROCESSABLE_CONTENT, N_("The message cannot be read")),
    "if-match-missing": Kind(_Status.PRECONDITION_REQUIRED, N_("If-Match is missing")),
    "too-many-requests": Kind(_Status.TOO_MANY_REQUESTS, N_("Too many requests"), 60),
    "service-unavailable": Kind(_Status.SERVICE_UNAVAILABLE, N_("A service does not answer"), 5),
    "mail-throttled": Kind(_Status.SERVICE_UNAVAILABLE, N_("The mail provider asks to wait"), 60),
    "mail-refused": Kind(_Status.INTERNAL_SERVER_ERROR, N_("The mail provider refused")),
    "unknown-calendar": Kind(_Status.INTERNAL_SERVER_ERROR, N_("A calendar is missing")),
    "slot-lost": Kind(_Status.INTERNAL_SERVER_ERROR, N_("The stored state is not consistent")),
    "proof-damaged": Kind(_Status.INTERNAL_SERVER_ERROR, N_("A stored proof is damaged")),
    "error": Kind(_Status.INTERNAL_SERVER_ERROR, N_("Something went wrong")),
    UNEXPECTED: Kind(_Status.INTERNAL_SERVER_ERROR, N_("Something went wrong on our side")),
}
_UNKNOWN = ANSWERS["error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the caller is told; `errors` names every fault with its pointer, `correlation_id` finds it in the logs.

    `retry_after` in seconds, where trying again helps.
    """

    kind: Kind
    code: str
    detail: str
    errors: tuple[Fault, ...]
    correlation_id: str
    retry_after: int | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.kind.status)


def problem_of(error: DomainError, *, correlation_id: str) -> Problem:
    """The problem that an error is."""
    kind = ANSWERS.get(error.code, _UNKNOWN)
    return Problem(
        kind=kind,
        code=error.code,
        detail=error.saying,
        errors=error.faults,
        correlation_id=correlation_id,
        retry_after=_retry_after(error, kind),
    )


def _retry_after(error: DomainError, kind: Kind) -> int | None:
    """Whole seconds: the error's own wait where it knows one, else its kind's."""
    own = getattr(error, "retry_after", None)
    return max(1, math.ceil(own.total_seconds())) if isinstance(own, timedelta) else kind.retry_after


def unexpected_problem(*, correlation_id: str) -> Problem:
    """The problem of an error that nobody foresaw: nothing of it is told, but where it can be looked up."""
    detail = say("Nothing is lost: try again. If it happens once more, tell us the correlation ID.")
    return Problem(kind=ANSWERS[UNEXPECTED], code=UNEXPECTED, detail=detail, errors=(), correlation_id=correlation_id)


def problem_headers(problem: Problem) -> dict[str, str]:
    """The headers that go with the problem, whatever its form."""
    return {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}


def faults_json(faults: Iterable[Fault], words: Texts) -> list[dict[str, str]]:
    """Faults as answers list them, their sentences in the reader's language."""
    return [{"pointer": one.pointer, "code": one.code, "message": said(words, one.message)} for one in faults]


def problem_response(problem: Problem, *, language: str = FALLBACK) -> func.HttpResponse:
    """The problem as `application/problem+json`, in that language."""
    words = texts(language)
    body = {
        "type": f"urn:cpor:problem:{problem.code}",
        "title": words.gettext(problem.kind.title),
        "status": problem.status,
        "code": problem.code,
        "detail": said(words, problem.detail),
        "errors": faults_json(problem.errors, words),
        "correlationId": problem.correlation_id,
    }
    headers = {**problem_headers(problem), "Content-Language": language, "Vary": "Accept-Language"}
    return func.HttpResponse(
        json.dumps(body, ensure_ascii=False), status_code=problem.status, headers=headers, mimetype=PROBLEM_TYPE
    )
