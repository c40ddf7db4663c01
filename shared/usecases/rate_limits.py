"""How often somebody may do something: fixed windows, the same for every instance of the app."""

from datetime import UTC, datetime, timedelta

from shared.domain.errors import DomainError
from shared.domain.sayings import say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TooManyRequestsError(DomainError):
    """The subject has done this as often as it may for now; `retry_after` is how long to wait."""

    code = "too-many-requests"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(say("You have asked very often. Wait a little and try again."))
        self.retry_after = retry_after


def window_start(now: datetime, window: timedelta) -> datetime:
    """When the window that `now` lies in began: windows lie end to end from the epoch on (UTC)."""
    return now - (now - _EPOCH) % window


def refusal(now: datetime, window: timedelta) -> TooManyRequestsError:
    """The error of one who comes too often in the present window: waiting for the next one helps."""
    return TooManyRequestsError(window_start(now, window) + window - now)
