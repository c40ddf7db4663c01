"""The one place that asks for the time; everything else is handed `now`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The time now, UTC-aware. Only the local host and tests ever move `offset`."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The instant that the functions hand to the use cases."""
        return datetime.now(UTC) + self.offset


CLOCK = Clock()
