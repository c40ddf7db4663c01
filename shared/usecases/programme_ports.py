"""What the programme's own work needs of the world: further Protocols, each with adapter, fake and contract suite."""

from datetime import datetime, timedelta
from typing import Protocol


class RateLimits(Protocol):
    """How often a subject has done something of late, over all instances of the app."""

    async def take(self, *, scope: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
        """Count one more for the subject in the scope, in windows that lie end to end.

        TooManyRequestsError (with `retry_after`) where the present window holds `limit` already;
        ServiceUnavailableError where nobody can count.
        """
