"""A message may be quicker than the row that it speaks of (STORAGE.md, Order of writes)."""

from datetime import datetime, timedelta

from shared.usecases.records import Queue, WorkMessage
from shared.usecases.services import Services

ABSENT_FOR_AT_MOST = timedelta(hours=1)
ABSENT_DELAY = timedelta(seconds=30)


async def look_again(services: Services, queue: Queue, message: WorkMessage, *, now: datetime) -> None:
    """Send the message again later, until it is an hour old: the claim that it is about is not there, or not yet."""
    if now - message.sent_at < ABSENT_FOR_AT_MOST:
        await services.queue.send(queue, message, delay=ABSENT_DELAY)
