"""The contract of DigestLedger."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.storage.clients import Clients
from shared.storage.digests import TableDigests
from shared.storage.keys import Table
from shared.usecases.digest_records import Digest, DigestKind, DigestStatus
from shared.usecases.programme_ports import DigestLedger
from shared.usecases.records import ConflictError
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import NOW, fresh
from tests.fakes.digests import FakeDigests

DAY = date(2026, 11, 16)


@pytest.fixture
async def empty(clients: Clients) -> Clients:
    """The clients, with nothing in the ledger."""
    table = clients.table(Table.DIGESTS)
    async for row in table.list_entities():
        await table.delete_entity(row["PartitionKey"], row["RowKey"])
    return clients


@pytest.fixture(params=BOTH)
def ledger(request: pytest.FixtureRequest) -> DigestLedger:
    """The fake, then the adapter."""
    return FakeDigests() if request.param == "fake" else TableDigests(request.getfixturevalue("empty"))


def digest(day: date = DAY, **changes: Any) -> Digest:
    """A row being sent."""
    values: dict[str, Any] = {
        "kind": DigestKind.NEW,
        "day": day,
        "since": None,
        "until": NOW,
        "status": DigestStatus.SENDING,
        "operation_id": fresh(),
        "updated_at": NOW,
    }
    return Digest(**{**values, **changes})


async def test_the_newest_day_of_a_kind_is_found(ledger: DigestLedger) -> None:
    """Whatever the order of writing, the newest day's row comes back whole, each kind its own."""
    assert await ledger.newest(DigestKind.NEW) is None
    full = digest(DAY + timedelta(days=40), since=NOW - timedelta(days=1), sent_at=NOW, failure="mail-refused")
    other = digest(DAY + timedelta(days=99), kind=DigestKind.OVERDUE, status=DigestStatus.NOTHING)
    for one in (digest(), full, digest(DAY + timedelta(days=20)), other):
        await ledger.save(one, None)
    for kind, expected in ((DigestKind.NEW, full), (DigestKind.OVERDUE, other)):
        newest = await ledger.newest(kind)
        assert newest is not None
        assert newest.value == expected


async def test_of_two_who_take_a_row_one_does(ledger: DigestLedger) -> None:
    """A day's row is made once, and moves only from the version that was read; the same word is no excuse."""
    row = digest()
    version = await ledger.save(row, None)
    with pytest.raises(ConflictError):
        await ledger.save(row, None)
    sent = replace(row, status=DigestStatus.SENT, sent_at=NOW)
    latest = await ledger.save(sent, version)
    with pytest.raises(ConflictError):
        await ledger.save(sent, version)
    newest = await ledger.newest(DigestKind.NEW)
    assert newest is not None
    assert (newest.value, newest.version) == (sent, latest)
    await ledger.save(replace(sent, status=DigestStatus.PENDING, sent_at=None), latest)
    newest = await ledger.newest(DigestKind.NEW)
    assert newest is not None
    assert newest.value.sent_at is None
