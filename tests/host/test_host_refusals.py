"""What the host refuses to start on (HOST.md: any binding or host.json key it does not know)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.host.running_host import RunningHost
from tools.host.errors import StartError
from tools.host.functions import read_functions
from tools.host.host_json import HostJson, QueueSettings, parse_span, read_host_json
from tools.host.protos import RpcFunctionMetadata, RpcRetryOptions


def host_json(folder: Path, content: object) -> HostJson:
    """Read this content as host.json."""
    path = folder / "host.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_host_json(path)


def metadata(trigger: dict[str, Any], *others: dict[str, Any], retry: bool = False) -> RpcFunctionMetadata:
    """A function as the engine describes it."""
    bindings = [{"direction": "IN", "name": "arg", **trigger}, *others]
    return RpcFunctionMetadata(
        name="f",
        function_id="1",
        raw_bindings=[json.dumps(binding) for binding in bindings],
        retry_options=RpcRetryOptions(max_retry_count=3) if retry else None,
    )


UNCONNECTED = """
import azure.functions as func

app = func.FunctionApp()


@app.queue_trigger(arg_name="m", queue_name="q", connection="NOWHERE")
async def take(m: func.QueueMessage) -> None: ...
"""
QUEUE = {"type": "queueTrigger", "queueName": "work", "connection": "DataStorage"}
TIMER = {"type": "timerTrigger", "schedule": "0 */5 * * * *"}
HTTP = {"type": "httpTrigger", "authLevel": "ANONYMOUS", "route": "x", "methods": ["GET"]}


def test_defaults_are_the_extensions_own(tmp_path: Path) -> None:
    """Without a word in host.json the prefix is api and queues have the extension's defaults."""
    read = host_json(tmp_path, {"version": "2.0"})
    assert read == HostJson()
    assert read.route_prefix == "api"
    assert read.queues == QueueSettings(16, 8, 5, 0.0, 60.0, base64=True)


def test_every_queue_setting_is_read(tmp_path: Path) -> None:
    """All six queue settings come out as they were written; the threshold follows the batch size."""
    queues = {
        "batchSize": 4,
        "maxDequeueCount": 2,
        "visibilityTimeout": "00:00:30",
        "maxPollingInterval": "00:00:02",
        "messageEncoding": "none",
    }
    read = host_json(tmp_path, {"version": "2.0", "extensions": {"queues": queues}})
    assert read.queues == QueueSettings(4, 2, 2, 30.0, 2.0, base64=False)
    read = host_json(tmp_path, {"version": "2.0", "extensions": {"queues": {**queues, "newBatchThreshold": 9}}})
    assert read.queues.new_batch_threshold == 9


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Unknown keys at every level and bad values are all named in one error."""
    with pytest.raises(StartError) as caught:
        host_json(
            tmp_path,
            {
                "version": "1.0",
                "healthMonitor": {},
                "functionTimeout": "soon",
                "extensions": {
                    "http": {"routePrefix": "", "dynamicThrottles": True, "customHeaders": {"X": 1}},
                    "queues": {"batchSize": 64, "maxPollingInterval": 2000, "messageEncoding": "utf-7", "poison": True},
                    "serviceBus": {},
                },
            },
        )
    told = str(caught.value)
    for word in (
        "version must be",
        "healthMonitor is not known",
        "functionTimeout",
        "extensions.serviceBus is not known",
        "extensions.http.dynamicThrottles is not known",
        "customHeaders",
        "extensions.queues.poison is not known",
        "batchSize",
        "maxPollingInterval",
        "messageEncoding",
    ):
        assert word in told


@pytest.mark.parametrize("content", ["{", "[]", '{"version": "2.0", "extensions": []}'])
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    """What is no JSON object is a StartError, not a crash."""
    with pytest.raises(StartError, match=r"host\.json"):
        host_json(tmp_path, content)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Without host.json there is no app to serve."""
    with pytest.raises(StartError, match="is missing"):
        read_host_json(tmp_path / "host.json")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00:02", 2.0), ("01:02:03.5", 3723.5), ("1.00:00:00", 86400.0), ("24:00:00", None), ("5", None), (5, None)],
)
def test_time_spans_are_hours_minutes_seconds(text: object, seconds: float | None) -> None:
    """Spans are [d.]hh:mm:ss; anything else is none."""
    assert parse_span(text) == seconds


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        ([{"type": "blobTrigger", "path": "x"}], "binding type blobTrigger"),
        ([{**QUEUE, "cardinality": "many"}], "keys not known .*cardinality"),
        ([{**QUEUE, "dataType": "BINARY"}], "dataType"),
        ([HTTP, {"type": "queue", "direction": "OUT", "name": "out", "queueName": "x"}], r"binding type queue \(out\)"),
        ([{**HTTP, "route": "/x"}], "must not start with /"),
        ([{**HTTP, "route": "admin/x"}], "reserved"),
        ([{**HTTP, "authLevel": "SYSTEM"}], "authLevel"),
        ([{**HTTP, "methods": ["BREW"]}], "methods"),
        ([{**TIMER, "schedule": "*/5 * * * *"}], "six-field"),
        ([{**TIMER, "schedule": "00:05:00"}], "six-field"),
        ([{**TIMER, "schedule": "0 0 25 * * *"}], "six-field"),
        ([{**QUEUE, "queueName": "%MISSING%"}], "needs the setting MISSING"),
        ([HTTP, {**TIMER, "direction": "IN", "name": "t"}], "exactly one trigger"),
    ],
)
def test_what_would_run_differently_is_refused(bindings: list[dict[str, Any]], message: str) -> None:
    """Unknown binding types and keys, bad routes, schedules and settings are a StartError that names the function."""
    with pytest.raises(StartError, match=f"function f: .*{message}"):
        read_functions([metadata(*bindings)], route_prefix="", settings={})


@pytest.mark.parametrize("trigger", [QUEUE, TIMER, HTTP])
def test_retry_policies_are_refused(trigger: dict[str, Any]) -> None:
    """A retry policy, which Azure ignores on queue triggers, is refused rather than ignored in silence."""
    with pytest.raises(StartError, match="@retry is refused"):
        read_functions([metadata(trigger, retry=True)], route_prefix="", settings={})


def test_settings_are_put_into_bindings() -> None:
    """`%SETTING%` in queue names and schedules becomes the setting's value; the default connection is the app's own."""
    settings = {"QUEUE": "orders", "SCHEDULE": "0 0 3 * * *"}
    queue = read_functions(
        [metadata({"type": "queueTrigger", "queueName": "new-%QUEUE%"})], route_prefix="", settings=settings
    ).queues[0]
    timer = read_functions([metadata({**TIMER, "schedule": "%SCHEDULE%"})], route_prefix="", settings=settings).timers[
        0
    ]
    assert (queue.queue, queue.connection) == ("new-orders", "AzureWebJobsStorage")
    assert timer.schedule == "0 0 3 * * *"


def test_the_prefix_stands_before_every_route() -> None:
    """The route prefix of host.json precedes the route, also where the route is the function's name."""
    routed = read_functions([metadata(HTTP)], route_prefix="api", settings={}).http[0]
    named = read_functions([metadata({**HTTP, "route": ""})], route_prefix="api", settings={}).http[0]
    assert (routed.route.template, named.route.template) == ("api/x", "api/f")


def test_a_disabled_function_is_left_out() -> None:
    """The setting AzureWebJobs.NAME.Disabled keeps a function from running."""
    assert read_functions([metadata(TIMER)], route_prefix="", settings={"AzureWebJobs.f.Disabled": "true"}).timers == []


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("import tests.host", "No module named 'tests'"),
        ("answer = 42", "Could not find top level function app instances"),
        ("import azure.functions as func\napp = func.FunctionApp()", "no function found"),
        (
            UNCONNECTED,
            "the setting NOWHERE holds no storage connection string",
        ),
    ],
)
def test_the_command_says_why_it_cannot_start(tmp_path: Path, app: str, message: str) -> None:
    """An app that cannot be imported, indexed or connected ends the command with 1 and one clear reason."""
    host = RunningHost(tmp_path, app)
    assert host.launch().wait(timeout=15) == 1
    assert "cannot start: " in host.log
    assert message in host.log
    host.client.close()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """A port in use ends the command with 1 and the port in the message."""
    app = (
        "import azure.functions as func\napp = func.FunctionApp()\n"
        "@app.route(route='x')\nasync def x(req: func.HttpRequest) -> func.HttpResponse: ...\n"
    )
    with RunningHost(tmp_path / "first", app) as first:
        port = first.client.base_url.port or 0
        second = RunningHost(tmp_path / "second", app, port=port)
        assert second.launch().wait(timeout=15) == 1
        assert f"cannot listen on 127.0.0.1:{port}" in second.log
        second.client.close()
