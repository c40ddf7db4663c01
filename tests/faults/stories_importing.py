"""Flows of programme admins and of subscriptions: imports, renewals, ends."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta

from shared.domain.claim import Claim, Contact, Status
from shared.domain.registry import PartnerLocation
from shared.domain.usage import MonthlyUsage
from shared.forms.json_body import payload_hash
from shared.storage.keys import Table
from shared.storage.registry import TableRegistry
from shared.usecases.claim_rows import ClaimRow
from shared.usecases.import_claims import import_claims
from shared.usecases.import_customers import import_customers
from shared.usecases.import_legacy_associations import import_legacy_associations
from shared.usecases.import_partners import import_partners
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.import_subscriptions import import_subscriptions
from shared.usecases.import_usage import import_usage
from shared.usecases.legacy_records import LegacyAssociation
from shared.usecases.row_imports import ImportRow
from tests.faults.cases import ADMIN, HOUR, Case
from tests.faults.evidence import body_of, raw
from tests.faults.surroundings import FILE_NAME, START, bought, caller, fields, proof, registered
from tools.sample_registry import CONTOSO, tenant

DAY = timedelta(days=1)
SALES = ("dynamics-365-sales",)
LONG = START + 200 * DAY


def _row[T](key: str, value: T, row: int = 1) -> ImportRow[T]:
    return ImportRow(row=row, key=key, value=value)


async def _sent(case: Case, send: Callable[[], AsyncGenerator[RowResult]]) -> list[RowResult]:
    """Send the file under the fault, as often as it takes; then once more, which changes nothing."""

    async def once() -> list[RowResult]:
        return [result async for result in send()]

    await case.strike(lambda: case.insist(once))
    again = await once()
    assert {result.outcome for result in again} == {RowOutcome.UNCHANGED}, again
    return again


async def import_registry(case: Case) -> None:
    """A fault while locations and customers are imported; the same file sent again finishes it."""
    number = 500_000 + case.customer
    location = PartnerLocation(
        mpn_id=str(8_000_000 + case.customer),
        organisation=CONTOSO,
        organisation_name="Contoso Consulting",
        name="Contoso Faro",
        programmes=frozenset({"osa-sell"}),
        domains=("contoso.example",),
    )

    async def both() -> AsyncGenerator[RowResult]:
        services = case.product.services
        rows = [_row(location.mpn_id, location)]
        async for result in import_partners(services, caller=ADMIN, rows=rows, dry_run=False):
            yield result
        customers = [_row(tenant(number), registered(number))]
        async for result in import_customers(services, caller=ADMIN, rows=customers, dry_run=False):
            yield result

    await _sent(case, both)
    registry = TableRegistry(case.product.eyes)
    assert await registry.location(CONTOSO, location.mpn_id) == location
    assert await registry.customer(tenant(number)) == registered(number)
    case.claims = 0


async def _official(case: Case, *, ends_at: object = LONG) -> Claim:
    """A claim for a subscription that ends then."""
    await case.product.services.registry.put_subscriptions([bought(case.customer, ends_at=ends_at)])  # type: ignore[arg-type]
    return await case.approved(products=SALES)


async def import_ends(case: Case) -> None:
    """A fault while a subscription's end is imported: whoever holds it is woken, and knows the new end."""
    claim = await _official(case)
    longer = bought(case.customer, ends_at=LONG + 90 * DAY)
    services = case.product

    def send() -> AsyncGenerator[RowResult]:
        rows = [_row(longer.subscription_id, longer)]
        return import_subscriptions(services.services, caller=ADMIN, rows=rows, dry_run=False, now=case.now)

    await _sent(case, send)
    await case.drained()
    assert (await case.reached(claim, Status.APPROVED)).valid_until == longer.ends_at


async def usage(case: Case) -> None:
    """A fault while usage is imported; the same file sent again finishes it, and no month counts twice."""
    months = [
        MonthlyUsage(
            tenant_id=tenant(case.customer),
            product_id="teams",
            subscription_id=None,
            month=f"2026-0{month}",
            monthly_active_users=100 + month,
            paid_units=200,
        )
        for month in (7, 8, 9)
    ]
    rows = [_row(one.month, one, number) for number, one in enumerate(months, start=1)]
    product = case.product
    await _sent(case, lambda: import_usage(product.services, caller=ADMIN, rows=rows, dry_run=False, now=case.now))
    stored = await raw(product.eyes, Table.USAGE, tenant(case.customer))
    assert sorted(int(row["MonthlyActiveUsers"]) for row in stored) == [107, 108, 109]
    case.claims = 0


async def associations(case: Case) -> None:
    """A fault while associations from before are imported: one is official, for one there is a draft, none twice."""
    subscription = bought(case.customer, ends_at=LONG)
    await case.product.services.registry.put_subscriptions([subscription])
    contact = Contact(name="Pat Partner", email="pat@contoso.example")
    rows = [
        _row(
            product,
            LegacyAssociation(
                organisation=CONTOSO,
                mpn_id="1000001",
                tenant_id=tenant(case.customer),
                product_id=product,
                subscription_id=subscription_id,
                partner_contact=contact,
            ),
            number,
        )
        for number, (product, subscription_id) in enumerate(
            ((SALES[0], subscription.subscription_id), ("teams", None)), start=1
        )
    ]
    product = case.product
    await _sent(
        case,
        lambda: import_legacy_associations(product.services, caller=ADMIN, rows=rows, dry_run=False, now=case.now),
    )
    await case.drained()
    stored = await raw(product.eyes, Table.CLAIMS, tenant(case.customer))
    statuses = sorted(row["Status"] for row in stored if row["RowKey"].startswith("claim:"))
    assert statuses == ["Approved", "Draft"]
    case.claims = 2


async def renewal(case: Case) -> None:
    """A fault thirty days before a subscription ends: the partner is told once, and has one draft for what follows."""
    claim = await _official(case, ends_at=START + 60 * DAY)
    case.product.now = START + 31 * DAY
    await case.strike(case.timer)
    await case.reached(claim, Status.APPROVED)
    assert 1 <= case.mails_to("pat@contoso.example", "about to end") <= 2
    case.claims = 2


async def subscription_end(case: Case) -> None:
    """A fault while an association ends with its subscription: it ends once, and its slot is free."""
    ends_at = START + 15 * DAY
    claim = await _official(case, ends_at=ends_at)
    case.product.now = ends_at + 2 * HOUR
    await case.strike(case.timer)
    assert (await case.reached(claim, Status.ENDED)).reasons == ("subscription-ended",)
    rows = await raw(case.product.eyes, Table.CLAIMS, tenant(case.customer))
    slots = [body_of(row) for row in rows if row["RowKey"].startswith("slot:")]
    assert all(entry["holder"] is None for slot in slots for entry in slot["entries"].values())
    case.claims = 2


class _Archive:
    """The one proof of a bulk file."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def size_of(self, _name: str) -> int:
        """Its size."""
        return len(self._content)

    def shown_name(self, name: str) -> str:
        """Its name."""
        return name

    def content(self, _name: str) -> bytes:
        """Its bytes."""
        return self._content


async def bulk(case: Case) -> None:
    """A fault while many claims are filed at once; the same file sent again finishes it, and makes nothing twice."""
    rows = [
        ClaimRow(
            row=number,
            key=f"{case.customer}-{product}",
            fields=fields(case.customer, products=(product,)),
            mpn_id="1000001",
            faults=(),
            files=(FILE_NAME,) if product == "teams" else (),
            submits=product == "teams",
            request={"row": number},
        )
        for number, product in enumerate(("teams", "intune"), start=1)
    ]

    async def send() -> list[RowResult]:
        results = import_claims(
            case.product.services,
            caller=caller(),
            rows=rows,
            archive=_Archive(proof(case.customer)),
            payload_hash=payload_hash,
            cell_of=lambda pointer: pointer,
            in_time=lambda: True,
            dry_run=False,
            now=case.now,
        )
        return [result async for result in results]

    async def until_done() -> list[RowResult]:
        for _ in range(4):
            results = await case.insist(send)
            if all(result.outcome is not RowOutcome.FAILED for result in results):
                return results
            case.product.restart()
            case.product.now += timedelta(seconds=61)  # a key may be in flight for a minute
        raise AssertionError(f"the file never goes through: {results}")

    results = await case.strike(until_done)
    await case.drained()
    for result in results:
        case.product.promises.claims[case.partner.organisation, f"row {result.key}"] = {result.claim_id or ""}
    case.claims = 2
