"""The customer's page through the door of the functions: what it says in each state, and what a link may still do."""

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
import pytest

from functions import pages_respond
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.notifications.response_tokens import SignedResponseTokens
from tests.claims import an_event
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import request
from tests.unit.usecases.lives import live, new_claim

CHECKED = (E.SUBMITTED, E.CHECKS_PASSED)
ASKED = (*CHECKED, E.NOTICE_ACCEPTED)
ANEW = (E.RESUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)


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


async def post(claim: Claim, language: str = "en", **fields: str | list[str]) -> tuple[int, str]:
    """Send a form of the page."""
    app = func.FunctionApp()
    app.register_functions(pages_respond.blueprint)
    named = {one.get_function_name(): one.get_user_function() for one in app.get_functions()}
    serve: Any = named["answer_on_response_page"]
    answer = await serve(
        request(
            "POST",
            f"/respond/{claim.claim_id}",
            headers={"accept-language": language, "content-type": "application/x-www-form-urlencoded"},
            route={"claimId": claim.claim_id},
            body=urlencode(fields, doseq=True).encode(),
        )
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.status_code, answer.get_body().decode()


def heading(page: str) -> str:
    """What the page is about."""
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


def buttons(page: str) -> set[str]:
    """The answers that the page offers."""
    return set(re.findall(r'name="(?:choice|ask)" value="(\w+)"', page))


OPEN = {"confirm", "optOut", "wrongPerson"}


@pytest.mark.parametrize(
    ("events", "says", "offers"),
    [
        (CHECKED, "asks to be associated", OPEN),
        (ASKED, "asks to be associated", OPEN),
        ((*ASKED, E.CONFIRMED), "is associated with", {"revoke"}),
        ((*ASKED, E.OPTED_OUT), "You declined the request", set()),
        ((*ASKED, E.WITHDRAWN), "has taken the request back", set()),
        ((*ASKED, E.NOTICE_UNDELIVERED), "cannot be answered now", set()),
        ((*ASKED, E.NOTICE_UNDELIVERED, timedelta(days=30), E.ANSWER_OVERDUE), "is closed", set()),
        ((*ASKED, E.CONFIRMED, E.REVOKED), "has ended", set()),
        ((*ASKED, E.CONFIRMED, E.DISASSOCIATED), "has ended", set()),
    ],
)
async def test_every_state_has_its_own_words(
    product: FakeProduct, events: tuple[E | timedelta, ...], says: str, offers: set[str]
) -> None:
    """Whatever became of the request, the first line says it, in both languages, and only what is open is offered."""
    claim = await live(product, new_claim(product, "a"), *events)
    token = product.tokens.issue(claim)
    for language in ("en", "pl"):
        status, page = await post(claim, language, token=token)
        assert status == 200
        assert buttons(page) == offers
        assert claim.number in page
        assert "cpor.example/check" in page
        assert "help@cpor.example" in page
        assert (says in heading(page)) is (language == "en")


async def test_a_retired_key_is_good_for_revoking_alone(product: FakeProduct) -> None:
    """A link whose key is retired offers no answer while the request is open, and the revocation afterwards."""
    claim = await live(product, new_claim(product, "a"), *ASKED)
    old = product.tokens.issue(claim)
    tokens = SignedResponseTokens(keys=("n" * 40,), retired_keys=("k" * 40,), recipient_key=b"k" * 40)
    product.services = replace(product.services, tokens=tokens)
    assert buttons((await post(claim, token=old))[1]) == set()
    assert buttons((await post(claim, token=tokens.issue(claim)))[1]) == OPEN
    assert (await post(claim, token=old, choice="confirm"))[0] == 401
    await live(product, claim, E.CONFIRMED)
    assert buttons((await post(claim, token=old))[1]) == {"revoke"}


async def test_an_earlier_round_s_link_points_to_the_newer_mail(product: FakeProduct) -> None:
    """The same person asked anew: the old link still works, and says that there is a newer mail."""
    claim = await live(product, new_claim(product, "a"), *ASKED)
    old = product.tokens.issue(claim)
    claim = await live(product, claim, E.NOTICE_UNDELIVERED, *ANEW)
    assert "There is a newer mail about this request" in (await post(claim, token=old))[1]
    assert "There is a newer mail" not in (await post(claim, token=product.tokens.issue(claim)))[1]


async def test_a_link_to_somebody_else_says_so(product: FakeProduct) -> None:
    """Once another contact is named the old link tells that, and nothing of the request; a forged one tells less."""
    claim = await live(product, new_claim(product, "a"), *ASKED, E.CONTACT_WRONG)
    old = product.tokens.issue(claim)
    contact = claim.customer_contact
    assert contact
    changes = {"customer_contact": replace(contact, email="olga@alpine.example")}
    claim = await live(product, claim, an_event(E.AMENDED, changes=changes), *ANEW)
    status, page = await post(claim, token=old)
    assert (status, heading(page)) == (401, "Somebody else is asked by now")
    assert claim.number not in page
    forged = old[:-1] + ("A" if old[-1] != "A" else "B")
    status, page = await post(claim, token=forged)
    assert (status, heading(page)) == (401, "The link is not valid")


async def test_a_revocation_is_asked_once_before_it_happens(product: FakeProduct) -> None:
    """Asking shows what would end and changes nothing; no product chosen is a fault that keeps what was typed."""
    claim = await live(product, new_claim(product, "a"), *ASKED, E.CONFIRMED)
    token, first = product.tokens.issue(claim), claim.items[0].item_id
    fields = {"token": token, "ask": "revoke", "scope": "some", "reason": "We part."}
    status, page = await post(claim, **fields)
    assert status == 422
    assert 'href="#revoke-some"' in page
    assert page.count("Choose at least one product") == 2
    assert "We part." in page
    status, page = await post(claim, **fields, items=[first])
    assert (status, heading(page)) == (200, "Revoke a part of the association?")
    stored = await product.claims.get(claim.claim_id)
    assert stored
    assert stored.value.revision == claim.revision
    status, page = await post(claim, token=token, choice="revoke", scope="some", items=[first], reason="We part.")
    assert (status, "Your answer is recorded" in page) == (200, True)
    assert (await post(claim, token=token, choice="confirm"))[0] == 409


async def test_asking_to_revoke_what_is_not_official_is_refused(product: FakeProduct) -> None:
    """While the request is open there is nothing to revoke, and the page says how it stands."""
    claim = await live(product, new_claim(product, "a"), *ASKED)
    status, page = await post(claim, token=product.tokens.issue(claim), ask="revoke")
    assert (status, "This answer was not taken" in page) == (409, True)
