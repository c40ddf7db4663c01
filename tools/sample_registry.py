"""The sample registry of the local product: partners, customers and subscriptions to try everything on.

The same rows are described in README.md; people and tests name them, so they never change casually.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.domain.catalogue import Programme
from shared.domain.registry import Channel, PartnerLocation, RegisteredCustomer, Subscription, SubscriptionStatus
from shared.domain.usage import MonthlyUsage
from shared.settings import Settings
from shared.usecases.ports import Registry

CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
FABRIKAM = "fabfabfa-0000-4000-8000-000000000002"
_A_YEAR = timedelta(days=365)


def tenant(number: int) -> str:
    """The tenant ID of sample customer N."""
    return f"a1a1a1a1-0000-4000-8000-{number:012}"


def subscription_id(number: int) -> str:
    """The ID of sample subscription NN."""
    return f"5b5b5b5b-0000-4000-8000-{number:012}"


def locations() -> tuple[PartnerLocation, ...]:
    """Contoso's two locations and Fabrikam's one, enrolled in everything."""
    everything = frozenset(programme.value for programme in Programme)
    return (
        PartnerLocation(
            mpn_id="1000001",
            organisation=CONTOSO,
            organisation_name="Contoso Consulting",
            name="Contoso Seattle",
            programmes=everything,
            domains=("contoso.example",),
        ),
        PartnerLocation(
            mpn_id="1000002",
            organisation=CONTOSO,
            organisation_name="Contoso Consulting",
            name="Contoso Kraków",
            programmes=everything,
            domains=("contoso.example",),
        ),
        PartnerLocation(
            mpn_id="2000001",
            organisation=FABRIKAM,
            organisation_name="Fabrikam Partners",
            name="Fabrikam London",
            programmes=everything,
            domains=("fabrikam.example",),
        ),
    )


def customers() -> tuple[RegisteredCustomer, ...]:
    """Four customers, in four countries."""
    rows = (
        (1, "Alpine Outfitters", "alpine", "US", "America/New_York", "en"),
        (2, "Birch Biuro Sp. z o.o.", "birch", "PL", "Europe/Warsaw", "pl"),
        (3, "Cedar Klinik GmbH", "cedar", "DE", "Europe/Berlin", "en"),
        (4, "Dogwood Books", "dogwood", "GB", "Europe/London", "en"),
    )
    return tuple(
        RegisteredCustomer(
            tenant_id=tenant(number),
            name=name,
            domains=(f"{domain}.example", f"{domain}.onmicrosoft.example"),
            country=country,
            zone=zone,
            language=language,
        )
        for number, name, domain, country, zone, language in rows
    )


def subscriptions(now: datetime) -> tuple[Subscription, ...]:
    """What the customers bought; all active, in Volume Licensing and ending in a year unless the row says otherwise."""

    def bought(
        number: int,
        product_id: str,
        *,
        seats: int = 120,
        status: str = SubscriptionStatus.ACTIVE.value,
        channel: str = Channel.VOLUME_LICENSING.value,
        ends_in: timedelta = _A_YEAR,
    ) -> Subscription:
        return Subscription(
            subscription_id=subscription_id(number),
            tenant_id=tenant(number // 10),
            product_id=product_id,
            status=status,
            channel=channel,
            seats=seats,
            ends_at=(now + ends_in).replace(microsecond=0),
        )

    return (
        bought(11, "microsoft-365", seats=300),
        bought(21, "dynamics-365-sales"),
        bought(22, "dynamics-365-customer-service"),
        bought(23, "dynamics-365-customer-service"),
        bought(24, "power-bi"),
        bought(31, "dynamics-365-finance", channel=Channel.CSP.value),
        bought(32, "dynamics-365-sales", status=SubscriptionStatus.SUSPENDED.value),
        bought(33, "dynamics-365-field-service", ends_in=timedelta(days=20)),
        bought(41, "microsoft-365", seats=40),
    )


async def seed_registry(registry: Registry, *, now: datetime) -> None:
    """Write the sample rows; again is fine."""
    await registry.put_locations(locations())
    await registry.put_customers(customers())
    await registry.put_subscriptions(subscriptions(now))


_USED = (  # customer, product, subscription, users of the first month, users more each month
    (1, "teams", None, 120, 9),
    (1, "exchange-online", None, 250, 2),
    (1, "sharepoint-online", None, 80, 6),
    (1, "intune", None, 40, 11),
    (2, "dynamics-365-sales", 21, 15, 1),
    (2, "power-bi", 24, 30, 3),
    (3, "dynamics-365-field-service", 33, 12, 1),
    (4, "teams", None, 25, 1),
)
_MONTHS = 13


def usage(now: datetime) -> tuple[MonthlyUsage, ...]:
    """Thirteen months of what the sample customers used, this month's included: growing, with a dip every fifth."""
    found: list[MonthlyUsage] = []
    for back in reversed(range(_MONTHS)):
        months = now.year * 12 + now.month - 1 - back
        step = _MONTHS - 1 - back
        for number, product_id, subscription, users, more in _USED:
            active = users + more * step - (3 * more if step % 5 == 4 else 0)  # noqa: PLR2004 - every fifth month
            found.append(
                MonthlyUsage(
                    tenant_id=tenant(number),
                    product_id=product_id,
                    subscription_id=subscription_id(subscription) if subscription else None,
                    month=f"{months // 12}-{months % 12 + 1:02}",
                    monthly_active_users=active,
                    paid_units=users + more * _MONTHS,
                )
            )
    return tuple(found)


def seed(settings: Settings) -> None:
    """Write the sample rows into the storage of these settings."""
    asyncio.run(_seed(settings))


async def _seed(settings: Settings) -> None:
    from shared.storage.clients import Clients
    from shared.storage.registry import TableRegistry
    from shared.storage.usage import TableUsageStore

    now = datetime.now(UTC)
    async with Clients(settings) as clients:
        await seed_registry(TableRegistry(clients), now=now)
        await TableUsageStore(clients).put(usage(now))
