"""Partners, customers and subscriptions, each in its natural owner's partition."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import instant
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION

_CUSTOMER_ROW = "customer"
_OWNER_ROW = "owner"
_AT_ONCE = 16
Row = dict[str, Any]


class TableRegistry:
    """The Registry on its three tables."""

    def __init__(self, clients: Clients) -> None:
        self._partners = clients.table(Table.PARTNERS)
        self._customers = clients.table(Table.CUSTOMERS)
        self._subscriptions = clients.table(Table.SUBSCRIPTIONS)

    async def location(self, organisation: str, mpn_id: str) -> PartnerLocation | None:
        """The organisation's location of that MPN ID."""
        entity = await read_row(self._partners, organisation, mpn_id)
        return _location(entity) if entity else None

    async def locations(self, organisation: str) -> tuple[PartnerLocation, ...]:
        """Every location of the organisation."""
        with service_faults():
            rows = self._partners.query_entities(odata.partition(organisation))
            return tuple([_location(entity) async for entity in rows])

    async def customer(self, tenant_id: str) -> RegisteredCustomer | None:
        """The tenant, where it is registered."""
        entity = await read_row(self._customers, tenant_id, _CUSTOMER_ROW)
        if entity is None:
            return None
        return RegisteredCustomer(
            tenant_id=entity["PartitionKey"],
            name=entity["CustomerName"],
            domains=_split(entity["Domains"]),
            country=entity["Country"],
            zone=entity["Zone"],
            language=entity["Language"],
        )

    async def subscriptions(self, tenant_id: str) -> tuple[Subscription, ...]:
        """Every subscription of the tenant."""
        with service_faults():
            rows = self._subscriptions.query_entities(odata.partition(tenant_id))
            return tuple([_subscription(entity) async for entity in rows])

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription, whosever it is: a point read of its index row."""
        entity = await read_row(self._subscriptions, keys.subscription_index(subscription_id), _OWNER_ROW)
        return _subscription(entity) if entity else None

    async def put_locations(self, locations: Sequence[PartnerLocation]) -> None:
        """Insert or replace."""
        await _put(self._partners, [_location_row(location) for location in locations])

    async def put_customers(self, customers: Sequence[RegisteredCustomer]) -> None:
        """Insert or replace."""
        rows: list[Row] = [
            {
                "PartitionKey": customer.tenant_id,
                "RowKey": _CUSTOMER_ROW,
                "SchemaVersion": SCHEMA_VERSION,
                "CustomerName": customer.name,
                "Domains": ",".join(customer.domains),
                "Country": customer.country,
                "Zone": customer.zone,
                "Language": customer.language,
            }
            for customer in customers
        ]
        await _put(self._customers, rows)

    async def put_subscriptions(self, subscriptions: Sequence[Subscription]) -> None:
        """Insert or replace, each in its tenant's partition and in its index row."""
        await _each(subscriptions, self._leave_old_tenant)
        rows: list[Row] = []
        for subscription in subscriptions:
            columns = _subscription_columns(subscription)
            owner = keys.subscription_index(subscription.subscription_id)
            rows.append({"PartitionKey": subscription.tenant_id, "RowKey": subscription.subscription_id, **columns})
            rows.append({"PartitionKey": owner, "RowKey": _OWNER_ROW, **columns})
        await _put(self._subscriptions, rows)

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


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _location_row(location: PartnerLocation) -> Row:
    return {
        "PartitionKey": location.organisation,
        "RowKey": location.mpn_id,
        "SchemaVersion": SCHEMA_VERSION,
        "OrganisationName": location.organisation_name,
        "LocationName": location.name,
        "Programmes": ",".join(sorted(location.programmes)),
        "Active": location.active,
        "Domains": ",".join(location.domains),
    }


def _location(entity: Mapping[str, Any]) -> PartnerLocation:
    return PartnerLocation(
        mpn_id=entity["RowKey"],
        organisation=entity["PartitionKey"],
        organisation_name=entity["OrganisationName"],
        name=entity["LocationName"],
        programmes=frozenset(_split(entity["Programmes"])),
        active=bool(entity["Active"]),
        domains=_split(entity["Domains"]),
    )


def _subscription_columns(subscription: Subscription) -> Row:
    columns: Row = {
        "SchemaVersion": SCHEMA_VERSION,
        "SubscriptionId": subscription.subscription_id,
        "TenantId": subscription.tenant_id,
        "ProductId": subscription.product_id,
        "SubscriptionStatus": subscription.status,
        "Channel": subscription.channel,
        "Seats": subscription.seats,
        "EndsAt": subscription.ends_at,
    }
    return {name: value for name, value in columns.items() if value is not None}


def _subscription(entity: Mapping[str, Any]) -> Subscription:
    return Subscription(
        subscription_id=entity["SubscriptionId"],
        tenant_id=entity["TenantId"],
        product_id=entity["ProductId"],
        status=entity["SubscriptionStatus"],
        channel=entity["Channel"],
        seats=entity.get("Seats"),
        ends_at=instant(entity, "EndsAt"),
    )
