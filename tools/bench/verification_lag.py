"""How long claims wait for their checks while partners file at a quarter of what filing can take.

Everything runs on one instance: filing, checks, mails and lists. The lag is told by the table's own clock, from the
write that filed the claim to the write that committed the checks.
"""

import asyncio
from datetime import datetime
from functools import partial

from azure.data.tables.aio import TableServiceClient

from shared.storage import odata
from shared.storage.keys import Table
from tools.bench.figure import Figure, percentile
from tools.bench.ground import Buyer, Ground, ground
from tools.bench.submit import CLIENTS, WORKERS, rate_of

LIMIT = 5.0
SHARE = 0.25
CAPACITY_CLAIMS = 96
SECONDS = 20.0
_FILED, _CHECKED = "submitted", frozenset({"checks-passed", "checks-flagged", "checks-failed"})


async def measure() -> list[Figure]:
    """The capacity first, with checks and mails switched off; then a quarter of it, with all of them on."""
    async with ground(without=WORKERS) as where:
        capacity = await _capacity(where)
    pace = SHARE * capacity
    async with ground() as where:
        (first,) = await where.buyers(1)
        await where.submit(first, first.proof())
        await where.quiet(delayed=False)
        buyers = await where.buyers(round(pace * SECONDS))
        await _file(where, buyers, pace)
        await where.quiet(delayed=False, seconds=600)
        lags = await _lags(where, buyers)
    return [
        Figure(
            name="verification-lag",
            work=f"from filing to checked at {SHARE:.0%} of the submit capacity, {SECONDS:.0f} s, one instance: p99",
            measured=f"{percentile(lags, 0.99):.2f} s (p50 {percentile(lags, 0.5):.2f} s), {len(lags)} claims",
            reference=f"{pace:.1f} claims/s, of {capacity:.1f}",
            ratio=percentile(lags, 0.99),
            limit=LIMIT,
            unit=" s",
        )
    ]


async def _capacity(where: Ground) -> float:
    """Claims a second with that many clients, nothing else being done; the second time, when everything is warm."""
    rate = 0.0
    for _ in range(2):
        buyers = await where.buyers(CAPACITY_CLAIMS)
        work = [partial(where.submit, buyer, buyer.proof()) for buyer in buyers]
        rate = await rate_of(work, at_once=CLIENTS)
    return rate


async def _file(where: Ground, buyers: list[Buyer], pace: float) -> None:
    """Each at its own time, whether the one before was answered or not."""
    proofs = [buyer.proof() for buyer in buyers]
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def one(number: int) -> None:
        await asyncio.sleep(began + number / pace - loop.time())
        await where.submit(buyers[number], proofs[number])

    await asyncio.gather(*(one(number) for number in range(len(buyers))))


async def _lags(where: Ground, buyers: list[Buyer]) -> list[float]:
    """Seconds between the two writes, of each claim. RuntimeError for one that was not checked."""
    lags = []
    async with TableServiceClient.from_connection_string(where.product.storage) as service:
        table = service.get_table_client(Table.CLAIMS.value)
        for buyer in buyers:
            told: dict[str, datetime] = {}
            async for row in table.query_entities(odata.partition(buyer.tenant_id)):
                at = row.metadata["timestamp"]
                if at is not None and row["RowKey"].startswith("history:"):
                    told[row["Event"]] = at
            checked = next((told[event] for event in _CHECKED if event in told), None)
            if checked is None:
                raise RuntimeError(f"a claim was never checked: {sorted(told)}")
            lags.append((checked - told[_FILED]).total_seconds())
    return lags
