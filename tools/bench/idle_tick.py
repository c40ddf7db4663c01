"""What a tick of the finalizing timer costs while nothing is due, however many clocks run."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.deadlines import ClockKind
from shared.storage.clients import Clients
from shared.storage.deadlines import deadline_entity
from shared.storage.keys import Table
from shared.usecases.records import OPERATIONS_AT_MOST, DeadlineRow
from tools.bench.figure import Figure
from tools.bench.ground import Ground, ground, total

LIMIT = 3
OPEN = 100_000
HOURS = 400
_AT_ONCE = 8


async def measure() -> list[Figure]:
    """A tick with no clock running, and one with thousands that run on."""
    async with ground() as where:
        empty = await _tick(where)
        await _open(where, OPEN)
        crowded = await _tick(where)
    return [
        Figure(
            name="idle-tick",
            work=f"storage requests of a tick with {OPEN:,} clocks running and none due",
            measured=f"{crowded}",
            reference=f"{empty} with none",
            ratio=crowded,
            limit=LIMIT,
            unit="",
        )
    ]


async def _tick(where: Ground) -> int:
    await where.quiet(delayed=True)
    await where.calls(anew=True)
    await where.run_timer()
    return total(await where.calls())


async def _open(where: Ground, count: int) -> None:
    """Start so many clocks, over the hours of the next three weeks; a transaction for each hour and shard."""
    due_at = datetime.now(UTC) + timedelta(days=2)
    partitions: dict[str, list[Any]] = defaultdict(list)
    for n in range(count):
        row = DeadlineRow(
            kind=ClockKind.OPT_OUT.value, claim_id=f"open{n:044}", due_at=due_at + timedelta(hours=n % HOURS)
        )
        entity = deadline_entity(row)
        partitions[str(entity["PartitionKey"])].append(("upsert", entity))
    gate = asyncio.Semaphore(_AT_ONCE)
    async with Clients(where.settings) as clients:
        table = clients.table(Table.DEADLINES)

        async def load(rows: list[Any]) -> None:
            async with gate:
                for first in range(0, len(rows), OPERATIONS_AT_MOST):
                    await table.submit_transaction(rows[first : first + OPERATIONS_AT_MOST])

        await asyncio.gather(*(load(rows) for rows in partitions.values()))
