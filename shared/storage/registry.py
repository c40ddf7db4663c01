"""Partners, customers and subscriptions, each in its natural owner's partition."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.registry_rows import (
    CUSTOMER_ROW,
    OWNER_ROW,
    Row,
    customer_of,
    customer_row,
    domain_owner_rows,
    location_of,
    location_owner_row,
    location_row,
    subscription_of,
    subscription_rows,
)
from shared.storage.rows import read_row

REMEMBERED_SECONDS = 60
_AT_ONCE = 16


class TableRegistry:
    """The Registry on its three tables."""

    def __init__(self, clients: Clients, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._partner_until: dict[str, float] = {}
        self._partners = clients.table(Table.PARTNERS)
        self._customers = clients.table(Table.CUSTOMERS)
        self._subscriptions = clients.table(Table.SUBSCRIPTIONS)

    async def location(self, organisation: str, mpn_id: str) -> PartnerLocation | None:
        """The organisation's location of that MPN ID."""
        entity = await read_row(self._partners, organisation, mpn_id)
        return location_of(entity) if entity else None

    async def is_partner(self, organisation: str) -> bool:
        """Whether the organisation has a location. Yes is remembered for a minute: every request asks.

        An import adds locations and closes them, and takes none away; what is not there yet is looked for each time.
        """
        now = self._monotonic()
        if now < self._partner_until.get(organisation, now):
            return True
        found = bool(await self.locations(organisation))
        if found:
            self._partner_until[organisation] = now + REMEMBERED_SECONDS
        else:
            self._partner_until.pop(organisation, None)
        return found

    async def locations(self, organisation: str) -> tuple[PartnerLocation, ...]:
        """Every location of the organisation."""
        with service_faults():
            rows = self._partners.query_entities(odata.partition(organisation))
            return tuple([location_of(entity) async for entity in rows])

    async def customer(self, tenant_id: str) -> RegisteredCustomer | None:
        """The tenant, where it is registered."""
        entity = await read_row(self._customers, tenant_id, CUSTOMER_ROW)
        return customer_of(entity) if entity else None

    async def subscriptions(self, tenant_id: str) -> tuple[Subscription, ...]:
        """Every subscription of the tenant."""
        with service_faults():
            rows = self._subscriptions.query_entities(odata.partition(tenant_id))
            return tuple([subscription_of(entity) async for entity in rows])

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription, whosever it is: a point read of its index row."""
        entity = await read_row(self._subscriptions, keys.subscription_index(subscription_id), OWNER_ROW)
        return subscription_of(entity) if entity else None

    async def put_locations(self, locations: Sequence[PartnerLocation]) -> None:
        """Insert or replace: first the row that tells whose the location is, which means nothing without the other."""
        await _put(self._partners, [location_owner_row(location) for location in locations])
        await _put(self._partners, [location_row(location) for location in locations])

    async def put_customers(self, customers: Sequence[RegisteredCustomer]) -> None:
        """Insert or replace, in the same order.

        The row of a domain that the customer has no more stays: it means nothing, and the domain's next owner takes it.
        """
        await _put(self._customers, [row for customer in customers for row in domain_owner_rows(customer)])
        await _put(self._customers, [customer_row(customer) for customer in customers])

    async def put_subscriptions(self, subscriptions: Sequence[Subscription]) -> None:
        """Insert or replace, each in its tenant's partition and in its index row."""
        await _each(subscriptions, self._leave_old_tenant)
        await _put(self._subscriptions, [row for one in subscriptions for row in subscription_rows(one)])

    async def _leave_old_tenant(self, subscription: Subscription) -> None:
        """Take a subscription that moved out of its old tenant, while the index row still says which that was."""
        stored = await self.subscription(subscription.subscription_id)
        if stored is not None and stored.tenant_id != subscription.tenant_id:
            with service_faults():
                await self._subscriptions.delete_entity(stored.tenant_id, stored.subscription_id)


async def _each[T](things: Sequence[T], do: Callable[[T], Awaitable[None]]) -> None:
    """Do it to each, some at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(thing: T) -> None:
        async with gate:
            await do(thing)

    await asyncio.gather(*(one(thing) for thing in things))


async def _put(table: TableClient, rows: Sequence[Row]) -> None:
    async def put(row: Row) -> None:
        keys.checked(row["PartitionKey"])
        keys.checked(row["RowKey"])
        with service_faults():
            await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    await _each(rows, put)
