"""Partners and customers are imported by programme admins alone, and nobody is given what another one has."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.registry import PartnerLocation, RegisteredCustomer
from shared.usecases.callers import Caller, Role, RoleMissingError
from shared.usecases.import_customers import import_customers
from shared.usecases.import_partners import import_partners
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.read_registries import read_customers, read_partners, read_subscriptions
from shared.usecases.row_imports import ImportRow
from tests.fakes.product import FakeProduct
from tools.sample_registry import CONTOSO, FABRIKAM, customers, locations, tenant

NEW = "d0d0d0d0-0000-4000-8000-000000000001"


def caller(*roles: Role) -> Caller:
    """Somebody of the operator's with these roles."""
    return Caller(organisation="00000000-0000-4000-8000-0000000000aa", object_id="o", name="N", roles=frozenset(roles))


ADMIN = caller(Role.PROGRAM_ADMIN)


def location(**changes: Any) -> PartnerLocation:
    """Contoso's first location, changed."""
    return replace(locations()[0], **changes)


def customer(**changes: Any) -> RegisteredCustomer:
    """Alpine, changed."""
    return replace(customers()[0], **changes)


def rows(*values: PartnerLocation | RegisteredCustomer) -> list[ImportRow[Any]]:
    """Rows of these values."""
    return [
        ImportRow(row=number, key=one.mpn_id if isinstance(one, PartnerLocation) else one.tenant_id, value=one)
        for number, one in enumerate(values, 1)
    ]


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def taken(results: AsyncIterable[RowResult]) -> list[RowResult]:
    """All results."""
    return [result async for result in results]


async def partners_in(product: FakeProduct, *values: PartnerLocation, dry_run: bool = False) -> list[RowResult]:
    """An admin imports these locations."""
    return await taken(import_partners(product.services, caller=ADMIN, rows=rows(*values), dry_run=dry_run))


async def customers_in(product: FakeProduct, *values: RegisteredCustomer, dry_run: bool = False) -> list[RowResult]:
    """An admin imports these customers."""
    return await taken(import_customers(product.services, caller=ADMIN, rows=rows(*values), dry_run=dry_run))


def faults(results: Sequence[RowResult]) -> list[tuple[str, str]]:
    """Pointer and code of every fault."""
    return [(fault.pointer, fault.code) for result in results for fault in result.faults]


async def test_a_new_location_belongs_to_its_organisation(product: FakeProduct) -> None:
    """A location that nobody has is made, for a new organisation too; a switched-off one is updated."""
    new = location(organisation=NEW, mpn_id="3000001")
    off = location(active=False)
    results = await partners_in(product, new, off, locations()[1])
    assert [result.outcome for result in results] == [RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED]
    assert await product.registry.location(NEW, "3000001") == new
    assert await product.registry.location(CONTOSO, "1000001") == off


async def test_a_location_of_another_organisation_stays_theirs(product: FakeProduct) -> None:
    """A location that another organisation has is told by whom, and is not given away."""
    results = await partners_in(product, location(organisation=NEW), location(organisation=FABRIKAM, mpn_id="1000002"))
    assert faults(results) == [("/rows/1/mpnId", "location-taken"), ("/rows/2/mpnId", "location-taken")]
    assert CONTOSO in results[0].faults[0].message
    assert await product.registry.locations(NEW) == ()
    assert await product.registry.location(CONTOSO, "1000001") == locations()[0]


async def test_one_location_for_two_organisations_in_a_file_is_a_fault(product: FakeProduct) -> None:
    """The first row has it, in a dry run as well, where nothing is stored that could tell."""
    both = location(organisation=NEW, mpn_id="3000001"), location(organisation=FABRIKAM, mpn_id="3000001")
    for dry_run in (True, False):
        assert faults(await partners_in(product, *both, dry_run=dry_run)) == [("/rows/2/mpnId", "duplicate-row")]
    assert await product.registry.location(FABRIKAM, "3000001") is None


async def test_a_domain_of_another_tenant_stays_theirs(product: FakeProduct) -> None:
    """A domain that another tenant has is told by whom; the whole row is left out."""
    greedy = customer(tenant_id=NEW, domains=("new.example", "birch.example"))
    results = await customers_in(product, greedy)
    assert faults(results) == [("/rows/1/domains", "domain-taken")]
    assert tenant(2) in results[0].faults[0].message
    assert await product.registry.customer(NEW) is None


async def test_a_customer_may_get_and_lose_domains(product: FakeProduct) -> None:
    """A tenant's own domains change as its row says; one that was given up may be taken by another, later."""
    assert [one.outcome for one in await customers_in(product, customer(domains=("alpine.test",)))] == [
        RowOutcome.UPDATED
    ]
    heir = customer(tenant_id=NEW, domains=("alpine.example",))
    assert [one.outcome for one in await customers_in(product, heir)] == [RowOutcome.CREATED]
    assert await product.registry.customer(NEW) == heir


async def test_one_domain_for_two_tenants_in_a_file_is_a_fault(product: FakeProduct) -> None:
    """The first row has the domain, the second is told."""
    first, second = customer(tenant_id=NEW, domains=("new.example",)), customer(domains=("new.example",))
    assert faults(await customers_in(product, first, second)) == [("/rows/2/domains", "duplicate-row")]


async def test_the_registry_as_it_is_changes_nothing(product: FakeProduct) -> None:
    """Everything sent as it is stored ends unchanged."""
    results = await partners_in(product, *locations()) + await customers_in(product, *customers())
    assert {result.outcome for result in results} == {RowOutcome.UNCHANGED}
    assert len(results) == 7


async def test_a_dry_run_writes_nothing(product: FakeProduct) -> None:
    """A dry run tells what would be made and makes nothing."""
    results = await partners_in(product, location(organisation=NEW, mpn_id="3000001"), dry_run=True)
    results += await customers_in(product, customer(name="Other"), dry_run=True)
    assert [result.outcome for result in results] == [RowOutcome.CREATED, RowOutcome.UPDATED]
    assert await product.registry.locations(NEW) == ()
    assert await product.registry.customer(tenant(1)) == customers()[0]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PARTNER_ADMIN, Role.PARTNER_USER])
async def test_registries_are_the_programme_admins(product: FakeProduct, role: Role) -> None:
    """Nobody else imports or reads a registry, not even a file without rows."""
    services, other = product.services, caller(role)
    with pytest.raises(RoleMissingError):
        await taken(import_partners(services, caller=other, rows=[], dry_run=True))
    with pytest.raises(RoleMissingError):
        await taken(import_customers(services, caller=other, rows=[], dry_run=True))
    for read in (read_partners, read_customers, read_subscriptions):
        with pytest.raises(RoleMissingError):
            await read(services, caller=other, behind=None, top=1)


async def test_registries_are_read_page_by_page(product: FakeProduct) -> None:
    """A page goes on behind the one before, until nothing is left."""
    first = await read_partners(product.services, caller=ADMIN, behind=None, top=2)
    second = await read_partners(product.services, caller=ADMIN, behind=first.behind, top=2)
    assert first.items + second.items == locations()
    assert second.behind is None
    assert (await read_customers(product.services, caller=ADMIN, behind=None, top=9)).items == customers()
    assert len((await read_subscriptions(product.services, caller=ADMIN, behind=None, top=100)).items) == 9
