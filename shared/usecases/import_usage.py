"""What customers used, imported by a programme admin (PROCESS.md, After approval: Usage).

A month is a whole of its own: the last word on it counts, and sending a file again changes nothing. A crash leaves some
of a batch's transactions written; the same file sent again writes the others.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from shared.domain.catalogue import SolutionArea
from shared.domain.errors import Fault
from shared.domain.registry import Subscription
from shared.domain.sayings import say
from shared.domain.usage import MonthlyUsage
from shared.usecases.callers import Caller, Role
from shared.usecases.import_results import RowResult
from shared.usecases.row_imports import ImportRow, Stored, Upsert, import_rows, row_fault
from shared.usecases.services import Services

BATCH = 5_000
"""Rows looked up and written together: enough that a tenant's rows share a question and a transaction."""
_AT_ONCE = 16
type _Rows = Sequence[tuple[int, MonthlyUsage]]


async def import_usage(
    services: Services, *, caller: Caller, rows: Iterable[ImportRow[MonthlyUsage]], dry_run: bool, now: datetime
) -> AsyncGenerator[RowResult]:
    """Each month made, changed or left alone, in the file's order. RoleMissingError, ServiceUnavailableError."""
    caller.needs(Role.PROGRAM_ADMIN)
    look = _Look(services, present=now.strftime("%Y-%m"))
    upsert = Upsert(key_column="month", look=look.batch, put=services.usage.put, batch=BATCH)
    async for result in import_rows(rows, upsert, dry_run=dry_run):
        yield result


class _Look:
    """Looks up a batch tenant by tenant: what is stored, and whether customer, product and subscription are known."""

    def __init__(self, services: Services, *, present: str) -> None:
        self._services, self._present = services, present

    async def batch(self, rows: _Rows) -> Sequence[Stored[MonthlyUsage]]:
        """What is known of each row."""
        tenants: defaultdict[str, list[tuple[int, MonthlyUsage]]] = defaultdict(list)
        for row, usage in rows:
            tenants[usage.tenant_id].append((row, usage))
        gate = asyncio.Semaphore(_AT_ONCE)

        async def tenant(tenant_id: str, own: _Rows) -> Mapping[int, Stored[MonthlyUsage]]:
            async with gate:
                return await self._tenant(tenant_id, own)

        found: dict[int, Stored[MonthlyUsage]] = {}
        for known in await asyncio.gather(*(tenant(tenant_id, own) for tenant_id, own in tenants.items())):
            found |= known
        return [found[row] for row, _ in rows]

    async def _tenant(self, tenant_id: str, rows: _Rows) -> Mapping[int, Stored[MonthlyUsage]]:
        if await self._services.registry.customer(tenant_id) is None:
            message = say("There is no registered customer of that directory ID.")
            return {
                row: Stored(value=None, faults=(row_fault(row, "tenantId", "unknown-customer", message),))
                for row, _ in rows
            }
        held = any(usage.subscription_id for _, usage in rows)
        subscriptions = await self._services.registry.subscriptions(tenant_id) if held else ()
        stored = {
            (usage.thing, usage.month): usage
            for usage in await self._services.usage.among(tenant_id, [usage for _, usage in rows])
        }
        return {
            row: Stored(
                value=stored.get((usage.thing, usage.month)), faults=tuple(self._faults(row, usage, subscriptions))
            )
            for row, usage in rows
        }

    def _faults(self, row: int, usage: MonthlyUsage, subscriptions: Sequence[Subscription]) -> Iterator[Fault]:
        """What is wrong with the row besides its shape: every fault of it."""
        if usage.month > self._present:
            yield row_fault(row, "month", "out-of-range", say("This month has not begun yet."))
        product = self._services.catalogue.product(usage.product_id)
        if product is None:
            yield row_fault(row, "productId", "unknown-product", say("There is no such product in the catalogue."))
        elif product.solution_area == SolutionArea.MICROSOFT_365:
            if usage.subscription_id:
                message = say("This product is held by the whole directory: leave the subscription out.")
                yield row_fault(row, "subscriptionId", "not-asked", message)
        elif usage.subscription_id is None:
            message = say("Usage of this product is counted by subscription: name it.")
            yield row_fault(row, "subscriptionId", "required", message)
        elif not any(
            one.subscription_id == usage.subscription_id and one.product_id in product.held_by for one in subscriptions
        ):
            message = say("The customer has no such subscription for this product.")
            yield row_fault(row, "subscriptionId", "subscription-unknown", message)
