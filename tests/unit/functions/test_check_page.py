"""The page that tells whether a mail is real, through the door of the functions."""

from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions import pages_check
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.usecases.look_up_request import AT_MOST
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import request
from tests.unit.usecases.lives import live, new_claim

DOMAIN = "alpine.example"
ASKED = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    """A product on the fakes behind the page, its time the page's time."""
    made = FakeProduct()
    settings = SimpleNamespace(
        public_url="https://cpor.example",
        email_sender="no-reply@cpor.example",
        contact_address="help@cpor.example",
        programme_name="The Programme",
    )
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: made.services)
    monkeypatch.setattr(type(CLOCK), "now", lambda _: made.now)
    return made


async def look(language: str = "en", seen: str = "192.0.2.1:50000", **typed: str) -> tuple[int, str]:
    """Open the page as a stranger; `seen` is what the platform's front end says of the address."""
    app = func.FunctionApp()
    app.register_functions(pages_check.blueprint)
    serve: Any = next(one.get_user_function() for one in app.get_functions())
    headers = {"accept-language": language, "x-forwarded-for": f"203.0.113.9, {seen}"}
    answer = await serve(request(path="/check", headers=headers, params=typed))
    return answer.status_code, answer.get_body().decode()


async def known(product: FakeProduct, *events: E, domain: str = DOMAIN) -> Claim:
    """A claim after these events, whose customer has that domain."""
    claim = await live(product, new_claim(product, domain), *events)
    product.directory.tenants[domain] = claim.customer.tenant_id
    return claim


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_a_request_is_told_by_one_word(product: FakeProduct, language: str) -> None:
    """Its number and domain, however they are typed, tell that it exists and where it stands, and name nobody."""
    claim = await known(product, *ASKED)
    typed = {"number": claim.number.lower().replace("-", " "), "domain": f"Ida@{DOMAIN.upper()}"}
    status, page = await look(language, **typed)
    assert status == 200
    assert {"en": "Waiting for the customer", "pl": "Czeka na klienta"}[language] in page
    assert claim.number in page
    assert "help@cpor.example" in page
    contact = claim.customer_contact
    assert contact
    secrets = (claim.claim_id, claim.organisation, claim.mpn_id, contact.email, contact.name, claim.customer.tenant_id)
    assert not [one for one in secrets if one in page]
    assert not [name for name in ("Contoso", "Teams", "Exchange") if name in page]


async def test_nothing_else_is_told_apart(product: FakeProduct) -> None:
    """A number of another customer, a domain that is nobody's and a draft all read the same."""
    claim = await known(product, *ASKED)
    await known(product, *ASKED, domain="birch.example")
    draft = await known(product, E.DRAFTED, domain="cedar.example")
    pages = [
        await look(number=number, domain=domain)
        for number, domain in (
            (claim.number, "birch.example"),
            (claim.number, "nobody.example"),
            (draft.number, "cedar.example"),
            ("CPOR-0000-0000", DOMAIN),
        )
    ]
    assert {status for status, _ in pages} == {200}
    assert all("There is no such request" in page for _, page in pages)


async def test_what_is_typed_wrongly_is_said_at_its_field(product: FakeProduct) -> None:
    """Both faults at once, each leading to its field, and what was typed is still there; nobody is counted."""
    status, page = await look(number="CPOR-12", domain="no domain")
    assert status == 422
    assert 'href="#f-number"' in page
    assert 'href="#f-domain"' in page
    assert 'value="CPOR-12"' in page
    assert (await look(look="up"))[0] == 422
    assert product.rate_limits.taken == {}


async def test_nobody_walks_through_the_numbers(product: FakeProduct) -> None:
    """After twenty questions in a minute an address is told to wait, whatever it says of itself; another one is not."""
    for _ in range(AT_MOST):
        assert (await look(number="CPOR-0000-0000", domain=DOMAIN))[0] == 200
    assert (await look(number="CPOR-0000-0000", domain=DOMAIN, seen="192.0.2.1:50001"))[0] == 429
    assert (await look(number="CPOR-0000-0000", domain=DOMAIN, seen="192.0.2.2:50000"))[0] == 200


async def test_looking_at_the_form_costs_nothing(product: FakeProduct) -> None:
    """Opening the page asks no service, and says by what a genuine mail is recognised."""
    status, page = await look()
    assert status == 200
    assert "no-reply@cpor.example" in page
    assert product.rate_limits.taken == {}
