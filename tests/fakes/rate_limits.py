"""Rate limits in memory."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from shared.storage import keys
from shared.usecases.rate_limits import refusal, window_start


class FakeRateLimits:
    """The RateLimits in memory."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, datetime]] = Counter()

    async def take(self, *, scope: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
        """Count one more, unless the window is full."""
        await asyncio.sleep(0)
        place = keys.checked(keys.rate_partition(scope, subject)), window_start(now, window)
        if self.taken[place] >= limit:
            raise refusal(now, window)
        self.taken[place] += 1
