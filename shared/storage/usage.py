"""What customers used: one partition per tenant, the months of one product and subscription side by side."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from azure.data.tables import UpdateMode

from shared.domain.usage import MonthlyUsage
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.registry_records import Place, RegistryPage

OPERATIONS_AT_MOST = 100
_AT_ONCE = 16
_ROWS_AT_MOST = 999  # one more is asked for, to see whether any follow; beyond 1,000 the service answers 400


class TableUsageStore:
    """The UsageStore on its table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.USAGE)

    async def of_product(
        self, tenant_id: str, product_id: str, subscription_id: str | None
    ) -> tuple[MonthlyUsage, ...]:
        """Every month of the product and subscription, oldest first: one range of one partition."""
        first, behind = keys.usage_months(product_id, subscription_id)
        return await self._read(odata.rows_between(tenant_id, first, behind))

    async def among(self, tenant_id: str, wanted: Sequence[MonthlyUsage]) -> tuple[MonthlyUsage, ...]:
        """What is stored of these months, and perhaps of others between them.

        A file of one month asks for that month of many products: were the months not bounded too, all of the history
        between the products would be read along.
        """
        names = sorted(_row_key(one) for one in wanted)
        months = sorted(one.month for one in wanted)
        conditions = (
            odata.partition(tenant_id),
            odata.at_least("RowKey", names[0]),
            odata.at_most("RowKey", names[-1]),
            odata.at_least("Month", months[0]),
            odata.at_most("Month", months[-1]),
        )
        return await self._read(odata.every(conditions))

    async def put(self, rows: Sequence[MonthlyUsage]) -> None:
        """Insert or replace, a hundred rows of a tenant to a transaction; each may be sent again."""
        tenants: dict[str, list[MonthlyUsage]] = {}
        for row in rows:
            tenants.setdefault(row.tenant_id, []).append(row)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def write(batch: Sequence[MonthlyUsage]) -> None:
            operations = [("upsert", _entity(row), {"mode": UpdateMode.REPLACE}) for row in batch]
            async with gate:
                with service_faults():
                    await self._table.submit_transaction(operations)

        batches = [batch for own in tenants.values() for batch in batched(own, OPERATIONS_AT_MOST, strict=False)]
        await asyncio.gather(*(write(batch) for batch in batches))

    async def page(self, *, behind: Place | None, top: int) -> RegistryPage[MonthlyUsage]:
        """Rows in order of tenant, product, subscription and month. A scan, which nothing but an export asks for."""
        most = min(top, _ROWS_AT_MOST)
        found: list[MonthlyUsage] = []
        last = behind
        with service_faults():
            for conditions in _beyond(behind):
                rows = (
                    self._table.query_entities(conditions, results_per_page=most + 1)
                    if conditions
                    else self._table.list_entities(results_per_page=most + 1)
                )
                async for entity in rows:
                    if len(found) == most:
                        return RegistryPage(items=tuple(found), behind=last)
                    found.append(_usage(entity))
                    last = entity["PartitionKey"], entity["RowKey"]
        return RegistryPage(items=tuple(found), behind=None)

    async def _read(self, conditions: odata.Filter) -> tuple[MonthlyUsage, ...]:
        with service_faults():
            return tuple([_usage(entity) async for entity in self._table.query_entities(conditions)])


def _beyond(behind: Place | None) -> list[odata.Filter | None]:
    """What lies behind the place: the rest of its partition, then the partitions beyond; null for everything."""
    if behind is None:
        return [None]
    tenant_id, name = behind
    return [
        odata.every((odata.partition(tenant_id), odata.beyond("RowKey", name))),
        odata.beyond("PartitionKey", tenant_id),
    ]


def _row_key(usage: MonthlyUsage) -> str:
    return keys.usage_row(usage.product_id, usage.subscription_id, usage.month)


def _entity(usage: MonthlyUsage) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "PartitionKey": keys.checked(usage.tenant_id),
        "RowKey": keys.checked(_row_key(usage)),
        "SchemaVersion": SCHEMA_VERSION,
        "ProductId": usage.product_id,
        "SubscriptionId": usage.subscription_id,
        "Month": usage.month,
        "MonthlyActiveUsers": usage.monthly_active_users,
        "PaidUnits": usage.paid_units,
    }
    return {name: value for name, value in columns.items() if value is not None}


def _usage(entity: Mapping[str, Any]) -> MonthlyUsage:
    return MonthlyUsage(
        tenant_id=entity["PartitionKey"],
        product_id=entity["ProductId"],
        subscription_id=entity.get("SubscriptionId"),
        month=entity["Month"],
        monthly_active_users=int(entity["MonthlyActiveUsers"]),
        paid_units=int(entity["PaidUnits"]),
    )
