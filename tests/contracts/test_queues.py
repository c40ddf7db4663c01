"""The contract of WorkQueue."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.storage.clients import Clients
from shared.storage.queues import StorageWorkQueue
from shared.storage.work_messages import BODY_AT_MOST, BadMessageError, decoded, encoded, parsed
from shared.usecases.correlation import correlated
from shared.usecases.records import DeadlineRow, Queue, WorkMessage
from shared.usecases.work_queue import WorkQueue
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import NOW, claim
from tests.fakes.queues import FakeWorkQueue


class Both:
    """A queue under test, and how to take from it what is visible now."""

    def __init__(self, queue: WorkQueue, take: Callable[[Queue], Awaitable[list[WorkMessage]]]) -> None:
        self.queue, self.take = queue, take


@pytest.fixture
async def empty_queues(clients: Clients) -> Clients:
    """Clients whose queues are empty."""
    for queue in Queue:
        await clients.queue(queue.value).clear_messages()
    return clients


@pytest.fixture(params=BOTH)
def both(request: pytest.FixtureRequest) -> Both:
    """The fake, then the adapter."""
    if request.param == "fake":
        fake = FakeWorkQueue(lambda: NOW)

        async def take_fake(queue: Queue) -> list[WorkMessage]:
            return list(iter(lambda: fake.take(queue), None))

        return Both(fake, take_fake)
    clients = request.getfixturevalue("empty_queues")

    async def take(queue: Queue) -> list[WorkMessage]:
        messages = clients.queue(queue.value).receive_messages(messages_per_page=32)
        return [decoded(message.content) async for message in messages]

    return Both(StorageWorkQueue(clients), take)


def message(step: str = "submitted", *, deadline: bool = False) -> WorkMessage:
    """A message about a claim of its own."""
    claim_id = claim().claim_id
    row = DeadlineRow(kind="opt-out", claim_id=claim_id, due_at=NOW)
    return WorkMessage(claim_id=claim_id, step=step, sent_at=NOW, deadline=row if deadline else None)


async def test_a_message_arrives_as_it_was_sent(both: Both) -> None:
    """A message, with or without the deadline that it is about, arrives in its queue and in no other."""
    sent = [message(), message("due", deadline=True)]
    for one in sent:
        await both.queue.send(Queue.DEADLINES, one)
    assert await both.take(Queue.VERIFY) == []
    assert sorted(await both.take(Queue.DEADLINES), key=sent.index) == sent


async def test_a_message_keeps_what_it_watches(both: Both) -> None:
    """Versions of rows, quotes and all, arrive in their order."""
    watching = replace(message(), watched=("W/\"datetime'2026-11-16T10%3A00%3A00.0000001Z'\"", 'W/"2"'))
    await both.queue.send(Queue.EFFECTS, watching)
    assert await both.take(Queue.EFFECTS) == [watching]


async def test_a_delayed_message_is_not_visible_yet(both: Both) -> None:
    """A message with a delay cannot be taken at once, one without can."""
    later, now = message("recovery"), message()
    await both.queue.send(Queue.EFFECTS, later, delay=timedelta(seconds=60))
    await both.queue.send(Queue.EFFECTS, now, delay=timedelta(seconds=-1))
    assert await both.take(Queue.EFFECTS) == [now]


async def test_a_hastened_message_comes_at_once_and_says_what_is_new(both: Both) -> None:
    """Of a delayed message that is hastened, one comes, at once, and says what it says now."""
    early = message("recovery")
    late = replace(early, step="confirmed")
    sent = await both.queue.send(Queue.EFFECTS, early, delay=timedelta(seconds=60))
    await both.queue.hasten(sent, late)
    assert await both.take(Queue.EFFECTS) == [late]


async def test_a_message_that_somebody_took_is_sent_anew(both: Both) -> None:
    """Hastened after it was received, or taken off, it comes once more: whoever took it may have been too early."""
    early = message("recovery")
    late = replace(early, step="confirmed")
    sent = await both.queue.send(Queue.EFFECTS, early)
    assert await both.take(Queue.EFFECTS) == [early]
    await both.queue.hasten(sent, late)
    assert await both.take(Queue.EFFECTS) == [late]


async def test_a_message_that_was_taken_back_never_comes(both: Both) -> None:
    """A recalled message is gone; recalled again, or after somebody took it, nothing happens."""
    one = message("recovery")
    sent = await both.queue.send(Queue.EFFECTS, one)
    await both.queue.recall(sent)
    assert await both.take(Queue.EFFECTS) == []
    await both.queue.recall(sent)
    taken = await both.queue.send(Queue.EFFECTS, one)
    assert await both.take(Queue.EFFECTS) == [one]
    await both.queue.recall(taken)


async def test_a_message_that_no_queue_takes_is_refused(both: Both) -> None:
    """A message beyond 48 KiB, which the Functions host could not be handed, is refused before it is sent."""
    with pytest.raises(ValueError, match="larger"):
        await both.queue.send(Queue.EFFECTS, message("x" * BODY_AT_MOST))
    assert await both.take(Queue.EFFECTS) == []


async def test_a_fake_message_comes_when_its_time_has_come() -> None:
    """On the fake, a delayed message is taken once the clock has passed its delay, in order of visibility."""
    now = NOW
    fake = FakeWorkQueue(lambda: now)
    first, second = message("first"), message("second")
    await fake.send(Queue.EFFECTS, second, delay=timedelta(seconds=61))
    await fake.send(Queue.EFFECTS, first, delay=timedelta(seconds=60))
    assert fake.waiting(Queue.EFFECTS) == (second, first)
    now += timedelta(seconds=60)
    assert fake.take(Queue.EFFECTS) == first
    assert fake.take(Queue.EFFECTS) is None
    now += timedelta(seconds=1)
    assert fake.take(Queue.EFFECTS) == second


async def test_messages_never_expire(empty_queues: Clients) -> None:
    """A message has no end of life, however long it is delayed: the service's default would drop it after a week."""
    await StorageWorkQueue(empty_queues).send(Queue.EFFECTS, message(), delay=timedelta(seconds=0))
    peeked = await empty_queues.queue(Queue.EFFECTS.value).peek_messages()
    assert peeked[0].expires_on is not None
    assert peeked[0].expires_on > datetime(9000, 1, 1, tzinfo=UTC)


async def test_the_longest_delay_is_a_weeks(empty_queues: Clients) -> None:
    """A delay beyond what the service takes is cut to it: the handler looks again, and waits on."""
    await StorageWorkQueue(empty_queues).send(Queue.EFFECTS, message(), delay=timedelta(days=400))
    properties = await empty_queues.queue(Queue.EFFECTS.value).get_queue_properties()
    assert properties.approximate_message_count == 1


def test_a_message_is_base64_of_json_with_its_version() -> None:
    """The Functions host expects base64; every message says in which shape it is."""
    sent = message(deadline=True)
    data = json.loads(base64.b64decode(encoded(sent), validate=True))
    assert data["schema_version"] == 1
    assert parsed(json.dumps(data)) == decoded(encoded(sent)) == sent


def test_unknown_fields_are_ignored() -> None:
    """A field that a later release adds does not stop this one."""
    sent = message(deadline=True)
    data = json.loads(base64.b64decode(encoded(sent)))
    data["added"] = {"later": True}
    data["deadline"]["added"] = 1
    assert parsed(json.dumps(data)) == sent


def _without(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(base64.b64decode(encoded(message())))
    del data[name]
    return data


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        "{",
        *(json.dumps(_without(name)) for name in ("schema_version", "claim_id", "step", "sent_at")),
        json.dumps({**_without("sent_at"), "sent_at": "2026-11-16T10:00:00"}),
        json.dumps({**_without("sent_at"), "sent_at": "yesterday"}),
        json.dumps({**_without("step"), "step": "due", "deadline": {"kind": "opt-out"}}),
        json.dumps({**_without("schema_version"), "schema_version": "one"}),
    ],
)
def test_what_is_no_message_is_told_apart(body: str) -> None:
    """Whatever somebody puts into a queue, the answer is that it is no message, never another error."""
    with pytest.raises(BadMessageError):
        parsed(body)


def test_what_is_not_base64_is_told_apart() -> None:
    """Text that is not base64, or not of text, is no message."""
    for text in ("{}", "====", base64.b64encode(b"\xff\xfe").decode()):
        with pytest.raises(BadMessageError):
            decoded(text)


def test_a_message_of_a_later_release_is_not_half_understood() -> None:
    """A message in a shape that this release does not know is left for one that does."""
    with pytest.raises(BadMessageError, match="schema version 99"):
        parsed(json.dumps({**_without("schema_version"), "schema_version": 99}))


async def test_a_message_that_is_sent_again_is_the_same(both: Both) -> None:
    """A body that is put back arrives as the work that it was, and one that no queue takes is refused."""
    work = message(deadline=True)
    body = base64.b64decode(encoded(work)).decode()
    await both.queue.send_again(Queue.VERIFY, body)
    assert await both.take(Queue.VERIFY) == [work]
    with pytest.raises(ValueError, match="larger"):
        await both.queue.send_again(Queue.VERIFY, "x" * (BODY_AT_MOST + 1))


async def test_a_queue_tells_its_backlog(both: Both) -> None:
    """Visible messages, delayed ones and those that somebody has taken, of that queue alone."""
    before = await both.queue.backlog(Queue.VERIFY)
    await both.queue.send(Queue.VERIFY, message())
    await both.queue.send(Queue.VERIFY, message(), delay=timedelta(minutes=1))
    await both.queue.send(Queue.EFFECTS, message())
    assert await both.queue.backlog(Queue.VERIFY) == before + 2


async def test_a_message_put_back_never_expires(empty_queues: Clients) -> None:
    """What an operator puts back is kept as long as it takes."""
    await StorageWorkQueue(empty_queues).send_again(Queue.EFFECTS, "{}")
    messages = empty_queues.queue(Queue.EFFECTS.value).receive_messages()
    (found,) = [one async for one in messages]
    assert found.expires_on is not None
    assert found.expires_on.year > 9000


async def test_the_work_s_correlation_travels_with_its_messages(both: Both) -> None:
    """A message that is sent while work is done under an ID carries it; one that has its own keeps it."""
    work, own = message(), replace(message(), correlation="f" * 32)
    with correlated("0123456789abcdef" * 2):
        await both.queue.send(Queue.VERIFY, work)
        await both.queue.send(Queue.EFFECTS, own)
    assert await both.take(Queue.VERIFY) == [replace(work, correlation="0123456789abcdef" * 2)]
    assert await both.take(Queue.EFFECTS) == [own]


@pytest.mark.parametrize("odd", ["", "x", "F" * 32, "0" * 33, 5, None, {"a": 1}, "canary@alpine.example"])
def test_an_odd_correlation_is_none(odd: object) -> None:
    """What cannot be such an ID is left out: the message's work is done all the same."""
    body = json.loads(base64.b64decode(encoded(message())))
    assert parsed(json.dumps({**body, "correlation": odd})).correlation is None
