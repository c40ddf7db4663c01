"""Timer triggers through the local host (HOST.md, Timers)."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tests.host.running_host import RunningHost, eventually
from tools.host.functions import TimerFunction
from tools.host.runtime import Runtime
from tools.host.timers import Timer

APP = """
import asyncio
import json

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
runs = {}
now = {}


async def run(name, timer, seconds=0.0):
    now[name] = now.get(name, 0) + 1
    runs.setdefault(name, []).append({
        "together": now[name], "status": timer.schedule_status, "schedule": timer.schedule, "past_due": timer.past_due,
    })
    await asyncio.sleep(seconds)
    now[name] -= 1


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
async def at_start(timer: func.TimerRequest) -> None:
    await run("at_start", timer)


@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
async def each_second(timer: func.TimerRequest) -> None:
    await run("each_second", timer, seconds=1.5)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
async def by_hand(timer: func.TimerRequest) -> None:
    await run("by_hand", timer, seconds=0.3)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", use_monitor=False, run_on_startup=True)
async def failing(timer: func.TimerRequest) -> None:
    await run("failing", timer)
    raise ValueError("the timer failed")


@app.route(route="runs")
async def all_runs(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(runs))
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host serving the sample app."""
    with RunningHost(tmp_path_factory.mktemp("timers"), APP) as running:
        yield running


def runs(host: RunningHost, name: str) -> list[dict[str, Any]]:
    """The runs of a timer so far."""
    found: list[dict[str, Any]] = host.client.get("/runs").json().get(name, [])
    return found


def test_run_on_startup_runs_once(host: RunningHost) -> None:
    """A timer marked run_on_startup runs at the start, with its status, and then waits for its schedule."""
    (run,) = eventually(lambda: runs(host, "at_start"))
    assert run["past_due"] is False
    assert run["schedule"] == {"AdjustForDST": True}
    assert run["status"]["Next"] == f"{datetime.now(UTC).year + 1}-01-01T00:00:00+00:00"


def test_a_schedule_has_seconds_and_runs_never_overlap(host: RunningHost) -> None:
    """A schedule of every second runs again and again, yet never twice at a time though each run takes longer."""
    seen = eventually(lambda: found if len(found := runs(host, "each_second")) >= 2 else None)
    assert {run["together"] for run in seen} == {1}


def test_by_hand_means_now_and_to_the_end(host: RunningHost) -> None:
    """POST /admin/functions/{name} runs a timer now and answers 202 when the run has ended, without any key."""
    assert runs(host, "by_hand") == []
    began = time.monotonic()
    answer = host.client.post("/admin/functions/by_hand", json={"input": ""})
    assert (answer.status_code, answer.content, answer.headers["x-host-outcome"]) == (202, b"", "ok")
    assert time.monotonic() - began >= 0.3
    assert len(runs(host, "by_hand")) == 1


def test_runs_by_hand_do_not_overlap_either(host: RunningHost) -> None:
    """Two runs asked for at once are run one after the other."""
    before = len(runs(host, "by_hand"))
    askers = [threading.Thread(target=host.client.post, args=("/admin/functions/by_hand",)) for _ in range(3)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert [run["together"] for run in runs(host, "by_hand")[before:]] == [1, 1, 1]


def test_a_failed_run_is_not_repeated(host: RunningHost) -> None:
    """A run that raises is logged and not tried again; an unmonitored timer has no status; by hand it is told."""
    eventually(lambda: runs(host, "failing"))
    answer = host.client.post("/admin/functions/failing")
    assert (answer.status_code, answer.headers["x-host-outcome"]) == (202, "failed")
    assert len(runs(host, "failing")) == 2
    assert runs(host, "failing")[0]["status"] == {}
    assert "ValueError: the timer failed" in host.log


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("nowhere", "{}", 404),
        ("all_runs", "{}", 400),
        ("by_hand", "{", 400),
        ("by_hand", "[]", 400),
        ("by_hand", '{"other": 1}', 400),
    ],
)
def test_bad_requests_run_nothing(host: RunningHost, name: str, content: str, status: int) -> None:
    """Unknown functions, HTTP functions and bad bodies are refused, and nothing runs."""
    before = len(runs(host, "by_hand"))
    assert host.client.post(f"/admin/functions/{name}", content=content).status_code == status
    assert len(runs(host, "by_hand")) == before


def test_only_post_runs_a_function(host: RunningHost) -> None:
    """GET below /admin/functions is not found; the host's status can be asked for."""
    assert host.client.get("/admin/functions/by_hand").status_code == 404
    assert json.loads(host.client.get("/admin/host/status").text) == {"state": "Running"}


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 */5 * * * *", "2026-03-01T10:05:00+00:00"),
        ("30 0 9 * * 1-5", "2026-03-02T09:00:30+00:00"),
        ("*/15 * * * * *", "2026-03-01T10:00:15+00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_the_next_occurrence_has_seconds_first(schedule: str, expected: str) -> None:
    """Schedules have six fields, seconds first, and are UTC."""
    function = TimerFunction("f", "1", "timer", schedule=schedule, run_on_startup=False, monitored=True)
    timer = Timer(function, cast("Runtime", None))
    assert timer.next_after(datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)).isoformat() == expected
