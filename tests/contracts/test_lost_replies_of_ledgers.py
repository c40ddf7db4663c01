"""Lost replies of the events' cursors and the digests' ledger: a success is one's own only where one made it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.digests import TableDigests
from shared.storage.event_cursors import TableEventCursors
from shared.usecases.digest_records import Digest, DigestKind, DigestStatus
from shared.usecases.event_records import EventCursor
from shared.usecases.records import ConflictError, ServiceUnavailableError
from tests.contracts.lossy_transport import FOR_EVER, Loss, LossyTransport
from tests.contracts.sample_claims import NOW, ORGANISATION, fresh

PERFORMED = pytest.mark.parametrize("loss", [Loss.NOTHING, Loss.SERVER_ERROR], ids=lambda loss: loss.name)
pytestmark = pytest.mark.usefixtures("clients")


@pytest.fixture
async def transport() -> LossyTransport:
    """The transport under the adapters of the test."""
    return LossyTransport()


@pytest.fixture
async def lossy(storage: Settings, transport: LossyTransport) -> AsyncIterator[Clients]:
    """Clients on that transport."""
    async with Clients(storage, transport=transport) as made:
        yield made


def cursor(seq: int = 0) -> EventCursor:
    """A claim's cursor."""
    return EventCursor(claim_id=fresh(), number="CPOR-1", organisation=ORGANISATION, tenant_id=fresh(), seq=seq)


def digest(ordinal: int) -> Digest:
    """A row of a day that no other test uses."""
    return Digest(
        kind=DigestKind.OVERDUE,
        day=date.fromordinal(ordinal),
        since=None,
        until=NOW,
        status=DigestStatus.SENDING,
        operation_id=fresh(),
        updated_at=NOW,
    )


@PERFORMED
async def test_a_cursor_whose_reply_is_lost_has_moved(lossy: Clients, transport: LossyTransport, loss: Loss) -> None:
    """Beginning and moving a cursor without a reply are successes, with the version to go on from."""
    cursors, begun = TableEventCursors(lossy), cursor()
    transport.lose("POST", "EventCursors", loss)
    version = await cursors.save(begun, None)
    transport.lose("PUT", "EventCursors", loss)
    version = await cursors.save(replace(begun, seq=1), version)
    assert transport.outstanding == 0
    await cursors.save(replace(begun, seq=2), version)
    found = await cursors.get(begun.claim_id)
    assert found is not None
    assert found.value.seq == 2


@PERFORMED
async def test_a_digest_whose_reply_is_lost_is_one_s_own(lossy: Clients, transport: LossyTransport, loss: Loss) -> None:
    """The one that took the day's row may send, though it did not hear so; the row is there once."""
    ledger, row = TableDigests(lossy), digest(800_000 + list(Loss).index(loss))
    transport.lose("POST", "Digests", loss)
    version = await ledger.save(row, None)
    assert transport.outstanding == 0
    await ledger.save(replace(row, status=DigestStatus.SENT), version)


@PERFORMED
async def test_a_digest_that_another_took_alike_is_not_one_s_own(
    lossy: Clients, clients: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """Two workers take the row with the same values: without a reply, too, only one of them may send."""
    row = digest(810_000 + list(Loss).index(loss))
    await TableDigests(clients).save(row, None)
    transport.lose("POST", "Digests", loss)
    with pytest.raises((ConflictError, ServiceUnavailableError)):
        await TableDigests(lossy).save(row, None)


async def test_what_never_arrived_is_no_success(lossy: Clients, transport: LossyTransport) -> None:
    """Where no request gets through, the caller hears that the storage is down."""
    for table in ("EventCursors", "Digests"):
        transport.lose("POST", table, Loss.UNREACHABLE, times=FOR_EVER)
    with pytest.raises(ServiceUnavailableError):
        await TableEventCursors(lossy).save(cursor(), None)
    with pytest.raises(ServiceUnavailableError):
        await TableDigests(lossy).save(digest(820_000), None)
