"""The customers' subscriptions, imported by a programme admin (PROCESS.md, After approval: Subscription end)."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime

from shared.domain.registry import Subscription
from shared.usecases.callers import Caller, Role
from shared.usecases.import_results import RowResult
from shared.usecases.row_imports import ImportRow, Stored, Upsert, Written, each, import_rows
from shared.usecases.services import Services
from shared.usecases.wake_holders import wake_holders

_AT_ONCE = 16


async def import_subscriptions(
    services: Services, *, caller: Caller, rows: Iterable[ImportRow[Subscription]], dry_run: bool, now: datetime
) -> AsyncGenerator[RowResult]:
    """Each subscription made, changed or left alone; the claims that hold it are woken to look at it.

    First the rows are written, then their holders woken, for who looks must see what was written. An import that stops
    in between leaves holders asleep; sending the file again finds these rows unchanged. So those of unchanged rows are
    woken too: looking once more does no harm (STORAGE.md, Order of writes). Nobody can hold what was not known before.
    A subscription that moved to another tenant wakes the holders in both. RoleMissingError, ServiceUnavailableError.
    """
    caller.needs(Role.PROGRAM_ADMIN)

    async def look(_row: int, subscription: Subscription) -> Stored[Subscription]:
        return Stored(value=await services.registry.subscription(subscription.subscription_id))

    async def wake(written: Sequence[Written[Subscription]]) -> None:
        touched: defaultdict[str, list[str]] = defaultdict(list)
        for one in written:
            if one.before is not None:
                for tenant_id in {one.value.tenant_id, one.before.tenant_id}:
                    touched[tenant_id].append(one.value.subscription_id)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def wake_at(tenant_id: str, subscription_ids: Sequence[str]) -> None:
            async with gate:
                await wake_holders(services, tenant_id, subscription_ids, now=now)

        await asyncio.gather(*(wake_at(tenant_id, ids) for tenant_id, ids in touched.items()))

    upsert = Upsert(key_column="subscriptionId", look=each(look), put=services.registry.put_subscriptions, settled=wake)
    async for result in import_rows(rows, upsert, dry_run=dry_run):
        yield result
