"""The registries, page by page, for whoever keeps them (API.md, Reviewers and program admins).

Each reads at most `top` rows (1,000) from the place on, in order of their owners, and raises RoleMissingError. A whole
table is no question of a hot path: nothing but an admin's export asks it.
"""

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.usecases.callers import Caller, Role
from shared.usecases.registry_records import Place, RegistryPage
from shared.usecases.services import Services


async def read_partners(
    services: Services, *, caller: Caller, behind: Place | None, top: int
) -> RegistryPage[PartnerLocation]:
    """The partners' locations."""
    caller.needs(Role.PROGRAM_ADMIN)
    return await services.registry_admin.locations(behind=behind, top=top)


async def read_customers(
    services: Services, *, caller: Caller, behind: Place | None, top: int
) -> RegistryPage[RegisteredCustomer]:
    """The customers' tenants."""
    caller.needs(Role.PROGRAM_ADMIN)
    return await services.registry_admin.customers(behind=behind, top=top)


async def read_subscriptions(
    services: Services, *, caller: Caller, behind: Place | None, top: int
) -> RegistryPage[Subscription]:
    """The customers' subscriptions."""
    caller.needs(Role.PROGRAM_ADMIN)
    return await services.registry_admin.subscriptions(behind=behind, top=top)
