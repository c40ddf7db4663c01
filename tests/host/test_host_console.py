"""What the host prints, and how it stops (HOST.md; STORAGE.md, invariant 12)."""

import contextlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.host.running_host import RunningHost, eventually

APP = """
import asyncio
import logging
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
LOG = logging.getLogger("cpor.claims")


@app.route(route="claims/{claim}")
async def claims(req: func.HttpRequest) -> func.HttpResponse:
    LOG.info("looked at", extra={"claim": "another"})
    await asyncio.sleep(0.05)
    LOG.info("decided", extra={"claim": req.route_params["claim"]})
    return func.HttpResponse(status_code=202)


@app.route(route="in-thread/{claim}")
def in_thread(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(0.05)
    LOG.info("decided", extra={"claim": req.route_params["claim"]})
    return func.HttpResponse()


@app.route(route="plain")
async def plain(req: func.HttpRequest) -> func.HttpResponse:
    logging.getLogger("azure.core").info("chatter of a library")
    return func.HttpResponse()


@app.route(route="slow")
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    print("slow began", flush=True)
    await asyncio.sleep(1.5)
    return func.HttpResponse("done")


@app.route(route="stuck")
def stuck(req: func.HttpRequest) -> func.HttpResponse:
    print("stuck began", flush=True)
    time.sleep(60)
    return func.HttpResponse()
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host serving the sample app."""
    with RunningHost(tmp_path_factory.mktemp("console"), APP) as running:
        yield running


def lines(host: RunningHost, function: str) -> list[str]:
    """The log's lines on invocations of this function."""
    return re.findall(rf"^\d\d:\d\d:\d\d\.\d\d\d  {function} .*$", host.log, re.MULTILINE)


def test_an_invocation_is_one_line(host: RunningHost) -> None:
    """The line of an invocation tells time, function, duration and outcome; libraries stay silent."""
    host.client.get("/plain")
    (line,) = eventually(lambda: lines(host, "plain"))
    assert re.search(r"  plain +\d+\.\d ms  200$", line)
    assert "chatter" not in host.log


@pytest.mark.parametrize("path", ["claims", "in-thread"])
def test_the_line_names_the_claim(host: RunningHost, path: str) -> None:
    """Each of several runs at a time, on the loop or in threads, is told with the last claim it named itself."""
    names = {f"{path}-{number}" for number in range(4)}
    callers = [threading.Thread(target=httpx.get, args=(f"{host.url}/{path}/{name}",)) for name in names]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    seen = {line.partition("claim=")[2] for line in lines(host, path.replace("-", "_"))}
    assert seen == names


def test_no_query_body_or_header_is_printed(host: RunningHost) -> None:
    """Nothing a caller sends besides the route shows up in the log."""
    secrets = {"x-functions-key": "hidden-1", "cookie": "AppServiceAuthSession=hidden-2"}
    host.client.post("/plain?code=hidden-3&token=hidden-4", content="hidden-5", headers=secrets)
    host.client.get("/nowhere?code=hidden-6")
    assert "hidden" not in host.log


def test_a_stop_lets_running_invocations_end(tmp_path: Path) -> None:
    """After SIGTERM a running request is still answered, a new one is not taken, and the exit code is 0."""
    with RunningHost(tmp_path, APP) as host:
        answers: list[httpx.Response] = []
        caller = threading.Thread(target=lambda: answers.append(host.client.get("/slow", timeout=10)))
        caller.start()
        eventually(lambda: "slow began" in host.log)
        assert host.terminate() == 0
        caller.join()
        assert answers[0].text == "done"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{host.url}/plain")
        assert "stopped" in host.log


def test_a_stop_does_not_wait_for_ever(tmp_path: Path) -> None:
    """An invocation that outlasts the grace (ten seconds, here one) is given up; the exit code is 0 all the same."""
    with RunningHost(tmp_path, APP, settings={"HOST_GRACE_SECONDS": "1"}) as host:
        caller = threading.Thread(target=_ask_in_vain, args=(host,))
        caller.start()
        eventually(lambda: "stuck began" in host.log)
        assert host.terminate() == 0
        caller.join()
        assert "given up after 1 s: 1 running" in host.log


def _ask_in_vain(host: RunningHost) -> None:
    # A 500 or a closed connection, whichever the stop comes to first.
    with contextlib.suppress(httpx.HTTPError):
        assert host.client.get("/stuck", timeout=20).status_code == 500
