"""From an error's code to what the caller is told: the one table, and RFC 9457 `application/problem+json` from it.

Errors are named by their code, not by their class, so that adapters, which functions do not import, are in the table
too. JSON answers and pages render from the same problem.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import azure.functions as func

from shared.domain.errors import DomainError, Fault
from shared.domain.reason_texts import N_

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
    "already-decided": Kind(_Status.CONFLICT, N_("The answer is recorded already")),
    "already-disputed": Kind(_Status.CONFLICT, N_("The claim was disputed before")),
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
    """What the caller is told; `errors` names every fault with its pointer, `correlation_id` finds it in the logs."""

    kind: Kind
    code: str
    detail: str
    errors: tuple[Fault, ...]
    correlation_id: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.kind.status)


def problem_of(error: DomainError, *, correlation_id: str) -> Problem:
    """The problem that an error is."""
    kind = ANSWERS.get(error.code, _UNKNOWN)
    return Problem(kind=kind, code=error.code, detail=str(error), errors=error.faults, correlation_id=correlation_id)


def unexpected_problem(*, correlation_id: str) -> Problem:
    """The problem of an error that nobody foresaw: nothing of it is told, but where it can be looked up."""
    detail = "Nothing is lost: try again. If it happens once more, tell us the correlation ID."
    return Problem(kind=ANSWERS[UNEXPECTED], code=UNEXPECTED, detail=detail, errors=(), correlation_id=correlation_id)


def problem_headers(problem: Problem) -> dict[str, str]:
    """The headers that go with the problem, whatever its form."""
    return {} if problem.kind.retry_after is None else {"Retry-After": str(problem.kind.retry_after)}


def problem_response(problem: Problem) -> func.HttpResponse:
    """The problem as `application/problem+json`."""
    body = {
        "type": f"urn:cpor:problem:{problem.code}",
        "title": problem.kind.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "message": fault.message} for fault in problem.errors
        ],
        "correlationId": problem.correlation_id,
    }
    return func.HttpResponse(
        json.dumps(body), status_code=problem.status, headers=problem_headers(problem), mimetype=PROBLEM_TYPE
    )
