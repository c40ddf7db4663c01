"""All usage, for the programme admin who keeps it (API.md, Reviewers and program admins)."""

from shared.domain.usage import MonthlyUsage
from shared.usecases.callers import Caller, Role
from shared.usecases.registry_records import Place, RegistryPage
from shared.usecases.services import Services


async def export_usage(
    services: Services, *, caller: Caller, behind: Place | None, top: int
) -> RegistryPage[MonthlyUsage]:
    """Everything that was imported, page by page. RoleMissingError."""
    caller.needs(Role.PROGRAM_ADMIN)
    return await services.usage.page(behind=behind, top=top)
