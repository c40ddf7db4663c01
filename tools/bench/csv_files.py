"""Customers in and out as CSV, beside the bare writes and the bare query of the same rows.

The handbook asks nothing of these; the limits are the product's own.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from shared.storage.keys import Table
from shared.storage.registry_rows import CUSTOMER_ROW, customer_row, domain_owner_rows
from tools.bench.figure import Figure
from tools.bench.ground import Buyer, Ground, ground
from tools.bench.submit import CLIENTS, rate_of

IN_LIMIT, OUT_LIMIT = 0.4, 0.5
ROWS = 2_000
_PATH = "/api/review/registry/customers"
_COLUMNS = "tenantId,name,domains,country,zone,language"


async def measure() -> list[Figure]:
    """A file of new customers sent once, then all customers fetched; the same by hand, in a product of its own."""
    buyers = [Buyer(number) for number in range(1, ROWS + 1)]
    async with ground() as where:
        await _sign_in(where)
        bare_in = await _written_by_hand(where, buyers)
        bare_out = await _read_by_hand(where)
    async with ground() as where:
        await _sign_in(where)
        taken = await _imported(where, buyers)
        given = await _exported(where)
    return [
        Figure(
            name="csv-import",
            work=f"{ROWS:,} new customers by CSV: rate",
            measured=f"{taken:,.0f} rows/s",
            reference=f"{bare_in:,.0f} rows/s by the bare writes, {CLIENTS} at once",
            ratio=taken / bare_in,
            limit=IN_LIMIT,
            at_most=False,
        ),
        Figure(
            name="csv-export",
            work=f"{ROWS:,} customers as CSV: rate",
            measured=f"{given:,.0f} rows/s",
            reference=f"{bare_out:,.0f} rows/s by the bare query of the table",
            ratio=given / bare_out,
            limit=OUT_LIMIT,
            at_most=False,
        ),
    ]


async def _sign_in(where: Ground) -> None:
    """As the programme's admin from now on."""
    way = {"persona": "admin", "post_login_redirect_uri": "/"}
    async with where.session.get("/.auth/login/aad", params=way, allow_redirects=False):
        pass


async def _imported(where: Ground, buyers: list[Buyer]) -> float:
    customers = [buyer.registered() for buyer in buyers]
    lines = [
        ",".join((one.tenant_id, one.name, *one.domains, one.country, one.zone, one.language)) for one in customers
    ]
    body, timeout = "\n".join((_COLUMNS, *lines)).encode(), aiohttp.ClientTimeout(total=300)
    began = time.perf_counter()
    headers = {"Content-Type": "text/csv"}
    async with where.session.post(_PATH, data=body, headers=headers, timeout=timeout) as answer:
        told = await answer.json(content_type=None)
    took = time.perf_counter() - began
    if answer.status != 200 or told["counts"]["created"] != len(buyers):  # noqa: PLR2004 - read
        raise RuntimeError(f"the file was not taken: {answer.status} {str(told)[:300]}")
    return len(buyers) / took


async def _exported(where: Ground) -> float:
    began = time.perf_counter()
    async with where.session.get(_PATH) as answer:
        answer.raise_for_status()
        rows = len((await answer.text()).splitlines()) - 1
    took = time.perf_counter() - began
    if rows < ROWS:
        raise RuntimeError(f"only {rows} rows came out")
    return rows / took


async def _written_by_hand(where: Ground, buyers: list[Buyer]) -> float:
    """Rows of the file a second: the rows of its domains, then its own, for each customer."""
    async with TableServiceClient.from_connection_string(where.product.storage) as service:
        table = service.get_table_client(Table.CUSTOMERS.value)

        async def one(buyer: Buyer) -> None:
            customer = buyer.registered()
            for row in (*domain_owner_rows(customer), customer_row(customer)):
                await table.upsert_entity(row, mode=UpdateMode.REPLACE)

        work: list[Callable[[], Awaitable[object]]] = [partial(one, buyer) for buyer in buyers]
        return await rate_of(work, at_once=CLIENTS)


async def _read_by_hand(where: Ground) -> float:
    async with TableServiceClient.from_connection_string(where.product.storage) as service:
        table = service.get_table_client(Table.CUSTOMERS.value)
        began, customers = time.perf_counter(), 0
        async for row in table.list_entities(results_per_page=1000):
            customers += row["RowKey"] == CUSTOMER_ROW
    return customers / (time.perf_counter() - began)
