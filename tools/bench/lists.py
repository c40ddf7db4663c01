"""What a page of a list costs with few claims and with many: requests, and time beside the bare query."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from azure.data.tables.aio import TableClient, TableServiceClient

from shared.domain.claim import Status
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.wiring.composition import build
from tools.bench.figure import Figure, milliseconds, percentile
from tools.bench.ground import Ground, ground
from tools.bench.list_rows import SEARCHED, load

LIMIT = 1.3
FEW, MANY = 100, 100_000
LOOKS = {FEW: 100, MANY: 30}
PAGE, TABLE_PAGE, TABLE_PAGES = 50, 1000, 5
WORKERS = ("verify_claim", "carry_out_effects")


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A question, as the product is asked it, and as the table is: the filter, and a word looked for by hand."""

    name: str
    work: str
    asked: dict[str, str]
    status: Status | None = None
    word: str | None = None
    further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Table requests of one look, and the p95 of many (seconds), the product's and the bare query's."""

    requests: int
    ours: float
    bare: float


_LISTS = (
    _List(name="list", work="of all claims", asked={}),
    _List(name="list-next-page", work="of all claims, the second page", asked={}, further=True),
    _List(
        name="list-of-a-status",
        work="of a status, a quarter of all",
        asked={"status": Status.UNDER_REVIEW.value},
        status=Status.UNDER_REVIEW,
    ),
    _List(name="list-by-words", work="by a word that one in twenty holds", asked={"q": SEARCHED}, word=SEARCHED),
)


async def measure() -> list[Figure]:
    """Each list at both sizes, in turns with the query that answers the same question, read by the SDK alone."""
    async with ground(without=WORKERS) as where:
        (buyer,) = await where.buyers(1)
        taken = await where.submit(buyer, buyer.proof())
        async with Clients(where.settings) as clients:
            stored = await build(where.settings, clients).claims.get(taken["claimId"])
            if stored is None:
                raise RuntimeError("the claim that was taken is not there")
            claim = stored.value
            await load(clients, claim, first=0, count=FEW)
            few = [await _looks(where, one, claim.organisation, FEW) for one in _LISTS]
            await load(clients, claim, first=FEW, count=MANY - FEW)
            many = [await _looks(where, one, claim.organisation, MANY) for one in _LISTS]
    return [
        Figure(
            name=one.name,
            work=f"GET /api/claims {one.work}, with {MANY:,} claims: p95, and the worse ratio of the two; "
            f"table requests: {small.requests} with {FEW}, {large.requests} with {MANY:,}",
            measured=f"{milliseconds(large.ours)} ({milliseconds(small.ours)} with {FEW})",
            reference=f"the bare query {milliseconds(large.bare)} ({milliseconds(small.bare)} with {FEW})",
            ratio=max(found.ours / found.bare for found in (small, large)),
            limit=LIMIT,
        )
        for one, small, large in zip(_LISTS, few, many, strict=True)
    ]


async def _looks(where: Ground, one: _List, organisation: str, claims: int) -> _Found:
    asked = dict(one.asked)
    if one.further:
        asked["continuation"] = (await where.get("/api/claims", **asked))["continuation"] or ""
    asked = {name: value for name, value in asked.items() if value}
    async with TableServiceClient.from_connection_string(where.product.storage) as service:
        table = service.get_table_client(Table.CLAIM_LISTS.value)
        behind = (await _bare(table, one, organisation, None))[-1] if one.further else None
        first = await where.get("/api/claims", **asked)
        rows = await _bare(table, one, organisation, behind)
        if len(first["items"]) != len(rows):
            raise RuntimeError(f"{one.name}: {len(first['items'])} claims, but {len(rows)} by hand")
        await where.calls(anew=True)
        await where.get("/api/claims", **asked)
        requests = (await where.calls())["table"]
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(LOOKS[claims]):
            ours.append(await _timed(lambda: where.get("/api/claims", **asked)))
            bare.append(await _timed(lambda: _bare(table, one, organisation, behind)))
    return _Found(requests=requests, ours=percentile(ours, 0.95), bare=percentile(bare, 0.95))


async def _bare(table: TableClient, one: _List, organisation: str, behind: str | None) -> list[str]:
    """The row keys of the same page by the table's own answer; a word is looked for in pages of a thousand rows."""
    conditions = [odata.partition(keys.partner_list(organisation))]
    if behind is not None:
        conditions.append(odata.beyond("RowKey", behind))
    if one.status is not None:
        conditions.append(odata.equal("Status", one.status.value))
    word, found, left = (one.word or "").casefold(), list[str](), TABLE_PAGES
    rows = table.query_entities(odata.every(conditions), results_per_page=TABLE_PAGE if word else PAGE)
    async for page in rows.by_page():
        left -= 1
        async for row in page:
            if word in row["SearchText"]:
                found.append(row["RowKey"])
            if len(found) == PAGE:
                return found
        if not left:
            break
    return found


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began
