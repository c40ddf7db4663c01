"""The queues in memory, on a clock that the test moves; messages are kept in the form that the real ones have."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.storage.work_messages import decoded, encoded, wrapped
from shared.usecases.records import Queue, WorkMessage


@dataclass
class QueuedMessage:
    """A message as it lies in its queue."""

    text: str
    visible_at: datetime


class FakeWorkQueue:
    """The WorkQueue in memory."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.queued: dict[Queue, list[QueuedMessage]] = {queue: [] for queue in Queue}

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> None:
        """Send; the message can be taken once the clock has passed the delay."""
        await asyncio.sleep(0)
        self.queued[queue].append(QueuedMessage(text=encoded(message), visible_at=self._clock() + delay))

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was."""
        await asyncio.sleep(0)
        self.queued[queue].append(QueuedMessage(text=wrapped(body), visible_at=self._clock()))

    def take(self, queue: Queue) -> WorkMessage | None:
        """The message that became visible first, out of the queue; null where none is visible."""
        text = self._take(queue)
        return None if text is None else decoded(text)

    def take_text(self, queue: Queue) -> str | None:
        """The same message's body, as the platform hands it over."""
        text = self._take(queue)
        return None if text is None else base64.b64decode(text).decode()

    def _take(self, queue: Queue) -> str | None:
        visible = [message for message in self.queued[queue] if message.visible_at <= self._clock()]
        if not visible:
            return None
        first = min(visible, key=lambda message: message.visible_at)
        self.queued[queue].remove(first)
        return first.text

    def waiting(self, queue: Queue) -> tuple[WorkMessage, ...]:
        """Every message in the queue, visible or not, in the order sent."""
        return tuple(decoded(message.text) for message in self.queued[queue])
