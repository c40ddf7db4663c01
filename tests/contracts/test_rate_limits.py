"""The contract of RateLimits."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.settings import Settings
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.keys import Table, UnsafeKeyError
from shared.storage.rate_limits import TableRateLimits
from shared.usecases.programme_ports import RateLimits
from shared.usecases.rate_limits import TooManyRequestsError
from shared.usecases.records import ServiceUnavailableError
from tests.contracts.conftest import BOTH
from tests.contracts.lossy_transport import FOR_EVER, Loss, LossyTransport
from tests.contracts.sample_claims import fresh
from tests.fakes.rate_limits import FakeRateLimits

NOW = datetime(2026, 11, 16, 10, 0, 20, 500_000, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=BOTH)
def limits(request: pytest.FixtureRequest) -> RateLimits:
    """The fake, then the adapter."""
    return FakeRateLimits() if request.param == "fake" else TableRateLimits(request.getfixturevalue("clients"))


async def take(
    limits: RateLimits, subject: str, *, scope: str = "pre-check", at: datetime = NOW, limit: int = 3
) -> None:
    """One more for the subject."""
    await limits.take(scope=scope, subject=subject, limit=limit, window=MINUTE, now=at)


async def test_a_full_window_says_when_the_next_one_begins(limits: RateLimits) -> None:
    """The limit's last one passes, the next one is told to wait exactly until the window's end."""
    subject = fresh()
    for _ in range(3):
        await take(limits, subject)
    for _ in range(2):
        with pytest.raises(TooManyRequestsError) as refused:
            await take(limits, subject)
        assert refused.value.retry_after == timedelta(seconds=39.5)


async def test_the_next_window_is_empty(limits: RateLimits) -> None:
    """Whoever waits as long as told may go on; a window that is over does not count for the next one."""
    subject = fresh()
    await take(limits, subject, limit=1)
    next_window = NOW + timedelta(seconds=39.5)
    with pytest.raises(TooManyRequestsError):
        await take(limits, subject, limit=1, at=next_window - timedelta(microseconds=1))
    await take(limits, subject, limit=1, at=next_window)


async def test_subjects_and_scopes_are_counted_apart(limits: RateLimits) -> None:
    """Nobody waits for what another one did, nor for what they themselves did elsewhere."""
    subject = fresh()
    await take(limits, subject, limit=1)
    await take(limits, fresh(), limit=1)
    await take(limits, subject, scope="export", limit=1)
    with pytest.raises(TooManyRequestsError):
        await take(limits, subject, limit=1)


async def test_of_many_at_once_as_many_pass_as_may(limits: RateLimits) -> None:
    """Twelve at the same moment against a limit of five: five pass, seven are refused."""
    subject = fresh()
    ends = await asyncio.gather(*(take(limits, subject, limit=5) for _ in range(12)), return_exceptions=True)
    assert ends.count(None) == 5
    assert sum(isinstance(end, TooManyRequestsError) for end in ends) == 7


async def test_an_odd_subject_is_refused(limits: RateLimits) -> None:
    """A subject that cannot be a key is refused before anything is counted."""
    with pytest.raises(UnsafeKeyError):
        await take(limits, "a/b")


async def test_past_windows_are_cleaned_up(clients: Clients) -> None:
    """A subject keeps the counters of the present and the last window, however often it comes."""
    limits, subject = TableRateLimits(clients), fresh()
    for minutes in range(5):
        await take(limits, subject, at=NOW + minutes * MINUTE)
    rows = clients.table(Table.RATE_LIMITS).query_entities(odata.partition(keys.rate_partition("pre-check", subject)))
    assert [row["RowKey"] async for row in rows] == ["20261116T100300Z", "20261116T100400Z"]


@pytest.mark.parametrize("loss", [Loss.NOTHING, Loss.SERVER_ERROR], ids=lambda loss: loss.name)
@pytest.mark.parametrize("before", [0, 1], ids=["first", "second"])
async def test_a_count_whose_reply_is_lost_counts_once(
    storage: Settings, clients: Clients, loss: Loss, before: int
) -> None:
    """A counter that was raised though the reply never came is recognised: the limit is not reached too early."""
    transport, subject = LossyTransport(), fresh()
    async with Clients(storage, transport=transport) as lossy:
        limits = TableRateLimits(lossy)
        for _ in range(before):
            await take(limits, subject)
        transport.lose("PUT" if before else "POST", "RateLimits", loss)
        for _ in range(3 - before):
            await take(limits, subject)
        assert transport.outstanding == 0
        with pytest.raises(TooManyRequestsError):
            await take(limits, subject)


async def test_nobody_passes_uncounted(storage: Settings, clients: Clients) -> None:
    """Where the counter cannot be raised, the request fails: a limit that is down is no open door."""
    transport = LossyTransport()
    async with Clients(storage, transport=transport) as lossy:
        transport.lose("POST", "RateLimits", Loss.UNREACHABLE, times=FOR_EVER)
        with pytest.raises(ServiceUnavailableError):
            await take(TableRateLimits(lossy), fresh())
