"""Usage in, and out to the partner of what is official."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.domain.claim import Claim
from shared.domain.usage import MonthlyUsage
from shared.forms.usage_file import USAGE_COLUMNS, usage_rows
from shared.usecases.callers import Caller, NotFoundError, Role, RoleMissingError
from shared.usecases.customer_response import Choice, answer_request
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.export_usage import export_usage
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.import_usage import import_usage
from shared.usecases.read_associations import read_associations
from shared.usecases.read_usage import read_usage
from shared.usecases.row_imports import ImportRow
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, REVIEWER, RIVAL, approved, filed, stored
from tools.sample_registry import subscription_id, tenant

ADMIN = replace(REVIEWER, roles=frozenset({Role.PROGRAM_ADMIN}))


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    made.usage.rows.clear()
    return made


def line(
    product_id: str = "teams", month: str = "2026-10", users: object = 100, *, customer: int = 1, subscription: str = ""
) -> str:
    """One row of a file."""
    return f"{tenant(customer)},{product_id},{subscription},{month},{users},120"


async def imported(product: FakeProduct, *lines: str, dry_run: bool = False) -> list[RowResult]:
    """What becomes of the lines."""
    content = "\n".join((",".join(USAGE_COLUMNS), *lines)).encode()
    results = import_usage(product.services, caller=ADMIN, rows=usage_rows(content), dry_run=dry_run, now=product.now)
    return [one async for one in results]


def ends(results: list[RowResult]) -> list[str]:
    """Their ends, or what is wrong with them."""
    return [",".join(fault.code for fault in one.faults) or one.outcome.value for one in results]


async def months(
    product: FakeProduct, claim: Claim, caller: Caller = PARTNER, **wanted: str | None
) -> list[tuple[str, int, int]]:
    """Month, users and mark that the caller is shown."""
    asked = {"product_id": None, "first": None, "last": None, **wanted}
    found = await read_usage(product.services, caller=caller, claim_id=claim.claim_id, **asked)
    return [(one.usage.month, one.usage.monthly_active_users, one.high_water_mark) for one in found]


async def test_a_file_again_changes_nothing(product: FakeProduct) -> None:
    """Made, then unchanged, then changed where a figure differs; a dry run says so and writes nothing."""
    lines = [line(), line(month="2026-11"), line("intune")]
    assert ends(await imported(product, *lines, dry_run=True)) == ["created"] * 3
    assert not product.usage.rows
    assert ends(await imported(product, *lines)) == ["created"] * 3
    assert ends(await imported(product, *lines)) == ["unchanged"] * 3
    assert ends(await imported(product, lines[0], line(month="2026-11", users=5))) == ["unchanged", "updated"]
    assert product.usage.puts == [3, 1]


async def test_each_row_has_its_own_faults(product: FakeProduct) -> None:
    """Unknown customers, products and subscriptions, months to come, figures that are none; the good rows go in."""
    results = await imported(
        product,
        line(),
        line(customer=9),
        line("abacus"),
        line(month="2027-01"),
        line(month="2026-13", users=-1),
        line("power-bi", customer=2),
        line("power-bi", customer=2, subscription=subscription_id(21)),
        line("power-bi", customer=2, subscription=subscription_id(24)),
        line(subscription=subscription_id(11)),
        line(),
    )
    assert ends(results) == [
        "created",
        "unknown-customer",
        "unknown-product",
        "out-of-range",
        "invalid-month,out-of-range",
        "required",
        "subscription-unknown",
        "created",
        "not-asked",
        "duplicate-row",
    ]
    assert {fault.pointer for fault in results[4].faults} == {"/rows/5/month", "/rows/5/monthlyActiveUsers"}
    assert len(product.usage.rows) == 2


async def test_the_partner_of_the_official_item_sees_it_and_nobody_else(product: FakeProduct) -> None:
    """Month by month with its mark, from and to as asked; not for rivals, not for products that are not official."""
    await imported(
        product, line(month="2026-08", users=50), line(month="2026-09", users=90), line(users=70), line("intune")
    )
    claim = await approved(product, "teams")
    assert await months(product, claim) == [("2026-08", 50, 50), ("2026-09", 90, 90), ("2026-10", 70, 90)]
    assert await months(product, claim, product_id="teams", first="2026-09", last="2026-09") == [("2026-09", 90, 90)]
    assert await months(product, claim, first="2026-10") == [("2026-10", 70, 90)]
    assert await months(product, claim, REVIEWER) == await months(product, claim)
    for caller, product_id in ((RIVAL, None), (RIVAL, "teams"), (PARTNER, "intune"), (PARTNER, "abacus")):
        with pytest.raises(NotFoundError):
            await months(product, claim, caller, product_id=product_id)


async def test_before_it_is_official_nothing_is_shown(product: FakeProduct) -> None:
    """Verified and waiting for the customer is not official."""
    await imported(product, line())
    with pytest.raises(NotFoundError):
        await months(product, await filed(product))


async def test_what_was_lost_is_not_shown_any_more(product: FakeProduct) -> None:
    """An item that was given up shows nothing from that moment on; the claim's other item does."""
    await imported(product, line(), line("intune", users=7))
    claim = await approved(product, "teams", "intune")
    assert len(await months(product, claim)) == 2
    await disassociate_claim(
        product.services,
        caller=PARTNER,
        claim_id=claim.claim_id,
        reason="work-ended",
        item_ids=["teams-usage"],
        now=product.now,
    )
    assert await months(product, claim) == [("2026-10", 7, 7)]
    with pytest.raises(NotFoundError):
        await months(product, claim, product_id="teams")
    await answer_request(
        product.services,
        claim_id=claim.claim_id,
        token=product.tokens.issue(claim),
        choice=Choice.REVOKE,
        item_ids=frozenset(),
        reason=None,
        now=product.now,
    )
    with pytest.raises(NotFoundError):
        await months(product, claim)


async def test_associations_are_what_is_official_now(product: FakeProduct) -> None:
    """The claim tells, not the list: one that ended a moment ago is not among them."""
    claim = await approved(product, "teams")
    found, more = await read_associations(product.services, caller=PARTNER, top=50, continuation=None)
    assert ([one.claim_id for one in found], more) == ([claim.claim_id], None)
    assert await read_associations(product.services, caller=RIVAL, top=50, continuation=None) == ((), None)
    await disassociate_claim(
        product.services, caller=PARTNER, claim_id=claim.claim_id, reason="other", item_ids=[], now=product.now
    )
    assert (await read_associations(product.services, caller=PARTNER, top=50, continuation=None))[0] == ()
    assert (await stored(product, claim.claim_id)).status.value == "Ended"
    with pytest.raises(RoleMissingError):
        await read_associations(product.services, caller=REVIEWER, top=50, continuation=None)


async def test_usage_is_kept_by_admins_alone(product: FakeProduct) -> None:
    """Neither a reviewer nor a partner may import or export it."""
    for caller in (REVIEWER, PARTNER):
        with pytest.raises(RoleMissingError):
            async for _ in import_usage(product.services, caller=caller, rows=(), dry_run=True, now=product.now):
                pass
        with pytest.raises(RoleMissingError):
            await export_usage(product.services, caller=caller, behind=None, top=10)


async def test_what_is_exported_can_be_imported_as_it_is(product: FakeProduct) -> None:
    """Page by page, every row once, and unchanged when it comes back."""
    lines = [line(month=f"2026-{number:02}") for number in range(1, 11)]
    await imported(product, *lines, line("power-bi", customer=2, subscription=subscription_id(24)))
    rows: list[MonthlyUsage] = []
    behind = None
    while True:
        page = await export_usage(product.services, caller=ADMIN, behind=behind, top=4)
        rows += page.items
        behind = page.behind
        if behind is None:
            break
    assert len(rows) == 11
    again = import_usage(
        product.services,
        caller=ADMIN,
        rows=(ImportRow(row=number, key=str(number), value=row) for number, row in enumerate(rows, 1)),
        dry_run=False,
        now=product.now,
    )
    assert {one.outcome async for one in again} == {RowOutcome.UNCHANGED}


async def test_a_long_file_takes_no_more_memory_than_a_batch(product: FakeProduct) -> None:
    """Four batches peak at little more than two: a row that is done leaves 16 bytes and its place behind."""

    def rows(count: int) -> Iterator[ImportRow[MonthlyUsage]]:
        for number in range(count):
            month = f"{2000 + number // 12 % 26}-{number % 12 + 1:02}"
            usage = MonthlyUsage(
                tenant_id=tenant(number // 312 % 4 + 1),
                product_id="teams",
                subscription_id=None,
                month=month,
                monthly_active_users=number,
                paid_units=1,
            )
            yield ImportRow(row=number + 1, key=f"{number}", value=usage)

    async def peak(count: int) -> int:
        product.usage.rows.clear()
        tracemalloc.start()
        try:
            async for _ in import_usage(
                product.services, caller=ADMIN, rows=rows(count), dry_run=True, now=product.now
            ):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = await peak(10_000), await peak(20_000)
    assert large - small < 10_000 * 250
