"""How many claims whose window passed in silence are approved in a second, beside the bare transactions of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from azure.data.tables.aio import TableServiceClient

from shared.storage import odata
from shared.storage.keys import Table
from tools.bench.figure import Figure
from tools.bench.ground import Buyer, Ground, ground, total
from tools.bench.life import LONGER_THAN_THE_WINDOW
from tools.bench.submit import CLIENTS, rate_of

LIMIT = 0.5
CLAIMS = 120
_LOOK_SECONDS = 0.2
_SECONDS_AT_MOST = 180


async def measure() -> list[Figure]:
    """Claims that wait for their customers, all due at once; then the same rows written by hand."""
    async with ground() as where:
        buyers = await where.buyers(CLAIMS)
        await _until_they_wait(where, buyers)
        await where.advance(LONGER_THAN_THE_WINDOW)
        async with TableServiceClient.from_connection_string(where.product.storage) as service:
            await where.calls(anew=True)
            rate, written = await _finalized(where, service, buyers)
            each = total(await where.calls()) / CLAIMS
            bare = await _by_hand(service, written)
    return [
        Figure(
            name="finalization-rate",
            work=f"{CLAIMS} windows that passed in silence, decided by one instance, lists and mails included: rate",
            measured=f"{rate:.1f} claims/s, {each:.1f} storage requests each",
            reference=f"{bare:.1f}/s of the bare transactions, {CLIENTS} at once",
            ratio=rate / bare,
            limit=LIMIT,
            at_most=False,
        )
    ]


async def _until_they_wait(where: Ground, buyers: list[Buyer]) -> None:
    work = [lambda buyer=buyer: where.submit(buyer, buyer.proof()) for buyer in buyers]
    await rate_of(work, at_once=CLIENTS)
    await where.quiet(delayed=False, seconds=600)


type Rows = list[dict[str, Any]]


async def _finalized(where: Ground, service: TableServiceClient, buyers: list[Buyer]) -> tuple[float, list[Rows]]:
    """Claims a second from the timer's run to the last commit, and the rows that each commit wrote."""
    table = service.get_table_client(Table.CLAIMS.value)
    before = {buyer.tenant_id: await _rows(table, buyer) for buyer in buyers}
    began = time.perf_counter()
    await where.run_timer()
    waiting = list(buyers)
    while waiting:
        if time.perf_counter() - began > _SECONDS_AT_MOST:
            raise RuntimeError(f"{len(waiting)} of {len(buyers)} claims were not decided in time")
        # One at a time, the last first: messages are worked on in about the order of the claims.
        claim = next(row for row in await _rows(table, waiting[-1]) if row["RowKey"].startswith("claim:"))
        if claim["Status"] == "Approved":
            waiting.pop()
        else:
            await asyncio.sleep(_LOOK_SECONDS)
    took = time.perf_counter() - began
    rate, written = len(buyers) / took, []
    for buyer in buyers:
        known = {row["RowKey"]: row for row in before[buyer.tenant_id]}
        written.append([row for row in await _rows(table, buyer) if row != known.get(row["RowKey"])])
    return rate, written


async def _rows(table: Any, buyer: Buyer) -> Rows:
    return [dict(row) async for row in table.query_entities(odata.partition(buyer.tenant_id))]


async def _by_hand(service: TableServiceClient, written: list[Rows]) -> float:
    """Transactions a second of the same rows, in partitions of their own."""
    table = service.get_table_client(Table.CLAIMS.value)

    async def one(number: int, rows: Rows) -> None:
        await table.submit_transaction([("upsert", {**row, "PartitionKey": f"bare-{number}"}) for row in rows])

    work: list[Callable[[], Awaitable[object]]] = [partial(one, number, rows) for number, rows in enumerate(written)]
    return await rate_of(work, at_once=CLIENTS)
