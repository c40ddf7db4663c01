"""A handler carries out by itself what it decided, and the queue does where it cannot (ADR 0012)."""

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest

from shared.domain.claim import Claim, Status
from shared.usecases import follow_up as following
from shared.usecases.records import ListQuery, Queue, ServiceUnavailableError, WorkMessage
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.transition import RECOVERY_DELAY, RECOVERY_STEP
from shared.usecases.uploads import Upload
from shared.usecases.verify_claim import verify_claim
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER
from tests.unit.usecases.test_story_on_fakes import FIELDS, PROOF, stored

MAILS = ["association-request", "claim-received", "customer-told"]


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def filed(product: FakeProduct) -> Claim:
    """A claim that was just submitted."""
    return await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=FIELDS,
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=PROOF)],
        idempotency_key="follow-up",
        payload_hash="follow-up",
        now=product.now,
    )


def waiting(product: FakeProduct) -> dict[Queue, list[str]]:
    """The steps of every message that waits, by queue."""
    return {
        queue: [one.step for one in messages] for queue in Queue if (messages := product.queue.waiting(queue)) != ()
    }


async def check(product: FakeProduct, **options: Any) -> None:
    """Run the checks as their message asks for."""
    message = product.queue.take(Queue.VERIFY)
    assert message is not None
    await verify_claim(product.services, message=message, last_attempt=False, now=product.now, **options)


async def listed(product: FakeProduct, claim: Claim) -> list[Status]:
    """How the partner's list shows the claim."""
    page = await product.lists.page(ListQuery(organisation=claim.organisation, top=10))
    return [one.status for one in page.items]


async def test_a_submitted_claim_has_one_message(product: FakeProduct) -> None:
    """The message that was sent before the commit is the one that asks for the checks, and it comes at once."""
    await filed(product)
    assert waiting(product) == {Queue.VERIFY: ["submitted"]}
    assert product.queue.take(Queue.VERIFY) is not None


async def test_the_checks_do_what_follows_and_leave_no_message(product: FakeProduct) -> None:
    """After the checks the lists are right, the mails are out, the window runs, and nothing waits in any queue."""
    claim = await filed(product)
    await check(product)
    assert waiting(product) == {}
    assert await listed(product, claim) == [Status.PENDING_CUSTOMER]
    assert sorted(mail.subject for _, mail in product.sender.sent)
    assert (await stored(product, claim.claim_id)).clocks
    assert set(product.mails_sent().values()) == {1}


async def test_what_cannot_be_done_is_left_to_the_queue(product: FakeProduct) -> None:
    """Where the mail provider is down the checks stand, and a message that clears up comes at once."""
    claim = await filed(product)
    product.sender.send = AsyncMock(side_effect=ServiceUnavailableError("The provider is down."))  # type: ignore[method-assign]
    await check(product)
    assert (await stored(product, claim.claim_id)).status is Status.PENDING_CUSTOMER
    assert waiting(product) == {Queue.EFFECTS: [RECOVERY_STEP]}
    del product.sender.send  # type: ignore[attr-defined]
    await product.drain()
    assert (await stored(product, claim.claim_id)).clocks
    assert waiting(product) == {}


async def test_a_message_that_cannot_be_hastened_comes_a_minute_later(product: FakeProduct) -> None:
    """With the queue down as well, the recovery message of the commit is still there."""
    claim = await filed(product)
    product.sender.send = AsyncMock(side_effect=ServiceUnavailableError("The provider is down."))  # type: ignore[method-assign]
    product.queue.hasten = AsyncMock(side_effect=ServiceUnavailableError("The queue is down."))  # type: ignore[method-assign]
    await check(product)
    assert product.queue.take(Queue.EFFECTS) is None
    product.now += RECOVERY_DELAY
    assert product.queue.take(Queue.EFFECTS) == WorkMessage(
        claim_id=claim.claim_id, step=RECOVERY_STEP, sent_at=product.now - RECOVERY_DELAY
    )


async def test_a_message_that_cannot_be_taken_back_does_no_harm(product: FakeProduct) -> None:
    """A recall that fails leaves messages that find nothing to do."""
    await filed(product)
    product.queue.recall = AsyncMock(side_effect=ServiceUnavailableError("The queue is down."))  # type: ignore[method-assign]
    await check(product)
    assert waiting(product) == {Queue.EFFECTS: [RECOVERY_STEP, RECOVERY_STEP]}
    await product.drain()
    assert set(product.mails_sent().values()) == {1}


async def test_a_claim_that_cannot_be_checked_is_shown(product: FakeProduct) -> None:
    """While the identity platform is down the partner sees its claim as Submitted, and has the receipt."""
    claim = await filed(product)
    product.directory.tenant_of = AsyncMock(side_effect=ServiceUnavailableError("Down."))  # type: ignore[method-assign]
    with pytest.raises(ServiceUnavailableError):
        await check(product)
    assert await listed(product, claim) == [Status.SUBMITTED]
    assert len(product.sender.sent) == 1
    assert waiting(product) == {}


async def test_a_lost_submit_is_looked_for_a_while(product: FakeProduct) -> None:
    """A recovery message without its claim comes again while a commit may still be under way, and no longer."""
    lost = WorkMessage(claim_id=(await filed(product)).claim_id[:-1] + "2", step=RECOVERY_STEP, sent_at=product.now)
    for age, again in ((timedelta(minutes=2), 1), (timedelta(minutes=4), 0)):
        before = len(product.queue.waiting(Queue.VERIFY))
        await verify_claim(product.services, message=lost, last_attempt=False, now=product.now + age)
        assert len(product.queue.waiting(Queue.VERIFY)) - before == again


async def test_while_much_is_under_way_the_queue_does_what_follows(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is busy with others' mails decides this one and leaves its mails to the queue, at once."""
    claim = await filed(product)
    monkeypatch.setattr(following, "_running", {str(number) for number in range(following.AT_ONCE)})
    await check(product)
    assert waiting(product) == {Queue.EFFECTS: ["checks-passed"]}
    assert (await stored(product, claim.claim_id)).status is Status.PENDING_CUSTOMER
    assert product.sender.sent == []
    monkeypatch.undo()
    await product.drain()
    assert (await stored(product, claim.claim_id)).clocks
    assert following._running == set()
