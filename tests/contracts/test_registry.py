"""The contract of Registry."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage.clients import Clients
from shared.storage.keys import Table, UnsafeKeyError
from shared.storage.registry import TableRegistry
from shared.usecases.ports import Registry
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import fresh
from tests.fakes.registry import FakeRegistry

ENDS_AT = datetime(2027, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture(params=BOTH)
def registry(request: pytest.FixtureRequest) -> Registry:
    """The fake, then the adapter."""
    return FakeRegistry() if request.param == "fake" else TableRegistry(request.getfixturevalue("clients"))


def location(organisation: str, mpn_id: str = "1000001") -> PartnerLocation:
    """A location."""
    return PartnerLocation(
        mpn_id=mpn_id,
        organisation=organisation,
        organisation_name="Łódź, O'Brien & Co.",
        name="Łódź",
        programmes=frozenset({"osa-sell", "osu-microsoft-365"}),
        domains=("contoso.example", "contoso.test"),
    )


def subscription(tenant_id: str) -> Subscription:
    """A subscription that ends."""
    return Subscription(
        subscription_id=fresh(),
        tenant_id=tenant_id,
        product_id="power-bi",
        status="active",
        channel="volume-licensing",
        seats=300,
        ends_at=ENDS_AT,
    )


async def test_a_location_is_found_by_its_organisation_only(registry: Registry) -> None:
    """A location is its organisation's alone: another organisation does not find it by its MPN ID."""
    organisation, other = fresh(), fresh()
    first, second = location(organisation), replace(location(organisation, "1000002"), active=False, domains=())
    await registry.put_locations([second, first])
    assert await registry.location(organisation, "1000001") == first
    assert await registry.location(other, "1000001") is None
    assert await registry.locations(organisation) == (first, second)
    assert await registry.locations(other) == ()
    assert await registry.is_partner(organisation)
    assert not await registry.is_partner(other)


async def test_a_partner_is_known_as_soon_as_it_is_imported(registry: Registry) -> None:
    """Nobody waits for a memory to fade: that an organisation is none is never remembered."""
    organisation = fresh()
    assert not await registry.is_partner(organisation)
    await registry.put_locations([location(organisation)])
    assert await registry.is_partner(organisation)


async def test_that_somebody_is_a_partner_is_remembered_for_a_minute(clients: Clients) -> None:
    """Rows that are taken away by hand count for a minute longer, and then no more."""
    organisation, at = fresh(), [1000.0]
    registry = TableRegistry(clients, monotonic=lambda: at[0])
    await registry.put_locations([location(organisation)])
    assert await registry.is_partner(organisation)
    await clients.table(Table.PARTNERS).delete_entity(organisation, "1000001")
    at[0] += 59
    assert await registry.is_partner(organisation)
    at[0] += 1
    assert not await registry.is_partner(organisation)


async def test_an_odd_mpn_id_names_no_location(registry: Registry) -> None:
    """A value that cannot be a key names nothing when read, and cannot be written."""
    organisation = fresh()
    for odd in ("1/2", "1\\2", "1#", "1?", "", "1\n", "9" * 2000):
        assert await registry.location(organisation, odd) is None
        with pytest.raises(UnsafeKeyError):
            await registry.put_locations([location(organisation, odd)])


async def test_a_customer_comes_back_whole(registry: Registry) -> None:
    """A customer is read as it was written, and as it was written last."""
    customer = RegisteredCustomer(
        tenant_id=fresh(),
        name="Birch, Biuro Sp. z o.o.",
        domains=("birch.example", "xn--d-8ga.example"),
        country="PL",
        zone="Europe/Warsaw",
        language="pl",
    )
    assert await registry.customer(customer.tenant_id) is None
    await registry.put_customers([customer])
    assert await registry.customer(customer.tenant_id) == customer
    renamed = replace(customer, name="Birch", domains=())
    await registry.put_customers([renamed])
    assert await registry.customer(customer.tenant_id) == renamed


async def test_a_subscription_is_found_by_tenant_and_by_its_id(registry: Registry) -> None:
    """A subscription is found among its tenant's, and by its ID alone, whosever it is."""
    tenant_id = fresh()
    ours = sorted((subscription(tenant_id) for _ in range(3)), key=lambda one: one.subscription_id)
    theirs = subscription(fresh())
    await registry.put_subscriptions([*ours, theirs])
    assert await registry.subscriptions(tenant_id) == tuple(ours)
    assert await registry.subscription(theirs.subscription_id) == theirs
    assert await registry.subscription(fresh()) is None
    assert await registry.subscriptions(fresh()) == ()


async def test_what_is_open_now_was_known_before(registry: Registry) -> None:
    """A subscription written again without end and seats has none: old values do not shine through."""
    first = subscription(fresh())
    await registry.put_subscriptions([first])
    opened = replace(first, seats=None, ends_at=None, status="grace")
    await registry.put_subscriptions([opened])
    assert await registry.subscription(first.subscription_id) == opened
    assert await registry.subscriptions(first.tenant_id) == (opened,)


async def test_a_subscription_that_moved_is_the_new_tenants_only(registry: Registry) -> None:
    """A subscription imported under another tenant is not counted among the old one's any more."""
    first = subscription(fresh())
    stays = subscription(first.tenant_id)
    await registry.put_subscriptions([first, stays])
    moved = replace(first, tenant_id=fresh())
    for _ in range(2):
        await registry.put_subscriptions([moved])
        assert await registry.subscriptions(first.tenant_id) == (stays,)
        assert await registry.subscriptions(moved.tenant_id) == (moved,)
        assert await registry.subscription(first.subscription_id) == moved


@pytest.mark.parametrize("odd", ["o'brien", "100%25 & +1", 'zażółć: ~;=,@$!*()[]{}<>|^`"', "''", "a.b..c"])
async def test_a_key_of_odd_letters_is_a_key(registry: Registry, odd: str) -> None:
    """Characters that tables take, though URLs and filters give them a meaning, are kept as they are."""
    organisation = f"{odd} {fresh()}"
    stored, neighbour = location(organisation, odd), location(fresh(), odd)
    await registry.put_locations([stored, neighbour])
    assert await registry.location(organisation, odd) == stored
    assert await registry.locations(organisation) == (stored,)


async def test_many_rows_are_written_at_once(registry: Registry) -> None:
    """A list longer than the number of writes at one time is written whole."""
    tenant_id = fresh()
    await registry.put_subscriptions([subscription(tenant_id) for _ in range(40)])
    assert len(await registry.subscriptions(tenant_id)) == 40
