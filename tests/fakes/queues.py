"""The queues in memory, on a clock that the test moves; messages are kept in the form that the real ones have."""

import asyncio
import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.storage.work_messages import decoded, encoded, wrapped
from shared.usecases.records import Queue, SentMessage, WorkMessage


@dataclass
class QueuedMessage:
    """A message as it lies in its queue."""

    text: str
    visible_at: datetime
    receipt: str = field(default_factory=lambda: str(uuid.uuid4()))


class FakeWorkQueue:
    """The WorkQueue in memory."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.queued: dict[Queue, list[QueuedMessage]] = {queue: [] for queue in Queue}

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> SentMessage:
        """Send; the message can be taken once the clock has passed the delay."""
        await asyncio.sleep(0)
        queued = QueuedMessage(text=encoded(message), visible_at=self._clock() + delay)
        self.queued[queue].append(queued)
        return SentMessage(queue=queue, message=message, message_id=str(id(queued)), receipt=queued.receipt)

    async def hasten(self, sent: SentMessage, instead: WorkMessage) -> None:
        """Let the message come at once, saying this instead; one that was taken is sent anew."""
        await asyncio.sleep(0)
        for queued in self._those(sent):
            queued.text, queued.visible_at, queued.receipt = encoded(instead), self._clock(), str(uuid.uuid4())
            return
        await self.send(sent.queue, instead)

    async def recall(self, sent: SentMessage) -> None:
        """Take the message back where nobody has taken it."""
        await asyncio.sleep(0)
        for queued in self._those(sent):
            self.queued[sent.queue].remove(queued)

    def _those(self, sent: SentMessage) -> list[QueuedMessage]:
        return [queued for queued in self.queued[sent.queue] if queued.receipt == sent.receipt]

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was."""
        await asyncio.sleep(0)
        self.queued[queue].append(QueuedMessage(text=wrapped(body), visible_at=self._clock()))

    async def backlog(self, queue: Queue) -> int:
        """How many messages there are, visible or not."""
        await asyncio.sleep(0)
        return len(self.queued[queue])

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
