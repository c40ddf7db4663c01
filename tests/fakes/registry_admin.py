"""The registries in memory, as those see them who keep them."""

import asyncio
from collections.abc import Iterable

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.usecases.registry_records import Place, RegistryPage
from tests.fakes.registry import FakeRegistry


class FakeRegistryAdmin:
    """The RegistryAdmin on the registry in memory."""

    def __init__(self, registry: FakeRegistry) -> None:
        self._registry = registry

    async def location_owner(self, mpn_id: str) -> str | None:
        """The organisation that was given the location last."""
        await asyncio.sleep(0)
        owners = [one.organisation for one in self._registry.every_location if one.mpn_id == mpn_id]
        return owners[-1] if owners else None

    async def domain_owner(self, domain: str) -> str | None:
        """The tenant that was given the domain last."""
        await asyncio.sleep(0)
        owners = [one.tenant_id for one in self._registry.every_customer if domain in one.domains]
        return owners[-1] if owners else None

    async def locations(self, *, behind: Place | None, top: int) -> RegistryPage[PartnerLocation]:
        """Locations in order of organisation and MPN ID."""
        rows = (((one.organisation, one.mpn_id), one) for one in self._registry.every_location)
        return await _page(rows, behind=behind, top=top)

    async def customers(self, *, behind: Place | None, top: int) -> RegistryPage[RegisteredCustomer]:
        """Customers in order of tenant."""
        rows = (((one.tenant_id, "customer"), one) for one in self._registry.every_customer)
        return await _page(rows, behind=behind, top=top)

    async def subscriptions(self, *, behind: Place | None, top: int) -> RegistryPage[Subscription]:
        """Subscriptions in order of tenant and subscription ID."""
        rows = (((one.tenant_id, one.subscription_id), one) for one in self._registry.every_subscription)
        return await _page(rows, behind=behind, top=top)


async def _page[T](rows: Iterable[tuple[Place, T]], *, behind: Place | None, top: int) -> RegistryPage[T]:
    await asyncio.sleep(0)
    most = min(top, 1000)
    left = sorted(((place, one) for place, one in rows if behind is None or place > behind), key=lambda row: row[0])
    items = tuple(one for _, one in left[:most])
    return RegistryPage(items=items, behind=left[most - 1][0] if len(left) > most else None)
