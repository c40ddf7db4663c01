"""The contract of RegistryAdmin."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from shared.domain.registry import RegisteredCustomer
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.registry import TableRegistry
from shared.storage.registry_admin import TableRegistryAdmin
from shared.usecases.ports import Registry
from shared.usecases.programme_ports import RegistryAdmin
from shared.usecases.registry_records import Place, RegistryPage
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import fresh
from tests.contracts.test_registry import location, subscription
from tests.fakes.registry import FakeRegistry
from tests.fakes.registry_admin import FakeRegistryAdmin


class Both(NamedTuple):
    """The registry as it is written, and as its keepers see it."""

    registry: Registry
    admin: RegistryAdmin


@pytest.fixture(params=BOTH)
def both(request: pytest.FixtureRequest) -> Both:
    """The fakes, then the adapters."""
    if request.param == "fake":
        fake = FakeRegistry()
        return Both(fake, FakeRegistryAdmin(fake))
    clients: Clients = request.getfixturevalue("clients")
    return Both(TableRegistry(clients), TableRegistryAdmin(clients))


def new_mpn_id() -> str:
    """An MPN ID that no other test uses."""
    return str(int(fresh()[:8], 16) % 10**9 + 10**9)


def customer(*domains: str) -> RegisteredCustomer:
    """A customer of its own."""
    return RegisteredCustomer(
        tenant_id=fresh(), name="Birch", domains=domains, country="PL", zone="Europe/Warsaw", language="pl"
    )


def new_domain() -> str:
    """A domain that no other test uses."""
    return f"d{fresh()}.example"


async def every[T](
    read: Callable[[Place | None, int], Awaitable[RegistryPage[T]]], *, top: int
) -> tuple[list[T], list[int]]:
    """All rows, and how many came on each page."""
    found: list[T] = []
    sizes: list[int] = []
    behind: Place | None = None
    while True:
        page = await read(behind, top)
        found += page.items
        sizes.append(len(page.items))
        behind = page.behind
        if behind is None:
            return found, sizes


async def test_a_location_s_organisation_is_told_by_its_mpn_id(both: Both) -> None:
    """Whose a location is can be told without knowing the organisation, active or not."""
    mine, other = new_mpn_id(), new_mpn_id()
    organisation = fresh()
    await both.registry.put_locations([replace(location(organisation, mine), active=False)])
    assert await both.admin.location_owner(mine) == organisation
    assert await both.admin.location_owner(other) is None


async def test_a_domain_s_tenant_is_told_by_the_domain(both: Both) -> None:
    """Whose a domain is can be told; one that was given up is nobody's, and may become another's."""
    first, second = new_domain(), new_domain()
    one, other = customer(first, second), customer(new_domain())
    await both.registry.put_customers([one, other])
    assert await both.admin.domain_owner(first) == one.tenant_id
    assert await both.admin.domain_owner(second) == one.tenant_id
    await both.registry.put_customers([replace(one, domains=(first,))])
    assert await both.admin.domain_owner(second) is None
    await both.registry.put_customers([replace(other, domains=(second,))])
    assert await both.admin.domain_owner(second) == other.tenant_id
    assert await both.admin.domain_owner(first) == one.tenant_id


async def test_an_odd_name_has_no_owner(both: Both) -> None:
    """What cannot be a key is nobody's."""
    for odd in ("a/b", "", "#", "x" * 600):
        assert await both.admin.location_owner(odd) is None
        assert await both.admin.domain_owner(odd) is None


@pytest.mark.parametrize("top", [1, 2, 3, 1000])
async def test_every_location_comes_once_in_order(both: Both, top: int) -> None:
    """Pages of any size hold each location once, in order of organisation and MPN ID, and no index row."""
    organisations = [fresh(), fresh()]
    written = [location(organisation, new_mpn_id()) for organisation in organisations for _ in range(2)]
    await both.registry.put_locations(written)
    found, sizes = await every(lambda behind, most: both.admin.locations(behind=behind, top=most), top=top)
    ours = sorted(written, key=lambda one: (one.organisation, one.mpn_id))
    assert [one for one in found if one.organisation in organisations] == ours
    places = [(one.organisation, one.mpn_id) for one in found if keys.is_safe(one.organisation)]
    assert len(places) == len(set(places))
    assert max(sizes) <= top


async def test_every_customer_comes_once_in_order(both: Both) -> None:
    """Pages of customers hold each once, in order of tenant, and no row of a domain."""
    written = [customer(new_domain(), new_domain()) for _ in range(5)]
    await both.registry.put_customers(written)
    found, _ = await every(lambda behind, most: both.admin.customers(behind=behind, top=most), top=2)
    tenants = {one.tenant_id for one in written}
    assert [one for one in found if one.tenant_id in tenants] == sorted(written, key=lambda one: one.tenant_id)
    assert [one.tenant_id for one in found] == sorted({one.tenant_id for one in found})


async def test_every_subscription_comes_once_in_order(both: Both) -> None:
    """Pages of subscriptions hold each once, in order of tenant and ID, also where one tenant fills several pages."""
    tenants = [fresh(), fresh()]
    written = [subscription(tenant) for tenant in tenants for _ in range(4)]
    await both.registry.put_subscriptions(written)
    found, _ = await every(lambda behind, most: both.admin.subscriptions(behind=behind, top=most), top=3)
    ours = [one for one in found if one.tenant_id in tenants]
    assert ours == sorted(written, key=lambda one: (one.tenant_id, one.subscription_id))
    assert len({one.subscription_id for one in found}) == len(found)


async def test_an_import_that_was_cut_off_takes_nothing(clients: Clients) -> None:
    """An owner's row without the location, or the customer, that it names holds nobody up."""
    mpn_id, domain = new_mpn_id(), new_domain()
    partners, customers = clients.table(Table.PARTNERS), clients.table(Table.CUSTOMERS)
    left = {"RowKey": "owner", "SchemaVersion": 1}
    await partners.create_entity({**left, "PartitionKey": keys.location_index(mpn_id), "Organisation": fresh()})
    await customers.create_entity({**left, "PartitionKey": keys.domain_index(domain), "TenantId": fresh()})
    admin = TableRegistryAdmin(clients)
    assert await admin.location_owner(mpn_id) is None
    assert await admin.domain_owner(domain) is None
