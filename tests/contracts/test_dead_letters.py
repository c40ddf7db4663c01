"""The contract of DeadLetters."""

from datetime import timedelta
from typing import Any

import pytest

from shared.storage.clients import Clients
from shared.storage.dead_letters import TableDeadLetters
from shared.storage.entities import text_of
from shared.storage.keys import Table, UnsafeKeyError
from shared.usecases.ports import DeadLetters
from shared.usecases.records import DeadLetter
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
