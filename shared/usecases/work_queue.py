"""The queues between the functions, as the use cases need them (STORAGE.md, Order of writes)."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from shared.domain.claim import Claim
from shared.usecases.records import Queue, SentMessage, ServiceUnavailableError, WorkMessage


class WorkQueue(Protocol):
    """The queues between the functions."""

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> SentMessage:
        """Send; the message never expires. It may arrive twice or late."""

    async def hasten(self, sent: SentMessage, instead: WorkMessage) -> None:
        """Let the delayed message come at once, saying this instead; one that is gone is sent anew."""

    async def recall(self, sent: SentMessage) -> None:
        """Take the delayed message back where nobody has taken it yet."""

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was."""

    async def backlog(self, queue: Queue) -> int:
        """About how many messages the queue holds, those included that somebody is working on."""


@dataclass(slots=True)
class Kept:
    """What a handler keeps that carries out by itself what its commits leave outstanding.

    `messages` are the claim's recovery messages, `claim` is it as last committed, null where nothing was, and `step`
    the event that did it.
    """

    messages: list[SentMessage] = field(default_factory=list)
    claim: Claim | None = None
    step: str = ""


async def take_back(queue: WorkQueue, kept: Kept) -> None:
    """Recall the messages of work that is done; one that stays finds nothing to do."""
    messages, kept.messages = kept.messages, []
    with suppress(ServiceUnavailableError):
        for sent in messages:
            await queue.recall(sent)
