"""Lists that say it all already are left alone; what a crash may have left behind is not."""

from dataclasses import replace

from shared.domain.claim import Status
from shared.settings import Settings
from shared.storage import keys
from shared.storage.claim_lists import TableClaimLists
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.usecases.records import ListQuery
from tests.contracts.conftest import KEY
from tests.contracts.lossy_transport import LossyTransport
from tests.contracts.sample_claims import claim, fresh


async def test_lists_that_say_it_all_take_one_read(storage: Settings, clients: Clients) -> None:
    """Projecting what stands there already reads the partner's row, and that is all."""
    counting = LossyTransport()
    listed = claim(organisation=fresh(), visited=(Status.PENDING_CUSTOMER,))
    assert await TableClaimLists(clients, secret=KEY).project(listed, thorough=False)
    async with Clients(storage, transport=counting) as counted:
        assert not await TableClaimLists(counted, secret=KEY).project(listed, thorough=False)
    assert counting.sent == {"GET": 1}


async def test_a_claim_rewritten_in_place_is_projected(clients: Clients) -> None:
    """What changed without an event is written: the row is compared column by column, not by its sequence alone."""
    lists, organisation = TableClaimLists(clients, secret=KEY), fresh()
    listed = claim(organisation=organisation, visited=(Status.PENDING_CUSTOMER,))
    await lists.project(listed, thorough=False)
    assert await lists.project(replace(listed, claim_name="Another name"), thorough=False)
    page = await lists.page(ListQuery(organisation=organisation))
    assert [row.claim_name for row in page.items] == ["Another name"]


async def test_a_redelivery_clears_what_a_crash_left(clients: Clients) -> None:
    """Though the partner's row says it all, a thorough projection clears a status list that the claim has left."""
    lists, table = TableClaimLists(clients, secret=KEY), clients.table(Table.CLAIM_LISTS)
    listed = claim(organisation=fresh(), visited=(Status.SUBMITTED, Status.PENDING_CUSTOMER))
    await lists.project(listed, thorough=False)
    row, left = keys.list_row(listed.created_at, listed.claim_id), keys.status_list(Status.SUBMITTED)
    await table.create_entity({"PartitionKey": left, "RowKey": row})
    assert not await lists.project(listed, thorough=False)
    assert await read_row(table, left, row) is not None
    assert await lists.project(listed, thorough=True)
    assert await read_row(table, left, row) is None
