"""A transport under the real SDK clients that performs a chosen request and then loses its reply."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import Any

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport

FOR_EVER = 10**6


class Loss(Enum):
    """What the client sees of a request."""

    NOTHING = "the request takes effect, the connection breaks"
    SERVER_ERROR = "the request takes effect, the answer says 500"
    UNREACHABLE = "the request does not take effect, for there is no connection"


@dataclass
class Planned:
    """A loss to come, for the next `times` requests of that method whose URL has that text."""

    method: str
    within: str
    loss: Loss
    times: int


class LossyTransport(AioHttpTransport):  # type: ignore[misc]  # the SDK loads it lazily
    """Passes requests on and counts them by method; loses what it was asked to lose."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: Counter[str] = Counter()
        self._planned: list[Planned] = []

    def lose(self, method: str, within: str, loss: Loss, *, times: int = 1) -> None:
        """Lose the next replies of such requests."""
        self._planned.append(Planned(method, within, loss, times))

    def forget(self) -> None:
        """Lose nothing more."""
        self._planned.clear()

    @property
    def outstanding(self) -> int:
        """How many planned losses did not happen yet."""
        return sum(plan.times for plan in self._planned)

    def _due(self, request: Any) -> Loss | None:
        for plan in self._planned:
            if plan.times and plan.method == request.method and plan.within in request.url:
                plan.times -= 1
                return plan.loss
        return None

    async def send(self, request: Any, **options: Any) -> Any:
        """Send the request; a planned loss hides what came of it."""
        self.sent[request.method] += 1
        loss = self._due(request)
        if loss is Loss.UNREACHABLE:
            raise ServiceRequestError("there is no connection")
        answer = await super().send(request, **options)
        if loss is Loss.NOTHING:
            raise ServiceResponseError("the reply was lost")
        if loss is Loss.SERVER_ERROR:
            answer.status_code = 500
        return answer
