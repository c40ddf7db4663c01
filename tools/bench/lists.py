"""What a page of a list costs with few claims and with many: requests, and time beside the bare query."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from azure.data.tables.aio import TableServiceClient

from shared.domain.claim import Claim
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.list_rows import list_entity
from shared.wiring.composition import build
from tools.bench.figure import Figure, milliseconds, percentile
from tools.bench.ground import Ground, ground

LIMIT = 1.3
FEW, MANY, BATCH = 100, 10_000, 100
LOOKS = 40
_LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("list", {}),
    ("list-of-a-status", {"status": "Submitted"}),
    ("list-by-words", {"q": "rollout"}),
)
WORKERS = ("verify_claim", "carry_out_effects")


async def measure() -> list[Figure]:
    """Each list at both sizes; the bare query is one page of the same partition, read by the SDK alone."""
    async with ground(without=WORKERS) as where:
        (buyer,) = await where.buyers(1)
        taken = await where.submit(buyer, buyer.proof())
        async with Clients(where.settings) as clients:
            stored = await build(where.settings, clients).claims.get(taken["claimId"])
            if stored is None:
                raise RuntimeError("the claim that was taken is not there")
            await load(clients, stored.value, first=0, count=FEW)
            few = await _looks(where)
            await load(clients, stored.value, first=FEW, count=MANY - FEW)
            many = await _looks(where)
            bare = await _bare(where, stored.value.organisation)
    return [
        Figure(
            name=name,
            work=f"GET /api/claims {_words(name)} with {MANY:,} claims: p95; {few[name][0]} requests with {FEW}, "
            f"{many[name][0]} with {MANY:,}",
            measured=f"{milliseconds(many[name][1])} ({milliseconds(few[name][1])} with {FEW})",
            reference=f"the bare query of a page {milliseconds(bare)}",
            ratio=many[name][1] / bare,
            limit=LIMIT,
        )
        for name, _ in _LISTS
    ]


def _words(name: str) -> str:
    return {"list": "", "list-of-a-status": "of a status", "list-by-words": "that hold a word"}[name]


async def load(clients: Clients, like: Claim, *, first: int, count: int) -> None:
    """Write the list rows of so many claims like that one, a hundred in a transaction, as the projection has them."""
    table = clients.table(Table.CLAIM_LISTS)
    began = datetime.now(UTC) - timedelta(days=365)
    for start in range(first, first + count, BATCH):
        claims = [
            replace(like, claim_id=f"{n:048}", created_at=began + timedelta(seconds=n))
            for n in range(start, min(start + BATCH, first + count))
        ]
        for partition in (keys.partner_list(like.organisation), keys.status_list(like.status)):
            rows = [list_entity(one, partition, keys.list_row(one.created_at, one.claim_id)) for one in claims]
            await table.submit_transaction([("upsert", row) for row in rows])


async def _looks(where: Ground) -> dict[str, tuple[int, float]]:
    """Requests of one look, and the p95 of many, of each list."""
    found: dict[str, tuple[int, float]] = {}
    for name, query in _LISTS:
        await where.get("/api/claims", **query)
        await where.calls(anew=True)
        await where.get("/api/claims", **query)
        requests = (await where.calls())["table"]
        times = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            await where.get("/api/claims", **query)
            times.append(time.perf_counter() - began)
        found[name] = (requests, percentile(times, 0.95))
    return found


async def _bare(where: Ground, organisation: str) -> float:
    """The p95 of reading one page of the partner's list with the SDK."""
    times: list[float] = []
    async with TableServiceClient.from_connection_string(where.product.storage) as service:
        table = service.get_table_client(Table.CLAIM_LISTS.value)
        for _ in range(LOOKS):
            began = time.perf_counter()
            rows = table.query_entities(odata.partition(keys.partner_list(organisation)), results_per_page=50)
            async for page in rows.by_page():
                _ = [dict(row) async for row in page]
                break
            times.append(time.perf_counter() - began)
    return percentile(times, 0.95)
