"""A transport under the real SDK clients that numbers every request and can fail at one of them."""

from enum import Enum
from typing import Any, Self

from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport


class ProcessDied(BaseException):
    """The worker is gone in the middle of its work; no code may catch this and go on."""


class Fault(Enum):
    """What happens at the chosen request."""

    DIE_BEFORE = "the process dies before the request"
    DIE_AFTER = "the process dies after the request took effect"
    REPLY_LOST = "the request takes effect, its reply is lost"


class FaultyTransport(AioHttpTransport):
    """Counts requests; at number `at` (from 1) the fault happens. A dead process sends nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.seen: list[str] = []
        self._at: int | None = None
        self._fault = Fault.DIE_BEFORE
        self._dead = False

    def plan(self, at: int | None, fault: Fault = Fault.DIE_BEFORE) -> None:
        """Start counting anew, with this fault ahead (null: none)."""
        self.count, self.seen, self._at, self._fault, self._dead = 0, [], at, fault, False

    @property
    def happened(self) -> bool:
        """Whether the fault was reached."""
        return self._at is not None and self.count >= self._at

    async def send(self, request: Any, **options: Any) -> Any:
        """Send the request, unless it is the one that fails."""
        if self._dead:
            raise ProcessDied
        self.count += 1
        self.seen.append(f"{request.method} {request.url.split('?')[0].rsplit('/devstoreaccount1/', 1)[-1]}")
        mine = self.count == self._at
        if mine and self._fault is Fault.DIE_BEFORE:
            self._dead = True
            raise ProcessDied
        answer = await super().send(request, **options)
        if mine and self._fault is Fault.DIE_AFTER:
            self._dead = True
            raise ProcessDied
        if mine:
            raise ServiceResponseError("the reply was lost")
        return answer

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self
