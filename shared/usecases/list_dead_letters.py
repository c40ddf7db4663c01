"""What failed for good, for those who can do something about it (API.md, Reviewers and program admins)."""

from datetime import datetime, timedelta

from shared.usecases.callers import Caller, Role
from shared.usecases.operation_records import DeadLetterPage, DeadLetterPlace
from shared.usecases.services import Services

LOOKED_BACK = timedelta(days=90)


async def list_dead_letters(
    services: Services,
    *,
    caller: Caller,
    since: datetime | None,
    open_only: bool,
    top: int,
    behind: DeadLetterPlace | None,
    now: datetime,
) -> DeadLetterPage:
    """Letters since that day (the last 90 days where none is named), oldest day first."""
    caller.needs(Role.PROGRAM_ADMIN)
    first = since or now - LOOKED_BACK
    return await services.dead_letters.page(since=first, until=now, top=top, open_only=open_only, behind=behind)
