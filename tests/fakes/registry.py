"""The registry in memory."""

import asyncio
from collections.abc import Sequence

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage import keys


class FakeRegistry:
    """The Registry in memory."""

    def __init__(self) -> None:
        self._locations: dict[tuple[str, str], PartnerLocation] = {}
        self._customers: dict[str, RegisteredCustomer] = {}
        self._subscriptions: dict[str, Subscription] = {}

    async def location(self, organisation: str, mpn_id: str) -> PartnerLocation | None:
        """The organisation's location of that MPN ID."""
        await asyncio.sleep(0)
        return self._locations.get((organisation, mpn_id))

    async def is_partner(self, organisation: str) -> bool:
        """Whether the organisation has a location."""
        return bool(await self.locations(organisation))

    async def locations(self, organisation: str) -> tuple[PartnerLocation, ...]:
        """Every location of the organisation, in order of MPN ID."""
        await asyncio.sleep(0)
        return tuple(self._locations[key] for key in sorted(self._locations) if key[0] == organisation)

    async def customer(self, tenant_id: str) -> RegisteredCustomer | None:
        """The tenant, where it is registered."""
        await asyncio.sleep(0)
        return self._customers.get(tenant_id)

    async def subscriptions(self, tenant_id: str) -> tuple[Subscription, ...]:
        """Every subscription of the tenant, in order of ID."""
        await asyncio.sleep(0)
        known = sorted(self._subscriptions.items())
        return tuple(subscription for _, subscription in known if subscription.tenant_id == tenant_id)

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription, whosever it is."""
        await asyncio.sleep(0)
        return self._subscriptions.get(subscription_id)

    @property
    def every_location(self) -> tuple[PartnerLocation, ...]:
        """All locations, the one written last at the end."""
        return tuple(self._locations.values())

    @property
    def every_customer(self) -> tuple[RegisteredCustomer, ...]:
        """All customers, the one written last at the end."""
        return tuple(self._customers.values())

    @property
    def every_subscription(self) -> tuple[Subscription, ...]:
        """All subscriptions."""
        return tuple(self._subscriptions.values())

    async def put_locations(self, locations: Sequence[PartnerLocation]) -> None:
        """Insert or replace."""
        for location in locations:
            self._locations.pop((location.organisation, location.mpn_id), None)
            self._locations[keys.checked(location.organisation), keys.checked(location.mpn_id)] = location

    async def put_customers(self, customers: Sequence[RegisteredCustomer]) -> None:
        """Insert or replace."""
        for customer in customers:
            self._customers.pop(customer.tenant_id, None)
            self._customers[keys.checked(customer.tenant_id)] = customer

    async def put_subscriptions(self, subscriptions: Sequence[Subscription]) -> None:
        """Insert or replace."""
        for subscription in subscriptions:
            self._subscriptions[keys.checked(subscription.subscription_id)] = subscription
