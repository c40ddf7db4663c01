"""Queue triggers through the local host, on the real emulator (HOST.md, Queues)."""

import base64
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient

from tests.host.running_host import RunningHost, eventually
from tools.host.queue_message import decode

APP = """
import asyncio
import json
import os

import azure.functions as func
from azure.storage.queue.aio import QueueClient

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
runs = []
now = 0
most = 0


@app.queue_trigger(arg_name="message", queue_name="%WORK%", connection="DataStorage")
async def work(message: func.QueueMessage) -> None:
    global now, most
    order = json.loads(message.get_body())
    loop = asyncio.get_running_loop()
    run = {
        "name": order["name"], "began": loop.time(), "id": message.id, "count": message.dequeue_count,
        "inserted": message.insertion_time.isoformat(), "expires": message.expiration_time.isoformat(),
        "visible": message.time_next_visible.isoformat(), "receipt": message.pop_receipt,
    }
    runs.append(run)
    now += 1
    most = max(most, now)
    await asyncio.sleep(order.get("seconds", 0))
    now -= 1
    run["ended"] = loop.time()
    if message.dequeue_count <= order.get("failures", 0):
        raise ValueError("not yet")


@app.route(route="runs")
async def all_runs(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({"runs": runs, "most": most}))


@app.route(route="send")
async def send(req: func.HttpRequest) -> func.HttpResponse:
    async with QueueClient.from_connection_string(os.environ["DataStorage"], os.environ["WORK"]) as queue:
        await queue.send_message(req.get_body().decode(), visibility_timeout=int(req.params.get("delay", "0")))
    return func.HttpResponse()
"""
QUEUES = {"maxDequeueCount": 3, "visibilityTimeout": "00:00:01", "maxPollingInterval": "00:00:30", "batchSize": 4}


def host_json(**queues: Any) -> str:
    """A host.json with these queue settings over the module's own."""
    extensions = {"http": {"routePrefix": ""}, "queues": {**QUEUES, **queues}}
    return json.dumps({"version": "2.0", "extensions": extensions})


def encoded(**order: Any) -> str:
    """An order as the app's own senders write it: base64 JSON."""
    return base64.b64encode(json.dumps(order).encode()).decode()


class Work:
    """One host with its own queue. `send` goes through the app, so that the host hears of it at once."""

    def __init__(self, storage: str, folder: Path, *, create: bool = True, **options: Any) -> None:
        self.name = f"work-{uuid.uuid4().hex[:8]}"
        self.queue = QueueClient.from_connection_string(storage, self.name)
        self.poison = QueueClient.from_connection_string(storage, f"{self.name}-poison")
        if create:
            self.queue.create_queue()
        settings = {"DataStorage": storage, "WORK": self.name, "HOST_QUEUE_LEASE_SECONDS": "2"}
        self.host = RunningHost(folder, APP, host_json=host_json(**options), settings=settings)

    def __enter__(self) -> Self:
        self.host.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.__exit__(None, None, None)
        self.queue.close()
        self.poison.close()

    def send(self, content: str, *, delay: int = 0) -> None:
        """Put a message on the queue."""
        assert self.host.client.post(f"/send?delay={delay}", content=content).status_code == 200

    def runs(self, name: str, *, ended: int = 0) -> list[dict[str, Any]]:
        """The runs of an order so far; with `ended`, once that many ended."""

        def asked() -> list[dict[str, Any]] | None:
            runs: list[dict[str, Any]] = self.host.client.get("/runs").json()["runs"]
            mine = [run for run in runs if run["name"] == name]
            return mine if sum("ended" in run for run in mine) >= ended else None

        return eventually(asked) if ended else asked() or []

    def poisoned(self) -> list[str]:
        """The contents of the poison queue; none while there is no such queue."""
        try:
            return [message.content for message in self.poison.peek_messages(32)]
        except ResourceNotFoundError:
            return []


@pytest.fixture(scope="module")
def work(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """A host with a queue and a lease of two seconds."""
    with Work(azurite, tmp_path_factory.mktemp("queues")) as running:
        yield running


def test_success_deletes_the_message(work: Work) -> None:
    """A message whose function succeeds runs once and is gone; id, times, receipt and count reach the function."""
    work.send(encoded(name="once"))
    (run,) = work.runs("once", ended=1)
    assert run["count"] == 1
    assert uuid.UUID(run["id"])
    assert run["receipt"]
    assert run["inserted"] < run["visible"] < run["expires"]
    eventually(lambda: work.queue.get_queue_properties().approximate_message_count == 0)


def test_failure_comes_again_after_the_visibility_timeout(work: Work) -> None:
    """A failed message waits for visibilityTimeout, then is tried again with a higher count until it succeeds."""
    work.send(encoded(name="twice", failures=1))
    first, second = work.runs("twice", ended=2)
    assert (first["count"], second["count"]) == (1, 2)
    assert second["began"] - first["ended"] >= 0.9
    assert encoded(name="twice", failures=1) not in work.poisoned()


def test_the_last_failure_goes_to_poison(work: Work) -> None:
    """A message that fails maxDequeueCount times is moved to the poison queue as it was, and tried no more."""
    content = encoded(name="never", failures=99)
    work.send(content)
    assert [run["count"] for run in work.runs("never", ended=3)] == [1, 2, 3]
    eventually(lambda: content in work.poisoned())
    assert len(work.runs("never")) == 3


def test_undecodable_messages_go_to_poison_at_once(work: Work) -> None:
    """A message that is not base64 never reaches the function."""
    work.send("not base64!")
    eventually(lambda: "not base64!" in work.poisoned())
    assert "not base64!" not in work.host.log


def test_a_long_run_keeps_its_lease(work: Work) -> None:
    """A run longer than the lease is not started a second time, since the lease is renewed at its half."""
    work.send(encoded(name="long", seconds=3.2))
    (run,) = work.runs("long", ended=1)
    assert run["ended"] - run["began"] >= 3
    eventually(lambda: work.queue.get_queue_properties().approximate_message_count == 0)
    assert len(work.runs("long")) == 1


def test_no_more_than_a_batch_and_its_threshold_run_at_once(work: Work) -> None:
    """Of many messages as many run at once as batchSize and newBatchThreshold together allow, and all get done."""
    for number in range(20):
        work.queue.send_message(encoded(name="many", seconds=0.1, number=number))
    work.send(encoded(name="many", seconds=0.1))
    assert len(work.runs("many", ended=21)) == 21
    assert 4 <= work.host.client.get("/runs").json()["most"] <= 4 + 2


def test_storage_calls_are_counted(work: Work) -> None:
    """Calls of the app and of the listener are counted by kind, empty polls apart, and the count starts anew."""
    assert work.host.client.delete("/.dev/storage-calls").status_code == 204
    work.send(encoded(name="counted"))
    work.runs("counted", ended=1)

    def counted() -> bool:
        calls = work.host.client.get("/.dev/storage-calls").json()
        assert set(calls) == {"table", "blob", "queue", "emptyPolls"}
        assert calls["table"] == calls["blob"] == 0
        # One send, one receive, one delete at least; each empty poll is one more of the queue's.
        return bool(calls["queue"] - calls["emptyPolls"] == 3 and calls["emptyPolls"])

    eventually(counted)
    assert work.host.client.put("/.dev/storage-calls").status_code == 405


def test_a_queue_function_can_be_run_by_hand(work: Work) -> None:
    """POST /admin/functions/{name} runs a queue function with the input as its message and waits for its end."""
    answer = work.host.client.post("/admin/functions/work", json={"input": {"name": "by-hand"}})
    assert (answer.status_code, answer.headers["x-host-outcome"]) == (202, "ok")
    (run,) = work.runs("by-hand")
    assert run["count"] == 1
    answer = work.host.client.post("/admin/functions/work", json={"input": "no order"})
    assert (answer.status_code, answer.headers["x-host-outcome"]) == (202, "failed")


def test_a_missing_queue_is_waited_for(azurite: str, tmp_path: Path) -> None:
    """Listening creates no queue; one that appears later is found, and its messages are taken."""
    with Work(azurite, tmp_path, create=False, maxPollingInterval="00:00:01") as late:
        eventually(lambda: late.host.client.get("/.dev/storage-calls").json()["emptyPolls"])
        with pytest.raises(ResourceNotFoundError):
            late.queue.get_queue_properties()
        late.queue.create_queue()
        late.queue.send_message(encoded(name="late"))
        late.runs("late", ended=1)


def test_a_crash_gives_the_message_back_after_the_lease(azurite: str, tmp_path: Path) -> None:
    """A host killed during a run leaves its message invisible for the lease; the next one runs it, with its count."""
    with Work(azurite, tmp_path, maxPollingInterval="00:00:01") as work:
        work.send(encoded(name="crashed", seconds=60))
        eventually(lambda: work.runs("crashed"))
        work.host.kill()
        assert work.queue.peek_messages() == []
        work.host.start()
        run = eventually(lambda: work.runs("crashed"))[0]
        assert run["count"] == 2


def test_tries_used_up_by_crashes_count(azurite: str, tmp_path: Path) -> None:
    """A message taken more often than maxDequeueCount allows goes to poison without running again."""
    with Work(azurite, tmp_path, maxPollingInterval="00:00:01", maxDequeueCount=1) as work:
        content = encoded(name="fatal", seconds=60)
        work.send(content)
        eventually(lambda: work.runs("fatal"))
        work.host.kill()
        work.host.start()
        eventually(lambda: content in work.poisoned())
        assert work.runs("fatal") == []


def test_plain_messages_are_read_as_they_are() -> None:
    """With messageEncoding none the text is the message; with base64 it is decoded, and None when it cannot be."""
    assert decode("plain {}", base64_encoded=False) == "plain {}"
    assert decode("xYJhZG5pZQ==", base64_encoded=True) == "ładnie"
    assert decode("xYJh ZG5p\nZQ==", base64_encoded=True) == "ładnie"
    assert decode("xYJhZG5pZQ", base64_encoded=True) is None
    assert decode("{}", base64_encoded=True) is None
