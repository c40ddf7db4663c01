"""The contract of the reviewers' queue in ClaimLists: the most urgent first, each claim once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from shared.domain.claim import CheckOutcome, CheckResult, Claim, Status
from shared.domain.deadlines import ClockKind, Receipt, business_deadline
from shared.domain.errors import InvalidClaimError
from shared.settings import Settings
from shared.storage import keys
from shared.storage.claim_lists import TableClaimLists
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.odata import partition
from shared.usecases.ports import ClaimLists
from shared.usecases.records import ListQuery, ServiceUnavailableError
from shared.usecases.summaries import summary_of
from tests.contracts.conftest import BOTH, KEY
from tests.contracts.lossy_transport import Loss, LossyTransport
from tests.contracts.sample_claims import NOW, claim, fresh
from tests.contracts.test_claim_lists import moved, walk
from tests.fakes.claim_lists import FakeClaimLists

UNDER_REVIEW, PENDING = Status.UNDER_REVIEW, Status.PENDING_CUSTOMER
CONTESTED = CheckResult(code="contested", result=CheckOutcome.FLAG, message="A sentence for people.")


@pytest.fixture(params=BOTH)
def lists(request: pytest.FixtureRequest) -> ClaimLists:
    """The fake, then the adapter."""
    if request.param == "fake":
        return FakeClaimLists()
    return TableClaimLists(request.getfixturevalue("clients"), secret=KEY)


@pytest.fixture
def tenant() -> str:
    """A customer whose claims nobody else lists."""
    return fresh()


def in_review(tenant: str, since: datetime, *, key: str = "one", **changes: object) -> Claim:
    """A claim that came before a reviewer at that instant."""
    made = claim(tenant, key=key, status=UNDER_REVIEW, visited=(Status.SUBMITTED, UNDER_REVIEW))
    return replace(made, clocks={"review": _receipt(since)}, **changes)  # type: ignore[arg-type]


def _receipt(since: datetime) -> Receipt:
    return business_deadline(kind=ClockKind.REVIEW, starts_at=since, business_days=5, country="US", zone="UTC")


def queue(tenant: str, **more: object) -> ListQuery:
    """The customer's part of the queue."""
    return ListQuery(tenant_id=tenant, urgent_first=True, **more)  # type: ignore[arg-type]


async def names(lists: ClaimLists, query: ListQuery) -> list[str]:
    """The claims that the query gives, in order."""
    return [row.claim_id for row in await walk(lists, query)]


def due_at(of: Claim) -> datetime:
    """The end of the reviewer's time."""
    return of.clocks["review"].deadline_at


@pytest.fixture
async def waiting(lists: ClaimLists, tenant: str) -> list[Claim]:
    """Four claims by urgency; the most urgent was filed last, and the second and third are contested."""
    made = [
        in_review(
            tenant,
            NOW + timedelta(days=number),
            key=f"{number}",
            created_at=NOW - timedelta(minutes=number),
            checks=(CONTESTED,) if number in {1, 2} else (),
        )
        for number in range(4)
    ]
    for one in (made[2], made[0], made[3], made[1]):
        await lists.project(one, thorough=False)
    return made


@pytest.mark.parametrize("top", [1, 3, 50])
async def test_the_most_urgent_come_first(lists: ClaimLists, tenant: str, waiting: list[Claim], top: int) -> None:
    """Whatever the order of filing and the page's size, the queue goes by the end of the reviewer's time."""
    rows = await walk(lists, queue(tenant, top=top))
    assert rows == [summary_of(one) for one in waiting]


async def test_the_same_claims_are_listed_newest_first(lists: ClaimLists, tenant: str, waiting: list[Claim]) -> None:
    """The list of the status holds them too, by when they were filed."""
    found = await names(lists, ListQuery(status=UNDER_REVIEW, tenant_id=tenant, top=3))
    assert found == [one.claim_id for one in waiting]


@pytest.mark.parametrize("urgent_first", [True, False])
async def test_what_is_overdue_is_told_apart(
    lists: ClaimLists, tenant: str, waiting: list[Claim], *, urgent_first: bool
) -> None:
    """At a deadline nothing is late; a second later that claim is, and each claim is either late or not."""
    query = ListQuery(status=UNDER_REVIEW, tenant_id=tenant, urgent_first=urgent_first, top=1)
    ids = [one.claim_id for one in waiting]
    for now, late in ((due_at(waiting[1]), 1), (due_at(waiting[1]) + timedelta(seconds=1), 2)):
        assert set(await names(lists, replace(query, due_before=now))) == set(ids[:late])
        assert set(await names(lists, replace(query, due_from=now))) == set(ids[late:])


@pytest.mark.parametrize("urgent_first", [True, False])
async def test_what_is_contested_is_told_apart(
    lists: ClaimLists, tenant: str, waiting: list[Claim], *, urgent_first: bool
) -> None:
    """Contested claims alone, or all but those."""
    query = ListQuery(status=UNDER_REVIEW, tenant_id=tenant, urgent_first=urgent_first)
    ids = [one.claim_id for one in waiting]
    assert await names(lists, replace(query, contested=True)) == ids[1:3]
    assert await names(lists, replace(query, contested=False)) == [ids[0], ids[3]]


async def test_only_reviewers_are_late(lists: ClaimLists, tenant: str) -> None:
    """A claim that waits for its customer has a deadline too, and is never overdue for a reviewer."""
    asked = claim(tenant)
    await lists.project(asked, thorough=False)
    late = asked.clocks["opt-out"].deadline_at + timedelta(days=1)
    assert await names(lists, ListQuery(status=PENDING, tenant_id=tenant)) == [asked.claim_id]
    assert await names(lists, ListQuery(status=PENDING, tenant_id=tenant, due_before=late)) == []


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
async def test_a_claim_stands_in_the_queue_once(lists: ClaimLists, tenant: str, order: tuple[int, ...]) -> None:
    """In review, rejected, disputed into another deadline: in any order of projections the last one counts."""
    first = in_review(tenant, NOW)
    rejected = replace(moved(first, Status.REJECTED), clocks={})
    disputed = replace(moved(rejected, UNDER_REVIEW), clocks={"review": _receipt(NOW + timedelta(days=9))})
    later = replace(disputed, history_seq=disputed.history_seq + 1, claim_name="Another name")
    steps = (first, rejected, disputed, later)
    for place in order:
        await lists.project(steps[place], thorough=False)
    assert await walk(lists, queue(tenant)) == [summary_of(later)]
    accepted = replace(moved(later, PENDING), clocks={})
    await lists.project(accepted, thorough=False)
    await lists.project(later, thorough=True)
    assert await walk(lists, queue(tenant)) == []


async def test_a_removed_claim_leaves_the_queue(lists: ClaimLists, tenant: str, waiting: list[Claim]) -> None:
    """Removed it is gone, removing again is fine, and a rebuild puts it back where it was."""
    before = await walk(lists, queue(tenant))
    for one in (*waiting, waiting[0]):
        await lists.remove(one)
    assert await walk(lists, queue(tenant)) == []
    for one in waiting:
        await lists.project(one, thorough=True)
    assert await walk(lists, queue(tenant)) == before


async def test_a_place_in_the_queue_is_none_in_another_list(
    lists: ClaimLists, tenant: str, waiting: list[Claim]
) -> None:
    """The continuation of one order is refused by the other."""
    page = await lists.page(queue(tenant, top=1))
    other = ListQuery(status=UNDER_REVIEW, tenant_id=tenant, continuation=page.continuation)
    with pytest.raises(InvalidClaimError):
        await lists.page(other)
    assert len(waiting) == 4


@pytest.fixture
async def counted(storage: Settings) -> AsyncIterator[tuple[LossyTransport, Clients]]:
    """Clients whose requests are counted, and lost where a test says so."""
    transport = LossyTransport()
    async with Clients(storage, transport=transport) as made:
        yield transport, made


async def test_a_page_of_the_queue_costs_one_request(
    clients: Clients, counted: tuple[LossyTransport, Clients], tenant: str
) -> None:
    """However it is filtered by what the table knows."""
    transport, made = counted
    await TableClaimLists(clients, secret=KEY).project(in_review(tenant, NOW), thorough=False)
    page = await TableClaimLists(made, secret=KEY).page(queue(tenant, due_from=NOW, contested=False))
    assert len(page.items) == 1
    assert transport.sent == {"GET": 1}


async def test_a_claim_that_was_never_in_review_costs_the_queue_nothing(
    clients: Clients, counted: tuple[LossyTransport, Clients], tenant: str
) -> None:
    """No note is read or written for the many claims whose checks all pass."""
    transport, made = counted
    await TableClaimLists(made, secret=KEY).project(claim(tenant), thorough=False)
    assert transport.sent["POST"] == 1  # the partner's row; the status's row is put
    rows = clients.table(Table.CLAIM_LISTS).query_entities(partition(keys.REVIEW_QUEUE))
    assert [row async for row in rows if row.get("TenantId") == tenant] == []


@pytest.mark.parametrize("loss", [Loss.NOTHING, Loss.SERVER_ERROR], ids=lambda loss: loss.name)
async def test_a_projection_whose_reply_is_lost_is_done_again(
    counted: tuple[LossyTransport, Clients], tenant: str, loss: Loss
) -> None:
    """The queue tries again, and finds the claim where it belongs, once."""
    transport, made = counted
    lists, first = TableClaimLists(made, secret=KEY), in_review(tenant, NOW)
    second = replace(moved(first, UNDER_REVIEW), clocks={"review": _receipt(NOW + timedelta(days=9))})
    for one in (first, second):
        transport.lose("POST", "$batch", loss)
        try:
            await lists.project(one, thorough=False)
        except ServiceUnavailableError:
            await lists.project(one, thorough=False)
    assert transport.outstanding == 0
    assert await walk(lists, queue(tenant)) == [summary_of(second)]
