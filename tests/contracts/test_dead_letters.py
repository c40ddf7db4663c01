"""The contract of DeadLetters."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.storage.clients import Clients
from shared.storage.dead_letters import TableDeadLetters
from shared.storage.entities import text_of
from shared.storage.keys import Table, UnsafeKeyError
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.ports import DeadLetters
from shared.usecases.records import ConflictError, DeadLetter
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import NOW, claim, fresh
from tests.fakes.dead_letters import FakeDeadLetters


@pytest.fixture(params=BOTH)
def letters(request: pytest.FixtureRequest) -> DeadLetters:
    """The fake, then the adapter."""
    return FakeDeadLetters() if request.param == "fake" else TableDeadLetters(request.getfixturevalue("clients"))


def letter(**changes: Any) -> DeadLetter:
    """A letter of its own."""
    values: dict[str, Any] = {
        "letter_id": fresh(),
        "queue": "claim-effects",
        "body": '{"claim_id": "x"}',
        "claim_id": claim().claim_id,
        "at": NOW,
    }
    return DeadLetter(**{**values, **changes})


async def test_a_letter_is_kept_however_often_it_comes(letters: DeadLetters) -> None:
    """A letter with a body of any kind and size, of a known claim or none, is taken, and taken again."""
    for kept in (letter(), letter(claim_id=None, body=""), letter(body="🚀" * 64_000)):
        await letters.add(kept)
        await letters.add(kept)


async def listed(
    letters: DeadLetters, since: datetime, until: datetime, *, top: int, open_only: bool
) -> list[DeadLetter]:
    """Every letter of those days, page by page."""
    found: list[DeadLetter] = []
    behind: DeadLetterPlace | None = None
    while True:
        page = await letters.page(since=since, until=until, top=top, open_only=open_only, behind=behind)
        assert len(page.items) <= top
        found += page.items
        behind = page.behind
        if behind is None:
            return found


@pytest.mark.parametrize("top", [1, 2, 50])
async def test_letters_are_listed_by_day_whatever_the_page(letters: DeadLetters, top: int) -> None:
    """Pages of any size hold the letters of the days asked for, oldest day first, each once; a letter is as it was."""
    days = [NOW + timedelta(days=number + 100 * top) for number in range(4)]
    kept = [letter(at=day, letter_id=name) for day in days for name in ("a", "b", "c")]
    for one in reversed(kept):
        await letters.add(one)
    assert await listed(letters, days[0], days[3], top=top, open_only=True) == kept
    assert await listed(letters, days[1], days[2], top=top, open_only=True) == kept[3:9]
    assert (
        await listed(letters, days[3] + timedelta(days=1), days[3] + timedelta(days=9), top=top, open_only=False) == []
    )


async def test_who_put_a_letter_back_is_kept(letters: DeadLetters) -> None:
    """A mark is read back, hides the letter from those that wait, and outlives the next failure, which opens it."""
    kept = letter(at=NOW + timedelta(days=900))
    place = DeadLetterPlace(day="2029-05-04", letter_id=kept.letter_id)
    await letters.add(kept)
    stored = await letters.get(place)
    assert stored is not None
    assert stored.value == kept
    at = kept.at + timedelta(minutes=1)
    await letters.mark_replayed(stored, at=at, by="o1/p1")
    marked = await letters.get(place)
    assert marked is not None
    assert (marked.value.replayed_at, marked.value.replayed_by) == (at, "o1/p1")
    assert (marked.value.body, marked.value.at) == (kept.body, kept.at)
    assert await listed(letters, kept.at, kept.at, top=5, open_only=True) == []
    await letters.add(replace(kept, at=at + timedelta(minutes=1)))
    (again,) = await listed(letters, kept.at, kept.at, top=5, open_only=True)
    assert again.replayed_by == "o1/p1"


async def test_a_mark_needs_the_letter_as_it_was_read(letters: DeadLetters) -> None:
    """Of two marks on one reading the second is refused, and one on a letter that failed again too."""
    kept = letter()
    place = DeadLetterPlace(day="2026-11-16", letter_id=kept.letter_id)
    await letters.add(kept)
    read = await letters.get(place)
    assert read is not None
    await letters.mark_replayed(read, at=NOW, by="first")
    with pytest.raises(ConflictError):
        await letters.mark_replayed(read, at=NOW, by="second")
    marked = await letters.get(place)
    assert marked is not None
    assert marked.value.replayed_by == "first"
    await letters.add(kept)
    with pytest.raises(ConflictError):
        await letters.mark_replayed(marked, at=NOW, by="third")


async def test_a_place_where_nothing_lies_is_null(letters: DeadLetters) -> None:
    """An unknown letter is null, whatever was written where an ID should be."""
    for place in (("2026-11-16", "none"), ("", ""), ("../x", "a/b"), ("2026-11-16", "x" * 600)):
        assert await letters.get(DeadLetterPlace(day=place[0], letter_id=place[1])) is None


async def test_an_odd_letter_id_is_refused(letters: DeadLetters) -> None:
    """A letter whose ID cannot be a key is refused, not lost in silence."""
    with pytest.raises(UnsafeKeyError):
        await letters.add(letter(letter_id="a/b"))


async def test_a_letter_lies_on_its_day_with_its_body(clients: Clients) -> None:
    """A letter is one row of the UTC day it failed on, with queue, claim and the whole body, to be sent again."""
    kept, long = letter(), letter(body="🚀" * 64_000, at=NOW + timedelta(days=1))
    store, table = TableDeadLetters(clients), clients.table(Table.DEAD_LETTERS)
    for one in (kept, kept, long):
        await store.add(one)
    row = await table.get_entity("2026-11-16", kept.letter_id)
    assert (row["QueueName"], row["Body00"], row["ClaimId"]) == (kept.queue, kept.body, kept.claim_id)
    row = await table.get_entity("2026-11-17", long.letter_id)
    assert text_of(row) == long.body
