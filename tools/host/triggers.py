"""Queue listeners and timers of one app, started and stopped together."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING

from tools.host.errors import StartError
from tools.host.functions import FunctionSet
from tools.host.host_json import QueueSettings
from tools.host.runtime import Runtime
from tools.host.storage_accounts import connection_string
from tools.host.storage_calls import StorageCalls
from tools.host.timers import Timer

if TYPE_CHECKING:
    from tools.host.queue_listener import QueueListener

_LOG = logging.getLogger("tools.host.triggers")


class Triggers:
    """What runs functions without a request."""

    def __init__(self, functions: FunctionSet, settings: QueueSettings, runtime: Runtime, calls: StorageCalls) -> None:
        connections = {one.name: connection_string(one.connection) for one in functions.queues}
        missing = [
            f"function {one.name}: the setting {one.connection} holds no storage connection string"
            for one in functions.queues
            if not connections[one.name]
        ]
        if missing:
            raise StartError(missing)
        self.timers = {function.name: Timer(function, runtime) for function in functions.timers}
        self._listeners = _listeners(functions, connections, settings, runtime, calls)
        calls.on_message = self._message_sent
        self._loops: list[asyncio.Task[None]] = []
        self._clocks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen and to keep time."""
        self._loops = [self._watched(listener.listen()) for listener in self._listeners]
        self._clocks = [self._watched(timer.keep_time()) for timer in self.timers.values()]

    def stop(self) -> None:
        """Take no further message, begin no further run by the clock."""
        for listener in self._listeners:
            listener.stop()
        for timer in self.timers.values():
            timer.stop()

    async def drain(self) -> None:
        """Wait for the messages in work."""
        await asyncio.gather(*self._loops, return_exceptions=True)
        await asyncio.gather(*(listener.drain() for listener in self._listeners))

    async def close(self) -> None:
        """End what is left."""
        for task in [*self._loops, *self._clocks]:
            task.cancel()
        await asyncio.gather(*self._loops, *self._clocks, return_exceptions=True)
        await asyncio.gather(*(listener.close() for listener in self._listeners))

    def _message_sent(self, queue_url: str, delay: float) -> None:
        for listener in self._listeners:
            if listener.queue_url == queue_url:
                listener.wake_in(delay)

    @staticmethod
    def _watched(coroutine: Coroutine[None, None, None]) -> asyncio.Task[None]:
        async def watch() -> None:
            try:
                await coroutine
            except Exception:
                _LOG.exception("a trigger stopped: this is a fault of the local host, restart it")
                raise

        return asyncio.create_task(watch())


def _listeners(
    functions: FunctionSet,
    connections: Mapping[str, str | None],
    settings: QueueSettings,
    runtime: Runtime,
    calls: StorageCalls,
) -> list["QueueListener"]:
    if not functions.queues:
        return []
    from tools.host.queue_listener import QueueListener

    return [
        QueueListener(function, connections[function.name] or "", settings, runtime, calls)
        for function in functions.queues
    ]
