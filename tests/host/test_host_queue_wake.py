"""How a listener that sleeps learns of messages its own process sent (HOST.md, Queues)."""

import asyncio
import time
from typing import Any

import pytest
from azure.core.rest import HttpRequest

from tools.host.functions import QueueFunction
from tools.host.host_json import QueueSettings
from tools.host.queue_listener import QueueListener
from tools.host.runtime import Runtime
from tools.host.storage_calls import StorageCalls
from tools.local_environment import written_out


def idle_listener(storage: str, monkeypatch: pytest.MonkeyPatch) -> tuple[QueueListener, asyncio.Queue[float]]:
    """A listener on an empty queue that sleeps for half a minute after its first look; and the times of its looks."""
    function = QueueFunction("work", "1", "message", queue="jobs", connection="DataStorage")
    settings = QueueSettings(max_polling_interval=60.0)
    listener = QueueListener(function, storage, settings, Runtime(), StorageCalls())
    looks: asyncio.Queue[float] = asyncio.Queue()

    async def look() -> list[Any]:
        looks.put_nowait(time.monotonic())
        return []

    monkeypatch.setattr(listener, "_receive", look)
    monkeypatch.setattr("tools.host.queue_listener._FIRST_PAUSE", 30.0)
    return listener, looks


@pytest.mark.parametrize("delay", [0.0, 0.2])
async def test_a_sleeping_listener_is_woken(monkeypatch: pytest.MonkeyPatch, delay: float) -> None:
    """Told of a message, a listener in a long pause looks as soon as the message is visible, and no sooner."""
    listener, looks = idle_listener(written_out("UseDevelopmentStorage=true"), monkeypatch)
    listening = asyncio.create_task(listener.listen())
    await looks.get()
    told = time.monotonic()
    listener.wake_in(delay)
    async with asyncio.timeout(5):
        assert await looks.get() - told >= delay - 0.01
    listener.stop()
    await listening
    await listener.close()


@pytest.mark.parametrize(
    ("method", "query", "status", "told"),
    [
        ("POST", "", 201, [0.0]),
        ("POST", "?messagettl=-1&visibilitytimeout=60", 201, [60.0]),
        ("POST", "", 404, []),
        ("GET", "", 200, []),
    ],
)
async def test_a_message_the_app_sent_is_told(
    monkeypatch: pytest.MonkeyPatch, method: str, query: str, status: int, told: list[float]
) -> None:
    """A message sent successfully over the wire is told with its queue, as its listener knows it, and its delay."""
    storage = written_out("UseDevelopmentStorage=true")
    monkeypatch.setenv("DataStorage", storage)
    listener, _ = idle_listener(storage, monkeypatch)
    calls = StorageCalls()
    heard: list[tuple[str, float]] = []
    calls.on_message = lambda queue, delay: heard.append((queue, delay))
    url = f"http://127.0.0.1:10001/devstoreaccount1/jobs/messages{query}"
    calls._tell(HttpRequest(method, url), status)
    assert heard == [(listener.queue_url, delay) for delay in told]
    await listener.close()
