"""The registry as one run of a handler sees it: a location or customer is read once, however often it is asked for."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.usecases.ports import Registry
from shared.usecases.services import Services


def reading_once(services: Services) -> Services:
    """The services for one run. Make them anew for each: what is remembered here never grows old."""
    if isinstance(services.registry, ReadOnce):
        return services
    return replace(services, registry=ReadOnce(services.registry))


class ReadOnce(Registry):
    """Remembers locations and customers, present or not; everything else is asked for each time."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._locations: dict[tuple[str, str], PartnerLocation | None] = {}
        self._customers: dict[str, RegisteredCustomer | None] = {}

    async def is_partner(self, organisation: str) -> bool:
        """As the registry says."""
        return await self._registry.is_partner(organisation)

    async def location(self, organisation: str, mpn_id: str) -> PartnerLocation | None:
        """The organisation's location of that MPN ID."""
        key = (organisation, mpn_id)
        if key not in self._locations:
            self._locations[key] = await self._registry.location(organisation, mpn_id)
        return self._locations[key]

    async def locations(self, organisation: str) -> tuple[PartnerLocation, ...]:
        """Every location of the organisation."""
        return await self._registry.locations(organisation)

    async def customer(self, tenant_id: str) -> RegisteredCustomer | None:
        """The tenant, where it is registered."""
        if tenant_id not in self._customers:
            self._customers[tenant_id] = await self._registry.customer(tenant_id)
        return self._customers[tenant_id]

    async def subscriptions(self, tenant_id: str) -> tuple[Subscription, ...]:
        """Every subscription of the tenant."""
        return await self._registry.subscriptions(tenant_id)

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription, whosever it is."""
        return await self._registry.subscription(subscription_id)

    async def put_locations(self, locations: Sequence[PartnerLocation]) -> None:
        """Insert or replace; what was remembered is forgotten."""
        self._locations.clear()
        await self._registry.put_locations(locations)

    async def put_customers(self, customers: Sequence[RegisteredCustomer]) -> None:
        """Insert or replace; what was remembered is forgotten."""
        self._customers.clear()
        await self._registry.put_customers(customers)

    async def put_subscriptions(self, subscriptions: Sequence[Subscription]) -> None:
        """Insert or replace."""
        await self._registry.put_subscriptions(subscriptions)
