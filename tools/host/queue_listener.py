"""Queue triggers: polling, leases, tries, poison (HOST.md, Queues)."""

import asyncio
import contextlib
import logging
import os
import random

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from tools.host.functions import QueueFunction
from tools.host.host_json import QueueSettings
from tools.host.protos import TypedData
from tools.host.queue_message import decode, metadata
from tools.host.runtime import Runtime
from tools.host.storage_accounts import authority
from tools.host.storage_calls import StorageCalls

_LOG = logging.getLogger("tools.host.queues")
_FIRST_PAUSE = 0.1
_LEASE_SECONDS = 600.0
_SHORTEST_LEASE = 1.0
_LONGEST_REMINDER = 3600.0


def lease_seconds() -> float:
    """Return how long a taken message stays invisible: ten minutes, or HOST_QUEUE_LEASE_SECONDS (at least 1)."""
    return max(_SHORTEST_LEASE, float(os.environ.get("HOST_QUEUE_LEASE_SECONDS", _LEASE_SECONDS)))


class QueueListener:
    """Feeds one function from one queue."""

    def __init__(
        self, function: QueueFunction, connection: str, settings: QueueSettings, runtime: Runtime, calls: StorageCalls
    ) -> None:
        self._function = function
        self._settings = settings
        self._runtime = runtime
        self._calls = calls
        self._lease = int(lease_seconds())
        self._queue, self._poison = (
            QueueClient.from_connection_string(connection, name, initial_backoff=0, increment_base=1, retry_total=2)
            for name in (function.queue, f"{function.queue}-poison")
        )
        path = self._queue.url.split("://", 1)[-1].split("?", 1)[0]
        self.queue_url = f"{authority(self._queue.url)}/{path.split('/', 1)[-1]}"
        self._wake = asyncio.Event()
        self._freed = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._reachable = True

    def wake_in(self, seconds: float) -> None:
        """Look again in so many seconds; a wait of more than an hour is left to the polling."""
        if seconds <= 0:
            self._wake.set()
        elif seconds <= _LONGEST_REMINDER:
            asyncio.get_running_loop().call_later(seconds, self._wake.set)

    async def listen(self) -> None:
        """Take messages until stopped. A queue that is missing or out of reach is looked for again."""
        pause = 0.0
        while not self._stopping:
            self._wake.clear()
            messages = await self._receive()
            if messages:
                pause = 0.0
                for message in messages:
                    task = asyncio.create_task(self._handle(message))
                    self._working.add(task)
                    task.add_done_callback(self._done)
                await self._room()
                continue
            longest = self._settings.max_polling_interval
            pause = min(longest, max(_FIRST_PAUSE, pause * 2 * random.uniform(0.8, 1.2)))  # noqa: S311 - jitter
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
                    pause = 0.0

    def stop(self) -> None:
        """Take no further message."""
        self._stopping = True
        self._wake.set()
        self._freed.set()

    async def drain(self) -> None:
        """Wait for the messages in work."""
        if self._working:
            await asyncio.wait(self._working)

    async def close(self) -> None:
        """Give up what is still running, as a crash would, and close the connections."""
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        await self._queue.close()
        await self._poison.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._freed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("queue %s: a message could not be settled", self._function.queue, exc_info=error)

    async def _room(self) -> None:
        while len(self._working) > self._settings.new_batch_threshold and not self._stopping:
            self._freed.clear()
            await self._freed.wait()

    async def _receive(self) -> list[QueueMessage]:
        taken: list[QueueMessage] = []
        try:
            pages = self._queue.receive_messages(
                max_messages=self._settings.batch_size,
                messages_per_page=self._settings.batch_size,
                visibility_timeout=self._lease,
            ).by_page()
            async for page in pages:
                taken = [message async for message in page]
                break
        except ResourceNotFoundError:
            self._calls.note_empty_poll()
            return []
        except AzureError as error:
            if self._reachable:
                _LOG.warning("queue %s is out of reach: %s", self._function.queue, type(error).__name__)
            self._reachable = False
            return []
        self._reachable = True
        if not taken:
            self._calls.note_empty_poll()
        return taken

    async def _handle(self, message: QueueMessage) -> None:
        text = decode(message.content, base64_encoded=self._settings.base64)
        if text is None or (message.dequeue_count or 0) > self._settings.max_dequeue_count:
            # Undecodable, or left by crashes until its tries were used up: it never reaches the function.
            await self._to_poison(message)
            return
        done = asyncio.Event()
        renewal = asyncio.create_task(self._renew(message, done))
        try:
            succeeded = await self._runtime.run(
                self._function.name,
                self._function.function_id,
                {self._function.parameter: TypedData(string=text)},
                metadata(message, text),
            )
        finally:
            # A renewal under way is let through: it changes the receipt that deleting needs.
            done.set()
            await renewal
        try:
            await self._settle(message, succeeded=succeeded)
        except ResourceNotFoundError:
            _LOG.warning("queue %s: a message's lease was lost; it will come again", self._function.queue)

    async def _settle(self, message: QueueMessage, *, succeeded: bool) -> None:
        if succeeded:
            await self._queue.delete_message(message)
        elif (message.dequeue_count or 0) >= self._settings.max_dequeue_count:
            await self._to_poison(message)
        else:
            again = int(self._settings.visibility_timeout)
            await self._queue.update_message(message, visibility_timeout=again)
            self.wake_in(again)

    async def _renew(self, message: QueueMessage, done: asyncio.Event) -> None:
        """Take the lease anew at its half, for as long as the function runs."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._lease / 2):
                    await done.wait()
            if done.is_set():
                return
            try:
                renewed = await self._queue.update_message(message, visibility_timeout=self._lease)
            except AzureError as error:
                _LOG.warning("queue %s: a lease was not renewed: %s", self._function.queue, type(error).__name__)
                continue
            message.pop_receipt = renewed.pop_receipt

    async def _to_poison(self, message: QueueMessage) -> None:
        """Copy the message as it came to the poison queue, created when needed, then delete it."""
        try:
            await self._poison.send_message(message.content)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                await self._poison.create_queue()
            await self._poison.send_message(message.content)
        await self._queue.delete_message(message)
        _LOG.error("queue %s: message %s moved to %s-poison", self._function.queue, message.id, self._function.queue)
