"""Whether the app can do its work: storage answers."""

from datetime import datetime

from shared.usecases.services import Services


async def check_health(services: Services, *, now: datetime) -> None:
    """Ask the table of deadlines for one row. ServiceUnavailableError where storage does not answer."""
    await services.deadlines.due(now, limit=1)
