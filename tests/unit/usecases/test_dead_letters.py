"""Dead letters: listed, put back once, and once more when they fail again."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.usecases.callers import NotFoundError, RoleMissingError
from shared.usecases.correlation import correlated
from shared.usecases.list_dead_letters import list_dead_letters
from shared.usecases.operation_records import DeadLetterPage, DeadLetterPlace
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import DeadLetter, DeadlineRow, Queue, WorkMessage
from shared.usecases.replay_dead_letter import AlreadyReplayedError, CannotBeReadError, replay_dead_letter
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import ADMIN, REVIEWER

DAY = timedelta(days=1)


def body(claim: str = "c") -> str:
    """A message as it lay in its queue."""
    return json.dumps({"schema_version": 1, "claim_id": claim, "step": "x", "sent_at": "2026-11-16T10:00:00+00:00"})


async def keep(product: FakeProduct, claim: str = "c", queue: str = Queue.EFFECTS.value) -> DeadLetter:
    """A letter that failed now."""
    known = set(product.dead_letters.rows.stored)
    await record_dead_letter(product.services, queue=queue, body=body(claim), now=product.now)
    (place,) = set(product.dead_letters.rows.stored) - known
    return product.dead_letters.rows.stored[place].value


def place_of(letter: DeadLetter) -> DeadLetterPlace:
    """Where it lies."""
    return DeadLetterPlace(day=f"{letter.at:%Y-%m-%d}", letter_id=letter.letter_id)


async def replay(product: FakeProduct, letter: DeadLetter, *, readable: bool = True) -> DeadLetter:
    """Put it back as the admin does."""
    return await replay_dead_letter(
        product.services, caller=ADMIN, place=place_of(letter), is_readable=lambda _: readable, now=product.now
    )


async def listed(product: FakeProduct, *, open_only: bool = True, top: int = 10) -> DeadLetterPage:
    """The first page."""
    return await list_dead_letters(
        product.services, caller=ADMIN, since=None, open_only=open_only, top=top, behind=None, now=product.now
    )


async def test_a_letter_is_put_back_as_it_was_with_a_trace() -> None:
    """The message lies in its queue again, word for word, and the letter tells who did so and when."""
    product = FakeProduct()
    letter = await keep(product)
    product.now += timedelta(minutes=5)
    replayed = await replay(product, letter)
    assert (replayed.replayed_at, replayed.replayed_by) == (product.now, ADMIN.actor.id)
    (message,) = product.queue.waiting(Queue.EFFECTS)
    assert (message.claim_id, message.step) == ("c", "x")
    assert not replayed.is_open


@pytest.mark.parametrize(
    "said",
    ["[" * 100_000, '{"claim_id": "\\ud800"}', '{"claim_id": "' + "a" * 40_000 + '"}', '{"claim_id": 5}', "9" * 5000],
)
async def test_what_no_table_takes_is_no_claim_s_id(said: str) -> None:
    """Nesting without end, half characters and outsize names are kept as letters about no claim: none is lost."""
    product = FakeProduct()
    await record_dead_letter(product.services, queue=Queue.EFFECTS.value, body=said, now=product.now)
    (kept,) = (one.value for one in product.dead_letters.rows.stored.values())
    assert (kept.body, kept.claim_id) == (said, None)


async def test_work_that_fails_every_minute_is_one_letter_a_day() -> None:
    """A due row is handed out by every tick: the same work, sent anew, is the same letter, and opens it again."""
    product = FakeProduct()
    due = DeadlineRow(kind="opt-out", claim_id="c", due_at=product.now)

    async def fail(row: DeadlineRow) -> None:
        with correlated(uuid.uuid4().hex):
            message = WorkMessage(claim_id=row.claim_id, step="due", sent_at=product.now, deadline=row)
            await product.services.queue.send(Queue.DEADLINES, message)
        text = product.queue.take_text(Queue.DEADLINES)
        await record_dead_letter(product.services, queue=Queue.DEADLINES.value, body=str(text), now=product.now)

    for _ in range(3):
        await fail(due)
        product.now += timedelta(minutes=1)
    (letter,) = (await listed(product)).items
    assert letter.at == product.now - timedelta(minutes=1)
    await replay(product, letter)
    assert product.queue.take(Queue.DEADLINES) is not None
    assert not (await listed(product)).items
    product.now += timedelta(minutes=1)
    await fail(due)
    assert [one.letter_id for one in (await listed(product)).items] == [letter.letter_id]
    await fail(replace(due, kind="reminder"))
    await fail(replace(due, claim_id="d"))
    product.now += timedelta(days=1)
    await fail(due)
    assert len((await listed(product)).items) == 4


async def test_a_letter_is_put_back_once_unless_it_fails_again() -> None:
    """A second replay is refused; once the message has failed again, on that day, it may be put back once more."""
    product = FakeProduct()
    letter = await keep(product)
    await replay(product, letter)
    with pytest.raises(AlreadyReplayedError):
        await replay(product, letter)
    assert len(product.queue.waiting(Queue.EFFECTS)) == 1
    product.now += timedelta(minutes=5)
    await record_dead_letter(product.services, queue=letter.queue, body=letter.body, now=product.now)
    again = product.dead_letters.rows.stored[place_of(letter).day, letter.letter_id].value
    assert again.is_open
    assert again.replayed_by == ADMIN.actor.id
    await replay(product, letter)
    assert len(product.queue.waiting(Queue.EFFECTS)) == 2


async def test_of_two_who_put_it_back_at_once_one_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is by compare-and-swap: the slower of two is told that it was done, and no trace is overwritten."""
    product = FakeProduct()
    letter = await keep(product)
    send = product.queue.send_again

    async def overtaken(queue: Queue, text: str) -> None:
        await send(queue, text)
        monkeypatch.setattr(product.queue, "send_again", send)
        await replay(product, letter)

    monkeypatch.setattr(product.queue, "send_again", overtaken)
    with pytest.raises(AlreadyReplayedError):
        await replay(product, letter)


async def test_a_letter_that_could_not_be_sent_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the queue does not answer, nothing is marked: it can be put back later."""
    product = FakeProduct()
    letter = await keep(product)

    async def down(queue: Queue, text: str) -> None:
        raise OSError("down")

    monkeypatch.setattr(product.queue, "send_again", down)
    with pytest.raises(OSError, match="down"):
        await replay(product, letter)
    assert (await listed(product)).items == (letter,)


async def test_what_cannot_be_read_is_not_put_back() -> None:
    """A body that is no message, or one of a queue that is no more, is refused: it would only fail again."""
    product = FakeProduct()
    letter = await keep(product)
    with pytest.raises(CannotBeReadError):
        await replay(product, letter, readable=False)
    with pytest.raises(CannotBeReadError):
        await replay(product, await keep(product, queue="a-queue-of-old"))
    assert not product.queue.waiting(Queue.EFFECTS)


async def test_only_admins_see_and_replay() -> None:
    """A reviewer may not, and a letter that is not there is not found."""
    product = FakeProduct()
    letter = await keep(product)
    with pytest.raises(RoleMissingError):
        await list_dead_letters(
            product.services, caller=REVIEWER, since=None, open_only=True, top=1, behind=None, now=product.now
        )
    with pytest.raises(RoleMissingError):
        await replay_dead_letter(
            product.services, caller=REVIEWER, place=place_of(letter), is_readable=bool, now=product.now
        )
    with pytest.raises(NotFoundError):
        await replay_dead_letter(
            product.services,
            caller=ADMIN,
            place=DeadLetterPlace(day="2026-11-16", letter_id="none"),
            is_readable=bool,
            now=product.now,
        )


async def test_open_letters_come_first_and_old_ones_go_out_of_sight() -> None:
    """The list shows what waits, oldest day first; replayed letters on request, and none of more than 90 days ago."""
    product = FakeProduct()
    ancient = await keep(product, "ancient")
    product.now += 91 * DAY
    first, second = await keep(product, "1"), await keep(product, "2")
    product.now += DAY
    third = await keep(product, "3")
    await replay(product, second)
    assert {one.claim_id for one in (await listed(product)).items} == {"1", "3"}
    assert (await listed(product)).items[-1] == third
    everything = await listed(product, open_only=False)
    assert {one.claim_id for one in everything.items} == {"1", "2", "3"}
    assert ancient not in everything.items
    page = await listed(product, top=1)
    assert page.items == (first,)
    assert page.behind is not None
