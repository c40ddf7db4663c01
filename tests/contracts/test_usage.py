"""The contract of UsageStore."""

import pytest

from shared.domain.usage import MonthlyUsage
from shared.storage.usage import TableUsageStore
from shared.usecases.programme_ports import UsageStore
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import fresh
from tests.fakes.usage import FakeUsageStore

SUBSCRIPTION = "5b5b5b5b-0000-4000-8000-000000000021"


@pytest.fixture(params=BOTH)
def usage(request: pytest.FixtureRequest) -> UsageStore:
    """The fake, then the adapter."""
    return FakeUsageStore() if request.param == "fake" else TableUsageStore(request.getfixturevalue("clients"))


def month(tenant: str, name: str, users: int = 1, *, product: str = "teams", of: str | None = None) -> MonthlyUsage:
    """One month."""
    return MonthlyUsage(
        tenant_id=tenant, product_id=product, subscription_id=of, month=name, monthly_active_users=users, paid_units=2
    )


async def test_months_of_one_thing_are_read_oldest_first(usage: UsageStore) -> None:
    """Neither a product whose name begins alike, nor another subscription's or tenant's months are among them."""
    tenant, other = fresh(), fresh()
    wanted = [month(tenant, "2026-01"), month(tenant, "2026-02", 7)]
    others = [
        month(tenant, "2026-01", product="teams-calling"),
        month(tenant, "2026-01", of=SUBSCRIPTION),
        month(other, "2026-01"),
    ]
    await usage.put([*reversed(wanted), *others])
    assert await usage.of_product(tenant, "teams", None) == tuple(wanted)
    assert await usage.of_product(tenant, "teams", SUBSCRIPTION) == (others[1],)
    assert await usage.of_product(tenant, "intune", None) == ()


async def test_a_month_again_replaces_it(usage: UsageStore) -> None:
    """The last word on a month counts, and writing it again changes nothing."""
    tenant = fresh()
    for users in (5, 6, 6):
        await usage.put([month(tenant, "2026-01", users)])
    assert await usage.of_product(tenant, "teams", None) == (month(tenant, "2026-01", 6),)


async def test_more_rows_than_a_transaction_takes_are_all_written(usage: UsageStore) -> None:
    """A tenant's long history goes into several transactions."""
    tenant = fresh()
    rows = [month(tenant, f"{year}-{number:02}") for year in range(2000, 2021) for number in range(1, 13)]
    await usage.put(rows)
    assert await usage.of_product(tenant, "teams", None) == tuple(rows)


async def test_what_is_stored_of_some_months_is_found(usage: UsageStore) -> None:
    """Every one of those asked for that is there is among them."""
    tenant = fresh()
    there = [month(tenant, "2026-01"), month(tenant, "2026-03", product="intune")]
    await usage.put(there)
    asked = [*there, month(tenant, "2026-02")]
    assert set(await usage.among(tenant, asked)) >= set(there)
    assert month(tenant, "2026-02") not in await usage.among(tenant, asked)


async def test_a_month_of_many_products_reads_no_history(usage: UsageStore) -> None:
    """However long the history between two products is, the file's own month alone is read of it."""
    tenant = fresh()
    products = ("exchange-online", "intune", "teams")
    history = [month(tenant, f"2026-{number:02}", product=one) for one in products for number in range(1, 10)]
    await usage.put(history)
    last = [one for one in history if one.month == "2026-09"]
    assert await usage.among(tenant, last) == tuple(last)


@pytest.mark.parametrize("product", ["a/b", "a#b", "a?b", "o'x", "teams' or true", "ü" * 50])
async def test_whatever_a_file_calls_a_product_may_be_looked_up(usage: UsageStore, product: str) -> None:
    """A name that no key may have, or that reads like a condition, finds nothing and stops nothing."""
    tenant = fresh()
    there = month(tenant, "2026-01")
    await usage.put([there])
    assert await usage.among(tenant, [month(tenant, "2026-02", product=product)]) == ()
    assert there in await usage.among(tenant, [there, month(tenant, "2026-02", product=product)])


async def test_pages_go_on_until_all_is_read(usage: UsageStore) -> None:
    """Page by page each row comes once, over the borders of tenants."""
    tenants = sorted(fresh() for _ in range(3))
    rows = [month(tenant, f"2026-0{number}") for tenant in tenants for number in range(1, 4)]
    await usage.put(rows)
    found: list[MonthlyUsage] = []
    place = (tenants[0], " ")
    while True:
        page = await usage.page(behind=place, top=2)
        found += [row for row in page.items if row.tenant_id in tenants]
        if page.behind is None:
            break
        place = page.behind
    assert found == rows
