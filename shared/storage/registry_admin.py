"""The registries as those see them who keep them: whose something is, and all of it, page by page.

Reading all is a scan of the table, which nothing but an admin's export does: "no full scans" is a rule of hot paths
(STORAGE.md, Layout). A page costs what it holds, and is read by the range of keys behind the last one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from azure.data.tables.aio import TableClient

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.odata import Filter
from shared.storage.registry_rows import (
    CUSTOMER_ROW,
    OWNER_ROW,
    customer_of,
    location_of,
    subscription_of,
)
from shared.storage.rows import read_row
from shared.usecases.registry_records import Place, RegistryPage

ROWS_AT_MOST = 999  # one more is asked for, to see whether any follow; beyond 1,000 the service answers 400


class TableRegistryAdmin:
    """The RegistryAdmin on the three tables."""

    def __init__(self, clients: Clients) -> None:
        self._partners = clients.table(Table.PARTNERS)
        self._customers = clients.table(Table.CUSTOMERS)
        self._subscriptions = clients.table(Table.SUBSCRIPTIONS)

    async def location_owner(self, mpn_id: str) -> str | None:
        """The organisation that the index names, if the location is really there: an import may have been cut off."""
        owner = await read_row(self._partners, keys.location_index(mpn_id), OWNER_ROW)
        if owner is None or await read_row(self._partners, owner["Organisation"], mpn_id) is None:
            return None
        return str(owner["Organisation"])

    async def domain_owner(self, domain: str) -> str | None:
        """The tenant that the index names, if it still has the domain."""
        owner = await read_row(self._customers, keys.domain_index(domain), OWNER_ROW)
        entity = await read_row(self._customers, owner["TenantId"], CUSTOMER_ROW) if owner else None
        return customer_of(entity).tenant_id if entity and domain in customer_of(entity).domains else None

    async def locations(self, *, behind: Place | None, top: int) -> RegistryPage[PartnerLocation]:
        """Locations in order of organisation and MPN ID."""
        return await _page(self._partners, location_of, behind=behind, top=top)

    async def customers(self, *, behind: Place | None, top: int) -> RegistryPage[RegisteredCustomer]:
        """Customers in order of tenant."""
        return await _page(self._customers, customer_of, behind=behind, top=top)

    async def subscriptions(self, *, behind: Place | None, top: int) -> RegistryPage[Subscription]:
        """Subscriptions in order of tenant and subscription ID."""
        return await _page(self._subscriptions, subscription_of, behind=behind, top=top)


async def _page[T](
    table: TableClient, read: Callable[[Mapping[str, Any]], T], *, behind: Place | None, top: int
) -> RegistryPage[T]:
    """One page of the owners' partitions; those of the indexes lie behind them all."""
    most = min(top, ROWS_AT_MOST)
    found: list[T] = []
    last = behind
    with service_faults():
        for conditions in _ranges(behind):
            async for entity in table.query_entities(conditions, results_per_page=most + 1):
                if len(found) == most:
                    return RegistryPage(items=tuple(found), behind=last)
                found.append(read(entity))
                last = entity["PartitionKey"], entity["RowKey"]
    return RegistryPage(items=tuple(found), behind=None)


def _ranges(behind: Place | None) -> list[Filter]:
    """What lies behind the place: the rest of its partition, then the partitions beyond."""
    before_indexes = odata.before("PartitionKey", keys.BEHIND_ALL_OWNERS)
    if behind is None:
        return [before_indexes]
    owner, name = behind
    return [
        odata.every((odata.partition(owner), odata.beyond("RowKey", name))),
        odata.every((odata.beyond("PartitionKey", owner), before_indexes)),
    ]
