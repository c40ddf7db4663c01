"""A mail that is read in a claim's history is the one that was sent, or it is not shown."""

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.usecases.claim_history import claim_history
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.preview_decision import HIDDEN
from shared.usecases.read_sent_mails import SentMail, read_sent_mails
from tests.claims import an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live, new_claim


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def read(product: FakeProduct, claim: Claim) -> dict[str, SentMail]:
    """The mails that can be read now, by kind."""
    history = await claim_history(product.services, caller=REVIEWER, claim_id=claim.claim_id)
    letters = await read_sent_mails(product.services, history)
    return {mail.kind.value: letters[mail.operation_id] for mail in history.mails if mail.operation_id in letters}


async def test_what_is_read_is_what_was_sent(product: FakeProduct) -> None:
    """While the claim stands as the mail told, subject and text are those that went out."""
    claim = await live(product, new_claim(product, "one"), E.SUBMITTED, an_event(E.CHECKS_FLAGGED))
    await product.drain()
    shown = await read(product, claim)
    assert set(shown) == {"claim-received", "claim-under-review"}
    sent = {(mail.subject, mail.text) for _, mail in product.sender.sent}
    assert {(one.subject, one.text) for one in shown.values()} == sent


async def test_a_mail_of_another_state_is_not_made_up_and_the_token_stays_secret(product: FakeProduct) -> None:
    """The mail of the review is over with it; the customer's request can be read, but not used."""
    claim = await live(product, new_claim(product, "one"), E.SUBMITTED, an_event(E.CHECKS_FLAGGED))
    await product.drain()
    await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=Decision(decision="accept"),
        if_match=claim.revision,
        now=product.now,
    )
    await product.drain()
    shown = await read(product, claim)
    assert "claim-under-review" not in shown
    token = product.tokens.issue(claim)
    assert any(token in mail.text for _, mail in product.sender.sent)
    assert HIDDEN in shown["association-request"].text
    assert not any(token in one.text for one in shown.values())


async def test_nothing_is_read_of_a_mail_that_was_never_sent(product: FakeProduct) -> None:
    """What waits to be sent has no text yet."""
    claim = await live(product, new_claim(product, "one"), E.SUBMITTED, an_event(E.CHECKS_FLAGGED))
    assert await read(product, claim) == {}
