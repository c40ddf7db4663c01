"""The partners' locations, imported by a programme admin (PROCESS.md, Who may do what)."""

from collections.abc import AsyncGenerator, Iterable

from shared.domain.registry import PartnerLocation
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role
from shared.usecases.import_results import RowResult
from shared.usecases.row_imports import ImportRow, Stored, Upsert, each, import_rows, row_fault
from shared.usecases.services import Services


async def import_partners(
    services: Services, *, caller: Caller, rows: Iterable[ImportRow[PartnerLocation]], dry_run: bool
) -> AsyncGenerator[RowResult]:
    """Each location made, changed or left alone; a location that another organisation has stays that one's.

    A location that claims no more is imported with `active` false. RoleMissingError, ServiceUnavailableError.
    """
    caller.needs(Role.PROGRAM_ADMIN)

    async def look(row: int, location: PartnerLocation) -> Stored[PartnerLocation]:
        owner = await services.registry_admin.location_owner(location.mpn_id)
        if owner is not None and owner != location.organisation:
            message = say("The organisation %(organisation)s has this location.", organisation=owner)
            return Stored(value=None, faults=(row_fault(row, "mpnId", "location-taken", message),))
        stored = await services.registry.location(location.organisation, location.mpn_id)
        return Stored(value=stored, whole=owner is not None)

    upsert = Upsert(key_column="mpnId", look=each(look), put=services.registry.put_locations)
    async for result in import_rows(rows, upsert, dry_run=dry_run):
        yield result
