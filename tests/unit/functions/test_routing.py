"""The door of every HTTP function: sign-in, roles, other sites, errors, headers, the log."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions.answers import json_answer
from functions.problems import Problem
from functions.routing import ANYONE, DECLARED, SECURITY_HEADERS, Call, new_blueprint, route
from shared import wiring
from shared.domain.errors import Fault, InvalidClaimError
from shared.usecases.callers import PARTNERS, Role
from tests.unit.functions.sent_requests import principal, request

CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
OPERATOR = "00000000-0000-4000-8000-0000000000aa"
CLAIM = "a" * 48


@dataclass
class FakeRegistry:
    """Knows one organisation."""

    known: set[str] = field(default_factory=lambda: {CONTOSO})

    async def is_partner(self, organisation: str) -> bool:
        """Whether it is the organisation that is known."""
        return organisation in self.known


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An app with sign-in on, whose services are a registry alone."""
    settings = SimpleNamespace(auth_enabled=True, operator_tenant_id=OPERATOR, public_url="https://cpor.example")
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: SimpleNamespace(registry=FakeRegistry()))
    return settings


@pytest.fixture(autouse=True)
def undeclared() -> Iterator[None]:
    """Routes declared by a test are gone after it."""
    before = dict(DECLARED)
    yield
    DECLARED.clear()
    DECLARED.update(before)


def served(roles: frozenset[Role] = PARTNERS, *, error: Exception | None = None, **options: Any) -> Any:
    """A function that answers with the caller's roles, or raises."""

    @route(new_blueprint(), "api/thing", methods=("GET", "POST"), roles=roles, **options)
    async def read_thing(call: Call) -> func.HttpResponse:
        """Answer."""
        if error:
            raise error
        return json_answer({"roles": sorted(call.caller.roles) if roles else None})

    return read_thing


def code_of(response: func.HttpResponse) -> tuple[int, str | None]:
    """Status and problem code."""
    return response.status_code, json.loads(response.get_body()).get("code")


async def test_caller_with_the_role_is_served() -> None:
    """A signed-in partner of a registered organisation gets its answer."""
    response = await served()(
        request(headers={"x-ms-client-principal": principal(CONTOSO, "Partner.IncentivesAdmin", "Program.Admin")})
    )
    assert (response.status_code, json.loads(response.get_body())) == (200, {"roles": ["Partner.IncentivesAdmin"]})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (401, "not-signed-in")),
        ({"x-ms-client-principal": "%%%"}, (401, "not-signed-in")),
        ({"x-ms-client-principal": principal(CONTOSO)}, (403, "role-missing")),
        ({"x-ms-client-principal": principal(CONTOSO, "Program.Admin")}, (403, "role-missing")),
        ({"x-ms-client-principal": principal(OPERATOR, "Program.Admin")}, (403, "role-missing")),
        ({"x-ms-client-principal": principal(OPERATOR, "Partner.IncentivesAdmin")}, (403, "role-missing")),
        (
            {"x-ms-client-principal": principal(CLAIM[:8] + CONTOSO[8:], "Partner.IncentivesAdmin")},
            (403, "role-missing"),
        ),
    ],
)
async def test_others_are_not(headers: dict[str, str], expected: tuple[int, str]) -> None:
    """Nobody, a broken sign-in, and roles handed out by the wrong tenant are told apart and kept out."""
    assert code_of(await served()(request(headers=headers))) == expected


async def test_header_is_not_believed_where_no_platform_writes_it(wired: SimpleNamespace) -> None:
    """Without App Service Authentication a sent principal signs nobody in."""
    wired.auth_enabled = False
    header = principal(CONTOSO, "Partner.IncentivesAdmin")
    assert code_of(await served()(request(headers={"x-ms-client-principal": header}))) == (401, "not-signed-in")


async def test_other_sites_are_refused_before_anything_else() -> None:
    """A post from another site's page is refused on every route, also on those without sign-in."""
    for roles in (PARTNERS, ANYONE):
        response = await served(roles)(request("POST", headers={"origin": "https://evil.example"}))
        assert code_of(response) == (403, "other-site")
    assert (await served(ANYONE)(request("POST", headers={"origin": "https://cpor.example"}))).status_code == 200


async def test_error_becomes_its_problem() -> None:
    """What the use case raises is answered by the table, with every fault."""
    fault = Fault(pointer="/a", code="required", message="m")
    response = await served(ANYONE, error=InvalidClaimError((fault,)))(request())
    assert code_of(response) == (422, "invalid-claim")
    assert response.mimetype == "application/problem+json"


async def test_unforeseen_error_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    """A bug is a 500 with a correlation ID that the log has too; its words, which may be a caller's, are in neither."""
    with caplog.at_level(logging.INFO, logger="cpor"):
        response = await served(ANYONE, error=RuntimeError("anna@alpine.example"))(request())
    assert code_of(response) == (500, "unexpected")
    everything = response.get_body().decode() + "".join(str(vars(record)) for record in caplog.records)
    assert "anna@alpine.example" not in everything
    assert response.headers["X-Correlation-Id"] in str(vars(caplog.records[0]))
    assert "test_routing.py" in str(vars(caplog.records[0])["stack"])


async def test_missing_settings_are_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that cannot be put together answers, and does not crash."""

    def broken() -> None:
        raise RuntimeError("no settings")

    monkeypatch.setattr(wiring, "services", broken)
    assert code_of(await served(ANYONE)(request())) == (500, "unexpected")


async def test_every_answer_carries_the_security_headers() -> None:
    """Good answers and problems alike carry the headers, and a function may say otherwise."""
    for response in (await served(ANYONE)(request()), await served()(request())):
        for name, value in SECURITY_HEADERS.items():
            assert response.headers[name] == value
        assert len(response.headers["X-Correlation-Id"]) == 32

    @route(new_blueprint(), "api/other", methods=("GET",), roles=ANYONE)
    async def read_other(call: Call) -> func.HttpResponse:
        """Answer with a header of its own."""
        return json_answer({}, headers={"Cache-Control": "private"})

    assert (await read_other(request())).headers["Cache-Control"] == "private"


async def test_pages_show_problems_in_their_own_way() -> None:
    """A page hands in how it shows a problem, and gets the request and the problem to do it."""

    def page(asked: func.HttpRequest, problem: Problem) -> func.HttpResponse:
        return func.HttpResponse(f"{asked.method} {problem.code}", status_code=problem.status)

    response = await served(on_problem=page)(request())
    assert (response.status_code, response.get_body()) == (401, b"GET not-signed-in")


@pytest.mark.parametrize(("segment", "logged"), [(CLAIM, CLAIM), ("x\nforged line", None), ("A" * 48, None)])
async def test_log_names_the_claim_only(caplog: pytest.LogCaptureFixture, segment: str, logged: str | None) -> None:
    """One line per request, with the claim where the path names one, and nothing else that a caller wrote."""
    with caplog.at_level(logging.INFO, logger="cpor"):
        await served(ANYONE)(request(path="/api/secret-path?token=abc", route={"claimId": segment}))
    assert [getattr(record, "claim", None) for record in caplog.records] == [logged]
    assert "secret-path" not in str([vars(record) for record in caplog.records])
    assert "forged" not in str([vars(record) for record in caplog.records])
