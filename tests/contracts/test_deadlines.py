"""The contract of Deadlines."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.storage.clients import Clients
from shared.storage.deadlines import TableDeadlines
from shared.storage.keys import Table
from shared.usecases.ports import Deadlines
from shared.usecases.records import DeadlineRow
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import claim
from tests.fakes.deadlines import FakeDeadlines

NOW = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
async def empty_table(clients: Clients) -> Clients:
    """Clients whose table of deadlines is empty, for whatever is due before `now` is found."""
    table = clients.table(Table.DEADLINES)
    async for row in table.list_entities():
        await table.delete_entity(row["PartitionKey"], row["RowKey"])
    return clients


@pytest.fixture(params=BOTH)
def deadlines(request: pytest.FixtureRequest) -> Deadlines:
    """The fake, then the adapter."""
    return FakeDeadlines() if request.param == "fake" else TableDeadlines(request.getfixturevalue("empty_table"))


def row(due_at: datetime, *, kind: str = "opt-out") -> DeadlineRow:
    """A clock of a claim of its own."""
    return DeadlineRow(kind=kind, claim_id=claim().claim_id, due_at=due_at)


async def test_what_is_due_is_found_to_the_second(deadlines: Deadlines) -> None:
    """A row is due at its instant, and not a microsecond earlier."""
    clock = row(NOW)
    await deadlines.put([clock])
    assert await deadlines.due(NOW - timedelta(microseconds=1), limit=10) == ()
    assert await deadlines.due(NOW, limit=10) == (clock,)


async def test_what_is_due_comes_oldest_hour_first(deadlines: Deadlines) -> None:
    """Due rows come by their hours, over midnight and the year's end, and rows of the future not at all."""
    ages = [timedelta(minutes=1), timedelta(hours=5), timedelta(days=40), timedelta(days=400)]
    clocks = [row(NOW - age) for age in ages]
    await deadlines.put([*clocks, row(NOW + timedelta(hours=1)), row(NOW + timedelta(days=300))])
    assert await deadlines.due(NOW, limit=10) == tuple(clocks[::-1])


async def test_no_more_are_found_than_asked_for(deadlines: Deadlines) -> None:
    """A limit gives that many of the oldest, and the rest when those are done."""
    clocks = [row(NOW - timedelta(hours=age)) for age in range(5, 0, -1)]
    await deadlines.put(clocks)
    first = await deadlines.due(NOW, limit=2)
    assert first == tuple(clocks[:2])
    for clock in first:
        await deadlines.delete(clock)
    assert await deadlines.due(NOW, limit=10) == tuple(clocks[2:])


async def test_a_row_is_put_once_however_often(deadlines: Deadlines) -> None:
    """A row that is put again is one row."""
    clock = row(NOW)
    await deadlines.put([clock])
    await deadlines.put([clock])
    assert await deadlines.due(NOW, limit=10) == (clock,)


async def test_kinds_of_one_claim_are_apart(deadlines: Deadlines) -> None:
    """A claim's clocks of several kinds in one hour are several rows, deleted one by one."""
    clock = row(NOW)
    reminder = DeadlineRow(kind="opt-out-reminder", claim_id=clock.claim_id, due_at=NOW)
    await deadlines.put([clock, reminder])
    await deadlines.delete(clock)
    assert await deadlines.due(NOW, limit=10) == (reminder,)


async def test_deleting_what_is_gone_is_fine(deadlines: Deadlines) -> None:
    """A row deleted twice, or never put, is no error."""
    clock = row(NOW)
    await deadlines.delete(clock)
    await deadlines.put([clock])
    await deadlines.delete(clock)
    await deadlines.delete(clock)
    assert await deadlines.due(NOW, limit=10) == ()


async def test_instants_of_any_zone_are_the_same_hour(deadlines: Deadlines) -> None:
    """A due instant given in another zone is the same row, found and deleted by its UTC hour."""
    from zoneinfo import ZoneInfo

    clock = row(NOW)
    abroad = DeadlineRow(kind=clock.kind, claim_id=clock.claim_id, due_at=NOW.astimezone(ZoneInfo("Asia/Kathmandu")))
    await deadlines.put([abroad])
    assert await deadlines.due(NOW, limit=10) == (clock,)
    await deadlines.delete(clock)
    assert await deadlines.due(NOW, limit=10) == ()


@pytest.mark.parametrize("top", [1, 2, 3, 100])
async def test_pages_hold_what_is_due_in_its_order(deadlines: Deadlines, top: int) -> None:
    """Pages of any size together are what `due` gives, also where an hour and a shard hold several rows."""
    shared_claim = claim().claim_id
    same = [DeadlineRow(kind=kind, claim_id=shared_claim, due_at=NOW) for kind in ("draft", "opt-out", "zzz")]
    clocks = [*same, *(row(NOW - timedelta(hours=age % 3, minutes=age)) for age in range(7))]
    await deadlines.put([*clocks, row(NOW + timedelta(milliseconds=1)), row(NOW + timedelta(days=1))])
    found: list[DeadlineRow] = []
    behind: DeadlineRow | None = None
    while True:
        page = await deadlines.page(NOW, top=top, behind=behind)
        assert len(page.rows) <= top
        found += page.rows
        behind = page.behind
        if behind is None:
            break
    assert found == list(await deadlines.due(NOW, limit=100))
    assert len(found) == len(clocks)
