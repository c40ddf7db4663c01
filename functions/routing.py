"""The door of every HTTP function: who calls, from where, with which role, and what is told when it goes wrong.

A route is declared with the roles that may use it; there is no way to serve one without (PROCESS.md, Who may do what).
"""

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import azure.functions as func

from functions.log_lines import places_of
from functions.principal import caller_of
from functions.problems import Problem, problem_of, problem_response, unexpected_problem
from functions.request_errors import NotSignedInError
from functions.same_site import check_same_site
from functions.status_text import wished_language
from functions.tracing import Span, traced
from shared import wiring
from shared.clock import CLOCK
from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.settings import Settings
from shared.usecases.callers import Caller, Role
from shared.usecases.correlation import correlated
from shared.usecases.services import Services

_LOG = logging.getLogger("cpor")
_CLAIM_ID = re.compile(r"[a-z2-7]{48}")
CORRELATION_HEADER = "X-Correlation-Id"
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries, unless the function itself says otherwise."""

ANYONE: frozenset[Role] = frozenset()
"""For the few routes that need no sign-in: the customer's page, and the health of the app."""
EVERY_ROLE = frozenset(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declared route: its function's name, path, methods, and the roles that may use it (ANYONE: no sign-in)."""

    name: str
    path: str
    methods: tuple[str, ...]
    roles: frozenset[Role]


DECLARED: dict[str, Declared] = {}
"""Every route by its function's name."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One request on its way: what a function needs to serve it. `claim` is the claim it is about, for the log."""

    request: func.HttpRequest
    services: Services
    settings: Settings
    now: datetime
    correlation_id: str
    signed_in: Caller | None = None
    claim: str | None = None

    @property
    def caller(self) -> Caller:
        """Who is signed in. NotSignedInError where nobody need be."""
        if self.signed_in is None:
            raise NotSignedInError(say("Sign in first."))
        return self.signed_in

    def segment(self, name: str) -> str:
        """The part of the path of that name."""
        return str(self.request.route_params.get(name, ""))

    @property
    def claim_id(self) -> str:
        """The claim that the path names, as it was written."""
        return self.segment("claimId")


Handler = Callable[[Call], Awaitable[func.HttpResponse]]
Trigger = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
OnProblem = Callable[[func.HttpRequest, Problem], func.HttpResponse]


def new_blueprint() -> func.Blueprint:
    """One subject's functions."""
    return func.Blueprint()  # type: ignore[no-untyped-call]


def _as_json(request: func.HttpRequest, problem: Problem) -> func.HttpResponse:
    return problem_response(problem, language=wished_language(request.headers.get("accept-language")))


def route(
    blueprint: func.Blueprint,
    path: str,
    *,
    methods: tuple[str, ...],
    roles: frozenset[Role],
    on_problem: OnProblem = _as_json,
) -> Callable[[Handler], Trigger]:
    """Serve the path by the decorated function, for callers with one of these roles.

    The function is named as the handler. Pages hand in `on_problem` to show what went wrong in their own way.
    """

    def declare(handler: Handler) -> Trigger:
        name = handler.__name__
        DECLARED[name] = Declared(name=name, path=path, methods=methods, roles=roles)

        async def serve(req: func.HttpRequest) -> func.HttpResponse:
            correlation_id = uuid.uuid4().hex
            with correlated(correlation_id), traced(name, correlation=correlation_id) as span:
                return await _serve(req, DECLARED[name], handler, on_problem, correlation_id, span)

        # Not functools.wraps: the Functions worker would follow it to the handler's own parameters.
        serve.__name__ = serve.__qualname__ = name
        serve.__doc__ = handler.__doc__
        serve.__module__ = handler.__module__
        blueprint.route(route=path, methods=methods, auth_level=func.AuthLevel.ANONYMOUS)(serve)
        return serve

    return declare


async def _serve(
    request: func.HttpRequest,
    declared: Declared,
    handler: Handler,
    on_problem: OnProblem,
    correlation_id: str,
    span: Span,
) -> func.HttpResponse:
    started = time.perf_counter()
    claim = request.route_params.get("claimId", "")
    named = [claim] if _CLAIM_ID.fullmatch(claim) else []
    problem: Problem | None = None
    try:
        call = Call(
            request=request,
            services=wiring.services(),
            settings=wiring.settings(),
            now=CLOCK.now(),
            correlation_id=correlation_id,
        )
        await _admit(call, declared)
        response = await handler(call)
        named += [call.claim] if call.claim else []
    except DomainError as error:
        problem = problem_of(error, correlation_id=correlation_id)
    except Exception as error:
        _LOG.error(
            "unexpected %s", type(error).__name__, extra={"stack": places_of(error), "correlation": correlation_id}
        )
        problem = unexpected_problem(correlation_id=correlation_id)
    if problem is not None:
        response = on_problem(request, problem)
    for header, value in {**SECURITY_HEADERS, CORRELATION_HEADER: correlation_id}.items():
        response.headers.setdefault(header, value)
    _log(declared, response, problem, named, correlation_id, started)
    span.set_attribute("cpor.status", response.status_code)
    if problem is not None:
        span.set_attribute("cpor.code", problem.code)
    if named:
        span.set_attribute("cpor.claim", named[-1])
    return response


async def _admit(call: Call, declared: Declared) -> None:
    """From our own site, signed in, and with a role that may. OtherSiteError, NotSignedInError, RoleMissingError."""
    request = call.request
    check_same_site(request.method, request.headers, own_urls=(call.settings.public_url, request.url))
    if declared.roles:
        call.signed_in = await caller_of(request.headers, services=call.services, settings=call.settings)
        call.signed_in.needs(*declared.roles)


def _log(
    declared: Declared,
    response: func.HttpResponse,
    problem: Problem | None,
    named: list[str],
    correlation_id: str,
    started: float,
) -> None:
    """One line per request, without anything that a person wrote."""
    code = problem.code if problem else ""
    extra: dict[str, object] = {
        "function": declared.name,
        "status": response.status_code,
        "code": code,
        "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        "correlation": correlation_id,
    }
    if named:
        extra["claim"] = named[-1]
    _LOG.info("%s %s %s", declared.name, response.status_code, code, extra=extra)
