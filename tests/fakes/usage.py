"""Usage in memory."""

import asyncio
from collections.abc import Sequence

from shared.domain.usage import MonthlyUsage
from shared.storage import keys
from shared.usecases.registry_records import Place, RegistryPage


class FakeUsageStore:
    """The UsageStore in memory; `puts` counts how many rows each write held."""

    def __init__(self) -> None:
        self.rows: dict[Place, MonthlyUsage] = {}
        self.puts: list[int] = []

    async def of_product(
        self, tenant_id: str, product_id: str, subscription_id: str | None
    ) -> tuple[MonthlyUsage, ...]:
        """Every month of the product and subscription, oldest first."""
        await asyncio.sleep(0)
        first, behind = keys.usage_months(product_id, subscription_id)
        return tuple(
            self.rows[place] for place in sorted(self.rows) if place[0] == tenant_id and first <= place[1] < behind
        )

    async def among(self, tenant_id: str, wanted: Sequence[MonthlyUsage]) -> tuple[MonthlyUsage, ...]:
        """What is stored of these months."""
        await asyncio.sleep(0)
        places = {_place(one) for one in wanted}
        return tuple(self.rows[place] for place in sorted(self.rows) if place in places and place[0] == tenant_id)

    async def put(self, rows: Sequence[MonthlyUsage]) -> None:
        """Insert or replace."""
        await asyncio.sleep(0)
        self.puts.append(len(rows))
        for row in rows:
            tenant_id, name = _place(row)
            self.rows[keys.checked(tenant_id), keys.checked(name)] = row

    async def page(self, *, behind: Place | None, top: int) -> RegistryPage[MonthlyUsage]:
        """Rows in order of their keys."""
        await asyncio.sleep(0)
        places = [place for place in sorted(self.rows) if behind is None or place > behind]
        shown = places[:top]
        more = len(places) > top
        return RegistryPage(items=tuple(self.rows[place] for place in shown), behind=shown[-1] if more else None)


def _place(row: MonthlyUsage) -> Place:
    return row.tenant_id, keys.usage_row(row.product_id, row.subscription_id, row.month)
