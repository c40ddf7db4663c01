"""Events to the outside: all of them, in order, again after a failure, and nothing of people."""

import json
from datetime import timedelta

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.publish_events import AGAIN_STEP, FIRST_WAIT, LONGEST_WAIT, TRIED_FOR, publish_events
from shared.usecases.records import Queue, ServiceUnavailableError, WorkMessage
from shared.usecases.transition import carry_out
from tests.claims import STORIES, a_comment, an_event
from tests.fakes.events import FakeEventPublisher
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim


@pytest.fixture
def receiver() -> FakeEventPublisher:
    """Who is told."""
    return FakeEventPublisher()


@pytest.fixture
def product(receiver: FakeEventPublisher) -> FakeProduct:
    """A product that tells."""
    return FakeProduct(events=receiver)


def message(product: FakeProduct, claim: Claim, *, age: timedelta = timedelta()) -> WorkMessage:
    """A message about the claim, first sent so long ago."""
    return WorkMessage(claim_id=claim.claim_id, step="test", sent_at=product.now - age)


async def publish(product: FakeProduct, claim: Claim, *, age: timedelta = timedelta()) -> timedelta | None:
    """Handle one such message."""
    return await publish_events(product.services, message=message(product, claim, age=age), now=product.now)


def seqs(receiver: FakeEventPublisher) -> list[object]:
    """The rows that arrived, in order."""
    return [event.data["seq"] for event in receiver.taken]


@pytest.mark.parametrize("status", list(Status))
async def test_every_row_is_told_once_and_in_order(
    status: Status, product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """Whatever a claim's life, each of its history rows arrives once, in order, with the round that it belongs to."""
    rounds = []
    claim = new_claim(product, status.value)
    for event in STORIES[status]:
        claim = await live(product, claim, timedelta(days=10) if event is E.DEADLINE_PASSED else timedelta(), event)
        rounds.append(claim.round)
    await publish(product, claim)
    rows = await product.claims.history(claim.claim_id)
    assert [(event.event_id, event.event, event.at) for event in receiver.taken] == [
        (f"{claim.claim_id}/{row.seq}", row.event, row.at) for row in rows
    ]
    assert [event.data["round"] for event in receiver.taken] == rounds
    assert receiver.taken[-1].data["to"] == status.value
    assert await publish(product, claim) is None
    assert len(receiver.taken) == len(rows)


async def test_a_dispute_is_a_round_of_its_own(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """The round is the claim's own: a dispute begins one, as a submission does."""
    claim = await live(product, new_claim(product, "d"), E.SUBMITTED, E.CHECKS_FAILED, E.DISPUTED)
    await publish(product, claim)
    assert [event.data["round"] for event in receiver.taken] == [1, 1, claim.round] == [1, 1, 2]


async def test_nothing_of_people_is_told(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """No name, address, comment, file name or actor's ID leaves with an event."""
    said = an_event(E.COMMENTED, comment=a_comment("Call Anna on 555"))
    claim = await live(product, new_claim(product, "p"), E.SUBMITTED, E.CHECKS_FLAGGED, said, E.INFORMATION_REQUESTED)
    await publish(product, claim)
    told = json.dumps([dict(event.data) for event in receiver.taken])
    assert claim.customer_contact is not None
    assert claim.partner_contact is not None
    hidden = [claim.customer_contact.name, claim.customer_contact.email, claim.partner_contact.email, "555"]
    hidden += [claim.proofs[0].file_name, claim.customer.domain, "7a000000", "7b000000"]
    assert [word for word in hidden if word in told] == []
    assert receiver.taken[-1].data["actor"] == "reviewer"
    assert receiver.taken[-1].data["reasons"] == ["poe-no-date"]


async def test_items_tell_their_outcome_and_as_of_when(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """An event names the claim's items as they are when it is told, and says after which row that was."""
    claim = await live(product, new_claim(product, "i"), E.SUBMITTED, E.CHECKS_FAILED)
    await publish(product, claim)
    assert [[item["outcome"] for item in event.data["items"]] for event in receiver.taken] == [["refused"] * 2] * 2
    assert [event.data["itemsAsOf"] for event in receiver.taken] == [2, 2]


async def test_an_event_whose_answer_is_lost_comes_again_under_its_id(
    product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """A crash between the receiver's yes and the cursor tells the same event again; what follows keeps its order."""
    claim = await live(product, new_claim(product, "l"), E.SUBMITTED, E.CHECKS_FLAGGED)
    receiver.lost_answers = 1
    assert await publish(product, claim) == FIRST_WAIT
    await product.drain()
    assert seqs(receiver) == [1, 1, 2]
    assert receiver.taken[0].event_id == receiver.taken[1].event_id


async def test_a_receiver_that_fails_is_left_alone_longer_and_longer(
    product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """Each wait is as long as the message is old, ten seconds to an hour, and its age is handed on."""
    claim = await live(product, new_claim(product, "w"), E.SUBMITTED)
    receiver.refusals = 99
    ages = [timedelta(0), timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=3)]
    waits = [await publish(product, claim, age=age) for age in ages]
    assert waits == [FIRST_WAIT, timedelta(seconds=10), timedelta(minutes=5), LONGEST_WAIT]
    sent = product.queue.waiting(Queue.EVENTS)
    assert [(one.step, product.now - one.sent_at) for one in sent] == [(AGAIN_STEP, age) for age in ages]
    assert receiver.taken == []


async def test_after_a_day_the_silence_is_raised(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """A message that is a day old fails, so that it ends with the dead letters; the next transition catches up."""
    claim = await live(product, new_claim(product, "s"), E.SUBMITTED)
    receiver.refusals = 1
    with pytest.raises(ServiceUnavailableError):
        await publish(product, claim, age=TRIED_FOR)
    assert product.queue.waiting(Queue.EVENTS) == ()
    await live(product, claim, E.CHECKS_FLAGGED)
    await product.drain()
    assert seqs(receiver) == [1, 2]


async def test_effects_wake_the_events_and_do_not_wait_for_them(
    product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """A receiver that takes nothing holds up no mail and no list; what is told already wakes nobody."""
    receiver.refusals = 1000
    claim = await live(product, new_claim(product, "e"), E.SUBMITTED, E.CHECKS_PASSED)
    effects = message(product, claim)
    await carry_out_effects(product.services, message=effects, thorough=False, now=product.now)
    assert product.sender.sent != []
    assert len(product.queue.waiting(Queue.EVENTS)) == 2, "one for the checks, one for the notice"
    receiver.refusals = 0
    await product.drain()
    assert sorted(set(seqs(receiver)), key=str) == sorted(seqs(receiver), key=str)
    done = len(receiver.taken)
    await carry_out_effects(product.services, message=message(product, claim), thorough=True, now=product.now)
    assert product.queue.waiting(Queue.EVENTS) == ()
    assert len(receiver.taken) == done


async def test_a_discarded_draft_is_told_of_at_last(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """A draft that was told of ends with one event, whose cursor then goes too."""
    draft = await live(product, new_claim(product, "x"), E.DRAFTED, E.EDITED)
    await product.drain()
    current = await product.claims.get(draft.claim_id)
    assert current is not None
    product.now += timedelta(minutes=5)
    await discard(product, draft)
    await product.drain(deliveries=2)
    assert [event.event for event in receiver.taken] == ["drafted", "edited", "discarded"]
    last = receiver.taken[-1]
    assert (last.event_id, last.number) == (f"{draft.claim_id}/discarded", draft.number)
    assert (last.data["from"], last.data["to"], last.data["organisation"]) == ("Draft", None, draft.organisation)
    assert product.event_cursors.rows.stored == {}


async def test_a_draft_that_nobody_was_told_of_goes_without_a_word(
    product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """What is gone before it was told is not told; a draft of which only the answer was lost is."""
    untold = await live(product, new_claim(product, "y"), E.DRAFTED)
    await discard(product, untold)
    lost = await live(product, new_claim(product, "z"), E.DRAFTED)
    receiver.lost_answers = 1
    await publish(product, lost)
    await discard(product, lost)
    await product.drain()
    assert [(event.number, event.event) for event in receiver.taken] == [
        (lost.number, "drafted"),
        (lost.number, "discarded"),
    ]


async def discard(product: FakeProduct, draft: Claim) -> None:
    """Delete the draft as its partner does."""
    current = await product.claims.get(draft.claim_id)
    await carry_out(product.services, current, an_event(E.DISCARDED), now=product.now)


async def test_two_handlers_of_one_claim_leave_no_gap(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """Where another handler moves the cursor in between, this one goes on from there: first sights stay in order."""
    claim = await live(product, new_claim(product, "t"), E.SUBMITTED, E.CHECKS_FLAGGED, E.INFORMATION_REQUESTED)
    taken = receiver.publish
    nested = False

    async def overtaken(event: object, *, at: object) -> None:
        nonlocal nested
        await taken(event, at=at)  # type: ignore[arg-type]
        if not nested:
            nested = True
            await publish(product, claim)

    receiver.publish = overtaken  # type: ignore[assignment, method-assign]
    assert await publish(product, claim) is None
    assert seqs(receiver) == [1, 1, 2, 3]
    cursor = await product.event_cursors.get(claim.claim_id)
    assert cursor is not None
    assert cursor.value.seq == 3


async def test_without_a_receiver_nothing_is_done() -> None:
    """Where nobody is to be told, no cursor is read or written, and no message sent."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "n"), E.SUBMITTED, E.CHECKS_FLAGGED)
    await product.drain()
    assert await publish(product, claim) is None
    assert (product.event_cursors.reads, product.event_cursors.rows.stored) == (0, {})
    assert product.queue.waiting(Queue.EVENTS) == ()


async def test_an_event_is_signed_for_the_moment_it_is_sent(product: FakeProduct, receiver: FakeEventPublisher) -> None:
    """Every try has its own time, for a receiver refuses an old one."""
    claim = await live(product, new_claim(product, "m"), E.SUBMITTED)
    receiver.lost_answers = 1
    await publish(product, claim)
    product.now += timedelta(minutes=9)
    await publish(product, claim)
    assert receiver.times[1] - receiver.times[0] == timedelta(minutes=9)


async def test_however_often_messages_come_rows_are_first_seen_in_order(
    product: FakeProduct, receiver: FakeEventPublisher
) -> None:
    """With every message delivered three times and answers lost, no row is missing or seen too early."""
    claims = [
        await live(product, new_claim(product, name), E.SUBMITTED, E.CHECKS_FLAGGED, E.INFORMATION_REQUESTED)
        for name in ("one", "two")
    ]
    receiver.lost_answers = 4
    await product.drain(deliveries=3)
    for claim in claims:
        seen = list(dict.fromkeys(event.data["seq"] for event in receiver.taken if event.claim_id == claim.claim_id))
        assert seen == [1, 2, 3]
