"""The contracts of MetricsStore, ListFigures, MailFailures and WalkPlaces."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.mails import MailKind, MailStatus
from shared.domain.stages import StageFigures, stage_times
from shared.storage.claim_lists import TableClaimLists
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.list_figures import TableListFigures
from shared.storage.metrics import TableMailFailures, TableMetricsStore, TableWalkPlaces
from shared.usecases.metrics_records import ClaimFigures, MailFailure, Metrics, MonthlyAnswers
from shared.usecases.ports import ClaimLists
from shared.usecases.programme_ports import ListFigures, MailFailures, MetricsStore, WalkPlaces
from tests.claims import a_claim
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import fresh
from tests.fakes.claim_lists import FakeClaimLists
from tests.fakes.metrics import FakeListFigures, FakeMailFailures, FakeMetricsStore, FakeWalkPlaces
from tests.fakes.product import FakeProduct
from tests.unit.usecases import lives

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
METRICS = Metrics(
    as_of=NOW,
    counts={"Draft": 2, "Approved": 1},
    stages={
        "review": StageFigures(count=2, median_hours=1.5, p90_hours=2.0),
        "total": StageFigures(count=0, median_hours=None, p90_hours=None),
    },
    stages_since=NOW - 90 * DAY,
    reviews_overdue=1,
    contested=2,
    months=(MonthlyAnswers(month="2026-11", answered=4, opted_out=1),),
    mail_failures={"Bounced": 3},
    mail_failures_since=NOW - 30 * DAY,
    dead_letters_open=1,
    due_now=5,
    finalization_lag_seconds=60,
)


@pytest.fixture
async def empty_tables(clients: Clients) -> Clients:
    """Clients whose tables of figures and lists are empty."""
    for table in (clients.table(Table.METRICS), clients.table(Table.CLAIM_LISTS)):
        async for row in table.list_entities():
            await table.delete_entity(row["PartitionKey"], row["RowKey"])
    return clients


@pytest.fixture(params=BOTH)
def metrics(request: pytest.FixtureRequest) -> MetricsStore:
    """The fake, then the adapter on an empty table."""
    return FakeMetricsStore() if request.param == "fake" else TableMetricsStore(request.getfixturevalue("empty_tables"))


@pytest.fixture(params=BOTH)
def failures(request: pytest.FixtureRequest) -> MailFailures:
    """The fake, then the adapter."""
    return FakeMailFailures() if request.param == "fake" else TableMailFailures(request.getfixturevalue("clients"))


@pytest.fixture(params=BOTH)
def places(request: pytest.FixtureRequest) -> WalkPlaces:
    """The fake, then the adapter."""
    return FakeWalkPlaces() if request.param == "fake" else TableWalkPlaces(request.getfixturevalue("clients"))


async def test_the_newest_look_is_read_back(metrics: MetricsStore) -> None:
    """What was saved last is what is read, figure by figure; before the first there is nothing."""
    assert await metrics.newest() is None
    await metrics.save(METRICS)
    assert await metrics.newest() == METRICS


async def test_one_look_a_day_is_kept(metrics: MetricsStore) -> None:
    """Of each UTC day the last look stays, whatever the order they are saved in; the newest day comes first."""
    looks = [replace(METRICS, as_of=NOW + hours * timedelta(hours=1)) for hours in (0, 5, 14, 40)]
    for look in (looks[1], looks[0], looks[3], looks[2]):
        await metrics.save(look)
    assert await metrics.daily(top=10) == (looks[3], looks[2], looks[1])
    assert await metrics.daily(top=2) == (looks[3], looks[2])
    assert await metrics.newest() == looks[3]


def failure(at: datetime, status: MailStatus = MailStatus.BOUNCED) -> MailFailure:
    """A mail of its own that failed then."""
    return MailFailure(operation_id=fresh(), claim_id="c", kind=MailKind.ASSOCIATION_REQUEST, status=status, at=at)


async def test_failed_mails_are_counted_by_day(failures: MailFailures) -> None:
    """Mails of the days asked for are counted by their status, each once however often it was noted."""
    first = NOW.replace(year=2031)
    noted = failure(first + DAY)
    for one in (failure(first), noted, noted, failure(first + DAY, MailStatus.FAILED), failure(first + 3 * DAY)):
        await failures.note(one)
    assert await failures.count(since=first, until=first + DAY) == {"Bounced": 2, "Failed": 1}
    assert await failures.count(since=first + 2 * DAY, until=first + 9 * DAY) == {"Bounced": 1}
    assert await failures.count(since=first + 4 * DAY, until=first + 9 * DAY) == {}


async def test_failed_mails_of_a_kind_and_time_are_found(failures: MailFailures) -> None:
    """Those known after one instant and up to another come back whole, oldest day first, other kinds left out."""
    first = NOW.replace(year=2033)
    early, late, last = failure(first + timedelta(hours=1)), failure(first + DAY), failure(first + 2 * DAY)
    other = replace(failure(first + DAY), kind=MailKind.CLAIM_ENDED)
    for one in (last, failure(first), late, early, other, failure(first + 3 * DAY)):
        await failures.note(one)
    wanted = {"since": first, "until": first + 2 * DAY, "kind": MailKind.ASSOCIATION_REQUEST}
    assert await failures.noted(**wanted, top=9) == (early, late, last)  # type: ignore[arg-type]
    assert await failures.noted(**wanted, top=2) == (early, late)  # type: ignore[arg-type]


async def test_a_walk_remembers_its_place(places: WalkPlaces) -> None:
    """A place is read back as it was put, each walk its own; a walk that begins anew has none."""
    walk, other = fresh(), fresh()
    assert await places.get(walk) is None
    await places.put(walk, "a/b c#d?e" * 50)
    await places.put(other, "elsewhere")
    assert await places.get(walk) == "a/b c#d?e" * 50
    await places.put(walk, None)
    assert await places.get(walk) is None
    assert await places.get(other) == "elsewhere"


class ListedClaims:
    """The lists and what counts them."""

    def __init__(self, lists: ClaimLists, figures: ListFigures) -> None:
        self.lists, self.figures = lists, figures


@pytest.fixture(params=BOTH)
def listed(request: pytest.FixtureRequest) -> ListedClaims:
    """The fakes, then the adapters on an empty table."""
    if request.param == "fake":
        fake = FakeClaimLists()
        return ListedClaims(fake, FakeListFigures(fake))
    clients: Clients = request.getfixturevalue("empty_tables")
    return ListedClaims(TableClaimLists(clients, secret="s" * 40), TableListFigures(clients))


async def counted(figures: ListFigures, status: Status) -> list[ClaimFigures]:
    """Every claim in that status, page by page."""
    found: list[ClaimFigures] = []
    behind: str | None = None
    while True:
        page = await figures.page(status, behind=behind)
        found += page.items
        behind = page.behind
        if behind is None:
            return found


async def test_each_claim_is_counted_in_its_status(listed: ListedClaims) -> None:
    """Each claim is counted once, in the status that it is in, with the figures that its list row tells."""
    claims = [a_claim(Status.APPROVED, draft=new_claim(fresh())) for _ in range(5)]
    reviewed = a_claim(Status.UNDER_REVIEW, draft=new_claim(fresh()))
    for claim in (*claims, reviewed):
        await listed.lists.project(claim, thorough=True)
    found = await counted(listed.figures, Status.APPROVED)
    assert len(found) == 5
    assert {one.stages for one in found} == {stage_times(claims[0])}
    assert {one.submitted_at for one in found} == {claims[0].submitted_at}
    (one,) = await counted(listed.figures, Status.UNDER_REVIEW)
    assert (one.contested, one.next_deadline) == (True, reviewed.clocks["review"].deadline_at)
    assert await counted(listed.figures, Status.DRAFT) == []


async def test_more_claims_than_a_page_are_all_counted(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list longer than a page of the service is counted to its end."""
    monkeypatch.setattr("shared.storage.list_figures._ROWS_PER_PAGE", 2)
    lists = TableClaimLists(clients, secret="s" * 40)
    before = len(await counted(TableListFigures(clients), Status.WITHDRAWN))
    for _ in range(4):
        await lists.project(a_claim(Status.WITHDRAWN, draft=new_claim(fresh())), thorough=True)
    assert len(await counted(TableListFigures(clients), Status.WITHDRAWN)) == before + 4


def new_claim(name: str) -> Claim:
    """A claim of a customer of its own."""
    return lives.new_claim(FakeProduct(), name)
