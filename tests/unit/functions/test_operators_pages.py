"""The operators' pages, through the door of the functions: figures, failed messages, deadlines due."""

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
import pytest

from functions import pages_dashboard, pages_operations
from functions.form_tokens import form_token, subject_of
from functions.principal import caller_of
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import Role
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import Queue
from shared.usecases.take_metrics import take_metrics
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import principal, request
from tests.unit.usecases.lives import OPERATOR, live, new_claim

SECRET = "f" * 40
PENDING = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    """A product on the fakes behind the pages, its time the pages' time."""
    made = FakeProduct()
    settings = SimpleNamespace(
        auth_enabled=True,
        operator_tenant_id=OPERATOR,
        public_url="https://cpor.example",
        form_secret=SECRET,
        programme_name="",
    )
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: made.services)
    monkeypatch.setattr(type(CLOCK), "now", lambda _: made.now)
    return made


def served() -> dict[str, Callable[..., Any]]:
    """The pages' functions by name."""
    app = func.FunctionApp()
    for module in (pages_dashboard, pages_operations):
        app.register_functions(module.blueprint)
    return {str(one.get_function_name()): one.get_user_function() for one in app.get_functions()}


async def ask(
    name: str,
    *,
    role: Role = Role.PROGRAM_ADMIN,
    method: str = "GET",
    language: str = "en",
    route: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
    **params: str,
) -> func.HttpResponse:
    """Open the page, or send its form, as somebody of the operator's with that role."""
    headers = {"x-ms-client-principal": principal(OPERATOR, role), "accept-language": language}
    body = b""
    if fields is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields).encode()
    answer: func.HttpResponse = await served()[name](
        request(method, headers=headers, params=params, route=route or {}, body=body)
    )
    return answer


async def token(role: Role = Role.PROGRAM_ADMIN) -> str:
    """The form token of that person."""
    header = {"x-ms-client-principal": principal(OPERATOR, role)}
    settings: Any = wiring.settings()
    caller = await caller_of(header, services=wiring.services(), settings=settings)
    return form_token(SECRET, caller, about=subject_of(request().url), now=CLOCK.now())


def text(answer: func.HttpResponse) -> str:
    """The page's markup."""
    return answer.get_body().decode()


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_charts_stand_beside_their_numbers(product: FakeProduct, language: str) -> None:
    """Each figure is drawn, described, and a table's number; a claim that was filed is counted."""
    await product.lists.project(await live(product, new_claim(product, "a"), *PENDING), thorough=True)
    await take_metrics(product.services, now=product.now)
    answer = await ask("show_dashboard_page", role=Role.REVIEWER, language=language)
    page = text(answer)
    assert answer.status_code == 200
    assert page.count('role="img"') >= 3
    assert page.count("<svg") <= page.count("<table") + page.count('aria-hidden="true"')
    assert '<td class="number">1</td>' in page


@pytest.mark.parametrize("name", ["show_dead_letters_page", "show_finalization_page"])
async def test_what_is_the_admins_is_told_to_reviewers(product: FakeProduct, name: str) -> None:
    """A reviewer who opens an admin's page reads that it is not theirs, on a page."""
    answer = await ask(name, role=Role.REVIEWER)
    assert answer.status_code == 403
    assert "<h1>You may not do this</h1>" in text(answer)


async def test_a_failed_message_is_put_back(product: FakeProduct) -> None:
    """It waits with a button, goes back once, and is then among all, not among those that wait."""
    work = {"schema_version": 1, "claim_id": "c1", "step": "submitted", "sent_at": "2026-11-16T09:59:00+00:00"}
    body = json.dumps({**work, "deadline": None})
    await record_dead_letter(product.services, queue=Queue.EFFECTS.value, body=body, now=product.now)
    match = re.search(r'action="/review/dead-letters/([^"/]+)/replay"', text(await ask("show_dead_letters_page")))
    assert match
    route, fields = {"letterId": match[1]}, {"formToken": await token()}
    answer = await ask("replay_dead_letter_page", method="POST", route=route, fields=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review/dead-letters?replayed=1")
    assert "No message waits here." in text(await ask("show_dead_letters_page"))
    assert 'href="/review/c1"' in text(await ask("show_dead_letters_page", state="all"))
    assert (await ask("replay_dead_letter_page", method="POST", route=route, fields=fields)).status_code == 409


async def test_what_cannot_be_read_has_no_button(product: FakeProduct) -> None:
    """A message without sense is listed, and not a word of it is shown."""
    await record_dead_letter(product.services, queue=Queue.EFFECTS.value, body="canary", now=product.now)
    page = text(await ask("show_dead_letters_page"))
    assert "Cannot be read" in page
    assert "canary" not in page
    assert "/replay" not in page


async def test_a_look_ahead_tells_what_happens_and_why(product: FakeProduct) -> None:
    """At an instant behind the deadline the claim becomes official; looking changes nothing."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    assert claim.number not in text(await ask("show_finalization_page"))
    page = text(await ask("show_finalization_page", asOf="2027-03-01"))
    assert f'href="/review/{claim.claim_id}"' in page
    assert "Becomes official, for nobody objected" in page
    kept = await product.claims.get(claim.claim_id)
    assert kept
    assert kept.value == claim


async def test_a_form_from_elsewhere_starts_nothing(product: FakeProduct) -> None:
    """Without the token of the page nothing is handed out; with it the run starts and the page says how much."""
    assert (await ask("start_finalization_page", method="POST", fields={"formToken": "x"})).status_code == 403
    answer = await ask("start_finalization_page", method="POST", fields={"formToken": await token()})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/review/finalization?handedOut=0"
    assert "The run has started." in text(await ask("show_finalization_page", handedOut="0"))


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_a_filter_that_makes_no_sense_comes_back(product: FakeProduct, language: str) -> None:
    """What was typed is kept, and said to be wrong."""
    answer = await ask("show_finalization_page", asOf="soon", language=language)
    assert answer.status_code == 422
    assert 'value="soon"' in text(answer)
    assert 'id="errors"' in text(answer)
