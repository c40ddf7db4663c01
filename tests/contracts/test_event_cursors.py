"""The contract of EventCursors."""

import pytest

from shared.storage.event_cursors import TableEventCursors
from shared.usecases.event_records import EventCursor
from shared.usecases.programme_ports import EventCursors
from shared.usecases.records import ConflictError
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import ORGANISATION, fresh
from tests.fakes.events import FakeEventCursors


@pytest.fixture(params=BOTH)
def cursors(request: pytest.FixtureRequest) -> EventCursors:
    """The fake, then the adapter."""
    return FakeEventCursors() if request.param == "fake" else TableEventCursors(request.getfixturevalue("clients"))


def cursor(claim_id: str, seq: int) -> EventCursor:
    """A cursor at that row."""
    return EventCursor(claim_id=claim_id, number="CPOR-1", organisation=ORGANISATION, tenant_id=fresh(), seq=seq)


async def test_a_cursor_is_read_as_it_was_written(cursors: EventCursors) -> None:
    """A claim has no cursor before its first event, then the one that was saved last."""
    claim_id = fresh()
    assert await cursors.get(claim_id) is None
    begun = cursor(claim_id, 0)
    version = await cursors.save(begun, None)
    moved = EventCursor(
        claim_id=claim_id, number=begun.number, organisation=ORGANISATION, tenant_id=begun.tenant_id, seq=4
    )
    latest = await cursors.save(moved, version)
    stored = await cursors.get(claim_id)
    assert stored is not None
    assert (stored.value, stored.version) == (moved, latest)


async def test_of_two_who_move_it_one_is_told(cursors: EventCursors) -> None:
    """A cursor moves only from the version that was read, and begins only once."""
    claim_id = fresh()
    begun = cursor(claim_id, 0)
    version = await cursors.save(begun, None)
    await cursors.save(cursor(claim_id, 1), version)
    with pytest.raises(ConflictError):
        await cursors.save(cursor(claim_id, 2), version)
    with pytest.raises(ConflictError):
        await cursors.save(cursor(claim_id, 0), None)


async def test_a_cursor_that_is_gone_cannot_be_moved(cursors: EventCursors) -> None:
    """A deleted cursor is gone, deleting it again is fine, and nobody brings it back by moving it."""
    claim_id = fresh()
    version = await cursors.save(cursor(claim_id, 0), None)
    await cursors.delete(claim_id)
    await cursors.delete(claim_id)
    assert await cursors.get(claim_id) is None
    with pytest.raises(ConflictError):
        await cursors.save(cursor(claim_id, 1), version)
