"""How far one question to a list, or to the clocks, goes: the bounds of its cost, and tokens that nobody can make."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from azure.data.tables.aio import TableClient

from shared.domain.claim import Claim
from shared.domain.errors import InvalidClaimError
from shared.settings import Settings
from shared.storage import keys, list_pages
from shared.storage.claim_lists import TableClaimLists
from shared.storage.clients import Clients
from shared.storage.deadlines import TableDeadlines
from shared.storage.list_pages import TABLE_PAGES_AT_MOST, read_page
from shared.storage.list_rows import list_entity
from shared.usecases.ports import ClaimLists
from shared.usecases.records import DeadlineRow, ListPage, ListQuery
from tests.contracts.conftest import BOTH, KEY
from tests.contracts.lossy_transport import LossyTransport
from tests.contracts.sample_claims import NOW, claim, fresh
from tests.fakes.claim_lists import FakeClaimLists

ROWS_PER_PAGE = 2
REACH = ROWS_PER_PAGE * TABLE_PAGES_AT_MOST


@pytest.fixture
async def transport(storage: Settings) -> AsyncIterator[tuple[LossyTransport, Clients]]:
    """Clients whose requests are counted."""
    counting = LossyTransport()
    async with Clients(storage, transport=counting) as made:
        yield counting, made


@pytest.fixture(params=BOTH)
def lists(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ClaimLists:
    """The fake, then the adapter, both with table pages of two rows."""
    if request.param == "fake":
        return FakeClaimLists(page_rows=ROWS_PER_PAGE)
    monkeypatch.setattr(list_pages, "ROWS_AT_MOST", ROWS_PER_PAGE)
    return TableClaimLists(request.getfixturevalue("clients"), secret=KEY)


def listed(organisation: str, number: int) -> list[Claim]:
    """Claims of the organisation, the newest first."""
    return [claim(key=f"{n}", organisation=organisation, created_at=NOW - timedelta(minutes=n)) for n in range(number)]


async def test_a_search_looks_at_five_table_pages_and_says_where_to_go_on(lists: ClaimLists) -> None:
    """A search that finds nothing in five table pages is an empty page with a continuation, and finds it from there."""
    organisation = fresh()
    *hay, needle = listed(organisation, REACH + 2)
    needle = replace(needle, claim_name="Needle")
    for one in (*hay, needle):
        await lists.project(one, thorough=False)
    query = ListQuery(organisation=organisation, q="needle")
    page = await lists.page(query)
    assert page.items == ()
    assert page.continuation is not None
    page = await lists.page(replace(query, continuation=page.continuation))
    assert [row.claim_id for row in page.items] == [needle.claim_id]
    assert page.continuation is None


async def test_a_search_costs_five_requests_at_most(
    monkeypatch: pytest.MonkeyPatch, transport: tuple[LossyTransport, Clients], clients: Clients
) -> None:
    """However long the list, one page of a search is five requests."""
    organisation, (counting, counted) = fresh(), transport
    for one in listed(organisation, REACH + 5):
        await TableClaimLists(clients, secret=KEY).project(one, thorough=False)
    monkeypatch.setattr(list_pages, "ROWS_AT_MOST", ROWS_PER_PAGE)
    await TableClaimLists(counted, secret=KEY).page(ListQuery(organisation=organisation, q="nowhere"))
    assert counting.sent == {"GET": TABLE_PAGES_AT_MOST}


async def test_a_plain_page_costs_one_request(transport: tuple[LossyTransport, Clients], clients: Clients) -> None:
    """A page without a search is one request, filters and all."""
    organisation, (counting, counted) = fresh(), transport
    for one in listed(organisation, 5):
        await TableClaimLists(clients, secret=KEY).project(one, thorough=False)
    page = await TableClaimLists(counted, secret=KEY).page(
        ListQuery(organisation=organisation, mpn_id="1000001", top=3)
    )
    assert len(page.items) == 3
    assert counting.sent == {"GET": 1}


async def test_an_idle_tick_costs_one_request(transport: tuple[LossyTransport, Clients], clients: Clients) -> None:
    """Asking what is due costs one request where nothing is, however many clocks run."""
    counting, counted = transport
    rows = [
        DeadlineRow(kind="opt-out", claim_id=claim().claim_id, due_at=NOW + timedelta(hours=hours))
        for hours in range(1, 60)
    ]
    await TableDeadlines(clients).put(rows)
    assert await TableDeadlines(counted).due(NOW - timedelta(days=36500), limit=1000) == ()
    assert counting.sent == {"GET": 1}


@pytest.mark.parametrize("place", [0, 5, -1])
async def test_a_continuation_that_was_changed_is_refused(clients: Clients, place: int) -> None:
    """A token with one letter changed is not ours any more, nor is one signed with another secret."""
    organisation = fresh()
    ours, theirs = TableClaimLists(clients, secret=KEY), TableClaimLists(clients, secret="another" * 10)
    for one in listed(organisation, 3):
        await ours.project(one, thorough=False)
    token = (await ours.page(ListQuery(organisation=organisation, top=1))).continuation
    assert token is not None
    letters = list(token)
    letters[place] = "A" if letters[place] != "A" else "E"
    changed = ListQuery(organisation=organisation, continuation="".join(letters))
    for reader, query in ((ours, changed), (theirs, replace(changed, continuation=token))):
        with pytest.raises(InvalidClaimError):
            await reader.page(query)


@dataclass
class Script:
    """What a table answers: pages of rows, and whether each but the last is followed by a token."""

    pages: list[list[Claim]]
    organisation: str
    asked: int = 0

    def query_entities(self, _filter: str, **_options: Any) -> "Script":
        """The query; what it asks for is the real table's to prove."""
        return self

    def by_page(self, continuation_token: Mapping[str, str] | None = None) -> "ScriptedPages":
        """The pages from the token's on."""
        return ScriptedPages(self, int(continuation_token["RowKey"]) if continuation_token else 0)


class ScriptedPages:
    """Pages as the SDK gives them: the token for the next is known once the page was read."""

    def __init__(self, script: Script, first: int) -> None:
        self._script, self._next = script, first
        self.continuation_token: dict[str, str] | None = None

    async def __anext__(self) -> AsyncIterator[dict[str, Any]]:
        """The next page."""
        if self._next >= len(self._script.pages):
            raise StopAsyncIteration
        page = self._script.pages[self._next]
        self._next += 1
        self._script.asked += 1
        more = self._next < len(self._script.pages)
        self.continuation_token = {"PartitionKey": "p", "RowKey": str(self._next)} if more else None
        return self._rows(page)

    async def _rows(self, page: list[Claim]) -> AsyncIterator[dict[str, Any]]:
        for one in page:
            yield list_entity(
                one, keys.partner_list(self._script.organisation), keys.list_row(one.created_at, one.claim_id)
            )


async def scripted(script: Script, continuation: str | None = None) -> ListPage:
    """One page of a list whose table answers by the script."""
    query = ListQuery(organisation=script.organisation, top=2, continuation=continuation)
    return await read_page(cast("TableClient", script), query, secret=KEY)


async def test_empty_table_pages_are_gone_through() -> None:
    """Pages that the service leaves empty, though more follow, do not end the list."""
    organisation = fresh()
    first, second = listed(organisation, 2)
    script = Script([[], [first], [], [second]], organisation)
    page = await scripted(script)
    assert [row.claim_id for row in page.items] == [first.claim_id, second.claim_id]
    assert (page.continuation, script.asked) == (None, 4)


async def test_a_list_that_begins_with_many_empty_pages_is_gone_through() -> None:
    """After five empty table pages the answer is empty, and its continuation goes on at the sixth."""
    organisation = fresh()
    (only,) = listed(organisation, 1)
    script = Script([*([] for _ in range(12)), [only]], organisation)
    first = await scripted(script)
    assert (first.items, script.asked) == ((), TABLE_PAGES_AT_MOST)
    second = await scripted(script, first.continuation)
    assert (second.items, script.asked) == ((), 2 * TABLE_PAGES_AT_MOST)
    third = await scripted(script, second.continuation)
    assert [row.claim_id for row in third.items] == [only.claim_id]
    assert (third.continuation, script.asked) == (None, 13)
