"""The contract of ClaimLists."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Claim, RequestedProduct, Status
from shared.domain.errors import InvalidClaimError
from shared.storage.claim_lists import TableClaimLists
from shared.usecases.ports import ClaimLists
from shared.usecases.records import ClaimSummary, ListQuery
from shared.usecases.summaries import summary_of
from tests.contracts.conftest import BOTH, KEY
from tests.contracts.sample_claims import NOW, claim, fresh
from tests.fakes.claim_lists import FakeClaimLists

SUBMITTED, UNDER_REVIEW, PENDING = Status.SUBMITTED, Status.UNDER_REVIEW, Status.PENDING_CUSTOMER


@pytest.fixture(params=BOTH)
def lists(request: pytest.FixtureRequest) -> ClaimLists:
    """The fake, then the adapter."""
    if request.param == "fake":
        return FakeClaimLists()
    return TableClaimLists(request.getfixturevalue("clients"), secret=KEY)


@pytest.fixture
def organisation() -> str:
    """An organisation whose list is empty."""
    return fresh()


async def walk(lists: ClaimLists, query: ListQuery) -> list[ClaimSummary]:
    """Every row that the query gives, page after page."""
    found: list[ClaimSummary] = []
    for _ in range(100):
        page = await lists.page(query)
        assert len(page.items) <= query.top
        found += page.items
        if page.continuation is None:
            return found
        query = replace(query, continuation=page.continuation)
    raise AssertionError("the list does not end")


async def standing_in(lists: ClaimLists, of: Claim) -> list[Status]:
    """The statuses whose lists name the claim."""
    tenant_id = of.customer.tenant_id
    found = [(status, await walk(lists, ListQuery(status=status, tenant_id=tenant_id))) for status in Status]
    return [status for status, rows in found if any(row.claim_id == of.claim_id for row in rows)]


def moved(before: Claim, status: Status) -> Claim:
    """The claim one event later."""
    return replace(
        before,
        status=status,
        history_seq=before.history_seq + 1,
        revision=before.revision + 1,
        visited=(*before.visited, status),
    )


def many(organisation: str, number: int, change: Callable[[int], dict[str, object]] = lambda _: {}) -> list[Claim]:
    """Claims of the organisation, the newest first."""
    made = [
        claim(
            key=f"{n}",
            organisation=organisation,
            created_at=NOW + timedelta(minutes=n),
            visited=(PENDING,),
            **change(n),  # type: ignore[arg-type]
        )
        for n in range(number)
    ]
    return made[::-1]


async def test_a_row_says_what_the_claim_says(lists: ClaimLists, organisation: str) -> None:
    """A listed claim comes back as its summary, in the partner's list and in its status's."""
    listed = claim(organisation=organisation, visited=(PENDING,))
    await lists.project(listed, thorough=False)
    assert await walk(lists, ListQuery(organisation=organisation)) == [summary_of(listed)]
    by_status = ListQuery(status=PENDING, tenant_id=listed.customer.tenant_id)
    assert await walk(lists, by_status) == [summary_of(listed)]


async def test_a_claim_without_the_optional_fields_is_listed(lists: ClaimLists, organisation: str) -> None:
    """A bare draft has a row whose absent values are null again when read."""
    draft = replace(
        claim(organisation=organisation, status=Status.DRAFT, visited=(Status.DRAFT,)),
        solution_area=None,
        activities=(),
        claim_name=None,
        items=(),
        submitted_at=None,
        clocks={},
    )
    draft = replace(draft, customer=replace(draft.customer, name=None))
    await lists.project(draft, thorough=False)
    assert await walk(lists, ListQuery(organisation=organisation)) == [summary_of(draft)]


async def test_a_claim_that_moves_leaves_its_old_list(lists: ClaimLists, organisation: str) -> None:
    """After each projection the claim stands in the list of its status and in no other."""
    now = claim(organisation=organisation, status=SUBMITTED, visited=(SUBMITTED,))
    await lists.project(now, thorough=False)
    for status in (UNDER_REVIEW, PENDING, Status.ACTION_REQUIRED, SUBMITTED):
        now = moved(now, status)
        await lists.project(now, thorough=False)
        assert await standing_in(lists, now) == [status]
    assert await walk(lists, ListQuery(organisation=organisation)) == [summary_of(now)]


async def test_an_older_projection_does_not_win(lists: ClaimLists, organisation: str) -> None:
    """A projection that comes late leaves the newer one, and no row in its own status's list."""
    old = claim(organisation=organisation, status=SUBMITTED, visited=(SUBMITTED,))
    new = moved(old, PENDING)
    await lists.project(new, thorough=False)
    await lists.project(old, thorough=False)
    assert await standing_in(lists, new) == [PENDING]
    assert await walk(lists, ListQuery(organisation=organisation)) == [summary_of(new)]


async def test_projecting_again_changes_nothing(lists: ClaimLists, organisation: str) -> None:
    """The same projection twice, and thoroughly, leaves one row in each list."""
    listed = claim(organisation=organisation)
    for thorough in (False, False, True):
        await lists.project(listed, thorough=thorough)
    assert await walk(lists, ListQuery(organisation=organisation)) == [summary_of(listed)]
    assert await standing_in(lists, listed) == [PENDING]


async def test_a_thorough_projection_clears_what_was_left_behind(lists: ClaimLists, organisation: str) -> None:
    """Rows that an interrupted projection left in lists of earlier statuses are cleared by a thorough one."""
    first = claim(organisation=organisation, status=SUBMITTED, visited=(SUBMITTED,))
    await lists.project(first, thorough=False)
    second = moved(first, UNDER_REVIEW)
    third = moved(second, PENDING)
    await lists.project(third, thorough=False)
    ghost = replace(second, history_seq=third.history_seq)  # as if it had been written between two others
    await lists.project(ghost, thorough=False)
    await lists.project(third, thorough=True)
    assert await standing_in(lists, third) == [PENDING]


async def test_a_removed_claim_is_in_no_list(lists: ClaimLists, organisation: str) -> None:
    """A claim that is removed, once or twice, is found nowhere."""
    listed = claim(organisation=organisation)
    await lists.project(listed, thorough=False)
    await lists.remove(listed)
    await lists.remove(listed)
    assert await walk(lists, ListQuery(organisation=organisation)) == []
    assert await standing_in(lists, listed) == []


async def test_lists_equal_a_rebuild(lists: ClaimLists, organisation: str) -> None:
    """Lists written step by step, out of order, hold the same as lists rebuilt from where the claims stand."""
    ends: list[Claim] = []
    for number, listed in enumerate(many(organisation, 6)):
        steps = [listed]
        for status in (UNDER_REVIEW, PENDING, Status.APPROVED)[: number % 4]:
            steps.append(moved(steps[-1], status))
        for step in (*steps[1::2], *steps[::2], steps[-1]):
            await lists.project(step, thorough=False)
        ends.append(steps[-1])
    before = await walk(lists, ListQuery(organisation=organisation))
    places = [await standing_in(lists, end) for end in ends]
    for end in ends:
        await lists.remove(end)
    assert await walk(lists, ListQuery(organisation=organisation)) == []
    for end in ends:
        await lists.project(end, thorough=True)
    assert await walk(lists, ListQuery(organisation=organisation)) == before == [summary_of(end) for end in ends]
    assert [await standing_in(lists, end) for end in ends] == places == [[end.status] for end in ends]


@pytest.mark.parametrize("top", [1, 2, 3, 7, 50])
async def test_pages_together_are_the_list_newest_first(lists: ClaimLists, organisation: str, top: int) -> None:
    """Whatever the page's size, the pages together are the whole list, newest first, each claim once."""
    listed = many(organisation, 7)
    for one in listed[::2] + listed[1::2]:
        await lists.project(one, thorough=False)
    assert await walk(lists, ListQuery(organisation=organisation, top=top)) == [summary_of(one) for one in listed]


async def test_a_page_holds_its_place_while_the_list_grows(lists: ClaimLists, organisation: str) -> None:
    """A claim that is filed while somebody pages is not shown late, and none is shown twice."""
    listed = many(organisation, 5)
    for one in listed:
        await lists.project(one, thorough=False)
    first = await lists.page(ListQuery(organisation=organisation, top=2))
    newer = claim(key="newer", organisation=organisation, created_at=NOW + timedelta(days=1))
    await lists.project(newer, thorough=False)
    rest = await walk(lists, ListQuery(organisation=organisation, top=2, continuation=first.continuation))
    assert [*first.items, *rest] == [summary_of(one) for one in listed]


def _change(number: int) -> dict[str, object]:
    sample = claim()
    teams = number % 2 == 0
    product = "teams" if teams else "intune"
    return {
        "mpn_id": "1000001" if number < 3 else "1000002",
        "claim_name": f"O'Brien's 100% {product}",
        "requested": (RequestedProduct(product_id=product),),
        "items": (replace(sample.items[0], product_id=product),),
        "activities": ("usage",) if teams else ("usage", "presales"),
        "solution_area": "microsoft-365" if teams else "business-applications",
        "status": PENDING if number else UNDER_REVIEW,
        "submitted_at": NOW + timedelta(days=number),
    }


FILTERS: list[tuple[dict[str, object], set[int]]] = [
    ({"mpn_id": "1000002"}, {3, 4, 5}),
    ({"mpn_id": "1000002' or MpnId eq '1000001"}, set()),
    ({"status": UNDER_REVIEW}, {0}),
    ({"solution_area": "microsoft-365"}, {0, 2, 4}),
    ({"activity": "presales"}, {1, 3, 5}),
    ({"activity": "usage"}, {0, 1, 2, 3, 4, 5}),
    ({"product_id": "intune"}, {1, 3, 5}),
    ({"submitted_from": NOW + timedelta(days=4)}, {4, 5}),
    ({"submitted_to": NOW + timedelta(days=1)}, {0, 1}),
    ({"submitted_from": NOW + timedelta(days=1), "submitted_to": NOW + timedelta(days=2)}, {1, 2}),
    ({"q": "TEAMS"}, {0, 2, 4}),
    ({"q": "o'brien's  100%"}, set()),
    ({"q": " O'Brien's 100% "}, {0, 1, 2, 3, 4, 5}),
    ({"q": "birch.exa", "product_id": "teams", "mpn_id": "1000001"}, {0, 2}),
]


@pytest.mark.parametrize(("wanted", "numbers"), FILTERS)
async def test_a_filter_gives_what_it_names(
    lists: ClaimLists, organisation: str, wanted: dict[str, object], numbers: set[int]
) -> None:
    """Each filter gives the claims that fit and no other, also where its value tries to be a condition."""
    listed = many(organisation, 6, _change)[::-1]
    for one in listed:
        await lists.project(one, thorough=False)
    query = ListQuery(organisation=organisation, top=2, **wanted)  # type: ignore[arg-type]
    found = {row.claim_id for row in await walk(lists, query)}
    assert found == {listed[number].claim_id for number in numbers}


async def test_a_number_finds_its_claim(lists: ClaimLists, organisation: str) -> None:
    """A claim is found by the number that people read aloud, in any case."""
    listed = many(organisation, 3)
    for one in listed:
        await lists.project(one, thorough=False)
    found = await walk(lists, ListQuery(organisation=organisation, q=listed[1].number.lower()))
    assert [row.claim_id for row in found] == [listed[1].claim_id]


async def test_a_list_shows_its_own_organisation_only(lists: ClaimLists, organisation: str) -> None:
    """An organisation with no claim sees none, however many others have."""
    await lists.project(claim(organisation=fresh()), thorough=False)
    assert await walk(lists, ListQuery(organisation=organisation)) == []


async def test_a_continuation_of_another_list_is_refused(lists: ClaimLists, organisation: str) -> None:
    """A token that is garbage, or another organisation's, is refused with a pointer to it."""
    for one in many(organisation, 3):
        await lists.project(one, thorough=False)
    page = await lists.page(ListQuery(organisation=organisation, top=1))
    assert page.continuation is not None
    for query in (
        ListQuery(organisation=fresh(), continuation=page.continuation),
        ListQuery(status=PENDING, continuation=page.continuation),
        ListQuery(organisation=organisation, continuation="garbage"),
        ListQuery(organisation=organisation, continuation="."),
    ):
        with pytest.raises(InvalidClaimError) as refused:
            await lists.page(query)
        assert [fault.pointer for fault in refused.value.faults] == ["/continuation"]
