"""A mail that somebody is sending is taken over once it has stood still for a lease, whatever anybody's clock says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.domain.mails import MailIntent, MailStatus
from shared.usecases.carry_out_effects import AGAIN_STEP, carry_out_effects
from shared.usecases.dispatch_mail import SENDING_LEASE
from shared.usecases.records import Queue, Versioned, WorkMessage
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def being_sent(product: FakeProduct) -> tuple[Claim, Versioned[MailIntent]]:
    """A claim whose first mail another worker is sending, by a clock that is behind; no message is left."""
    claim = await live(product, new_claim(product, "one"), E.SUBMITTED)
    for queue in Queue:
        product.queue.queued[queue].clear()
    (stored,) = await product.claims.mails(claim.claim_id)
    behind = product.now - timedelta(minutes=15)
    sending = replace(stored.value, status=MailStatus.SENDING, attempts=1, updated_at=behind)
    await product.claims.save_mail(sending, stored.version)
    (stored,) = await product.claims.mails(claim.claim_id)
    return claim, stored


async def look(product: FakeProduct, claim: Claim, *, watched: tuple[str, ...] = ()) -> list[WorkMessage]:
    """One look at the claim; gives the messages to look again."""
    message = WorkMessage(claim_id=claim.claim_id, step=AGAIN_STEP, sent_at=product.now, watched=watched)
    await carry_out_effects(product.services, message=message, thorough=False, now=product.now)
    return [one for one in product.queue.waiting(Queue.EFFECTS) if one.step == AGAIN_STEP]


async def test_a_mail_being_sent_is_left_alone_by_a_worker_whose_clock_is_ahead(product: FakeProduct) -> None:
    """Its lease seems over by this worker's clock: it is not sent a second time, but looked at again a lease later."""
    claim, stored = await being_sent(product)
    (again,) = await look(product, claim)
    assert product.sender.sent == []
    assert again.watched == (stored.version,)
    (queued,) = product.queue.queued[Queue.EFFECTS]
    assert queued.visible_at == product.now + SENDING_LEASE


async def test_a_mail_that_stood_still_for_a_lease_is_taken_over(product: FakeProduct) -> None:
    """Whoever sent it has died: the message that watched it sends it, once, under the same operation."""
    claim, stored = await being_sent(product)
    assert await look(product, claim, watched=(stored.version,)) == []
    assert [operation for operation, _ in product.sender.sent] == [stored.value.operation_id]
    (after,) = await product.claims.mails(claim.claim_id)
    assert (after.value.status, after.value.attempts) == (MailStatus.SENT, 2)


async def test_a_mail_that_somebody_else_took_over_is_watched_anew(product: FakeProduct) -> None:
    """Its version moved since it was watched: somebody is at it again, and has a lease of their own."""
    claim, stored = await being_sent(product)
    await product.claims.save_mail(replace(stored.value, attempts=2), stored.version)
    (again,) = await look(product, claim, watched=(stored.version,))
    assert product.sender.sent == []
    assert again.watched != (stored.version,)
