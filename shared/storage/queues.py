"""The queues between the functions: base64 JSON that never expires and says only "look at this claim"."""

from datetime import timedelta

from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.work_messages import encoded, wrapped
from shared.usecases.records import Queue, WorkMessage

NEVER_EXPIRES = -1
LONGEST_DELAY = timedelta(days=7) - timedelta(seconds=1)


class StorageWorkQueue:
    """The WorkQueue on storage queues. A send whose reply is lost may be doubled; the handlers do not mind."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> None:
        """Send; the message is invisible for `delay`, at most seven days."""
        seconds = int(min(max(delay, timedelta()), LONGEST_DELAY).total_seconds())
        with service_faults():
            await self._clients.queue(queue.value).send_message(
                encoded(message), visibility_timeout=seconds, time_to_live=NEVER_EXPIRES
            )

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was, visible at once."""
        with service_faults():
            await self._clients.queue(queue.value).send_message(wrapped(body), time_to_live=NEVER_EXPIRES)
