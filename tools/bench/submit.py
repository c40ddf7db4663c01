"""How long filing takes for one partner, and how many claims sixteen file in a second, beside the bare calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from tools.bench.bare import filing_like
from tools.bench.figure import Figure, median, milliseconds, percentile
from tools.bench.ground import Buyer, Ground, ground

LATENCY_LIMIT, RATE_LIMIT = 1.5, 0.7
WORKERS = ("verify_claim", "carry_out_effects")
"""Checks and mails wait meanwhile: other instances would do them, and here they would take the same two cores."""
ONE_BY_ONE, TOGETHER, CLIENTS = 40, 160, 16


async def measure() -> list[Figure]:
    """One client in turns with the bare calls, so that both meet the same neighbours; then sixteen at once."""
    async with ground(without=WORKERS) as where:
        first, *buyers = await where.buyers(1 + ONE_BY_ONE + TOGETHER)
        await where.submit(first, first.proof())
        async with await filing_like(where.product.storage, first.tenant_id) as bare:
            proof = first.proof()
            await bare.file(proof)
            ours: list[float] = []
            theirs: list[float] = []
            for buyer in buyers[:ONE_BY_ONE]:
                ours.append(await _timed(_filing(where, buyer, buyer.proof())))
                theirs.append(await _timed(lambda: bare.file(proof)))
            bare_rate = await rate_of([lambda: bare.file(proof)] * TOGETHER, at_once=CLIENTS)
            work = [_filing(where, buyer, buyer.proof()) for buyer in buyers[ONE_BY_ONE:]]
            rate = await rate_of(work, at_once=CLIENTS)
    return [
        Figure(
            name="submit-latency",
            work="submit, one client, a proof of 100 KB, checks and mails switched off: p50",
            measured=f"{milliseconds(median(ours))} (p95 {milliseconds(percentile(ours, 0.95))})",
            reference=f"bare calls {milliseconds(median(theirs))} (p95 {milliseconds(percentile(theirs, 0.95))})",
            ratio=median(ours) / median(theirs),
            limit=LATENCY_LIMIT,
        ),
        Figure(
            name="submit-rate",
            work=f"submit, {CLIENTS} clients, a proof of 100 KB, checks and mails switched off: rate",
            measured=f"{rate:.1f} claims/s",
            reference=f"{bare_rate:.1f} claims/s by the bare calls at the same concurrency",
            ratio=rate / bare_rate,
            limit=RATE_LIMIT,
            at_most=False,
        ),
    ]


def _filing(where: Ground, buyer: Buyer, proof: bytes) -> Callable[[], Awaitable[object]]:
    return lambda: where.submit(buyer, proof)


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def rate_of(work: Sequence[Callable[[], Awaitable[object]]], *, at_once: int) -> float:
    """How many of them are done in a second, so many at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(do: Callable[[], Awaitable[object]]) -> None:
        async with gate:
            await do()

    began = time.perf_counter()
    await asyncio.gather(*(one(do) for do in work))
    return len(work) / (time.perf_counter() - began)
