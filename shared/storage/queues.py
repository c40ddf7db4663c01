"""The queues between the functions: base64 JSON that never expires and says only "look at this claim"."""

from datetime import timedelta

from azure.core.exceptions import HttpResponseError

from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.work_messages import encoded, wrapped
from shared.usecases.records import Queue, SentMessage, WorkMessage

NEVER_EXPIRES = -1
LONGEST_DELAY = timedelta(days=7) - timedelta(seconds=1)


class StorageWorkQueue:
    """The WorkQueue on storage queues. A send whose reply is lost may be doubled; the handlers do not mind."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> SentMessage:
        """Send; the message is invisible for `delay`, at most seven days."""
        seconds = int(min(max(delay, timedelta()), LONGEST_DELAY).total_seconds())
        with service_faults():
            sent = await self._clients.queue(queue.value).send_message(
                encoded(message), visibility_timeout=seconds, time_to_live=NEVER_EXPIRES
            )
        return SentMessage(queue=queue, message=message, message_id=sent.id, receipt=sent.pop_receipt or "")

    async def hasten(self, sent: SentMessage, instead: WorkMessage) -> None:
        """Let the delayed message come at once, saying this instead; one that somebody took is sent anew."""
        with service_faults():
            try:
                await self._clients.queue(sent.queue.value).update_message(
                    sent.message_id, sent.receipt, visibility_timeout=0, content=encoded(instead)
                )
            except HttpResponseError as error:
                if not _is_out_of_hand(error):
                    raise
            else:
                return
        await self.send(sent.queue, instead)

    async def recall(self, sent: SentMessage) -> None:
        """Take the delayed message back; where somebody took it, it finds nothing to do."""
        with service_faults():
            try:
                await self._clients.queue(sent.queue.value).delete_message(sent.message_id, sent.receipt)
            except HttpResponseError as error:
                if not _is_out_of_hand(error):
                    raise

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was, visible at once."""
        with service_faults():
            await self._clients.queue(queue.value).send_message(wrapped(body), time_to_live=NEVER_EXPIRES)

    async def backlog(self, queue: Queue) -> int:
        """What the service says: never fewer than there are, at times more."""
        with service_faults():
            properties = await self._clients.queue(queue.value).get_queue_properties()
        return properties.approximate_message_count or 0


def _is_out_of_hand(error: HttpResponseError) -> bool:
    """Whether the message is gone, or somebody has received it since."""
    return getattr(error, "error_code", None) in {"MessageNotFound", "PopReceiptMismatch"}
