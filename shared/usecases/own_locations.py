"""The locations that a partner may claim for."""

from shared.domain.registry import PartnerLocation
from shared.usecases.callers import PARTNERS, Caller
from shared.usecases.services import Services


async def own_locations(services: Services, *, caller: Caller) -> tuple[PartnerLocation, ...]:
    """The active locations of the caller's organisation, by MPN ID."""
    caller.needs(*PARTNERS)
    found = await services.registry.locations(caller.organisation)
    return tuple(sorted((one for one in found if one.active), key=lambda one: one.mpn_id))
