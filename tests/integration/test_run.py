"""`make run`: what it needs, what it says, and that nothing outlives it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.sample_app import write_sample_app
from tools import children
from tools.embedded import ROOT


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample app's folder."""
    return write_sample_app(tmp_path_factory.mktemp("run") / "app")


@contextlib.contextmanager
def running(app: Path, *, port: int, data: Path | str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A `tools.run` that has been started; ended at the end, however the test went."""
    command = [sys.executable, "-m", "tools.run", "--app", str(app)]
    settings = {"PORT": str(port), "LOCAL_DATA": str(data), "AzureWebJobsStorage": ""}
    process = children.start(command, environment={**os.environ, **settings}, folder=ROOT, log=log)
    try:
        yield process
    finally:
        children.stop(process, patience=30)


def wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> str:
    """Wait until the log holds these words and return it."""
    over_at = time.monotonic() + 60
    while words not in (text := log.read_text(encoding="utf-8")):
        assert process.poll() is None, text
        assert time.monotonic() < over_at, text
        time.sleep(0.05)
    return text


def descendants(process: int) -> set[int]:
    """The ids of all processes that this one started, and they in turn."""
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, parent = path.read_text().rsplit(")", 1)[1].split()[1], path.parent.name
            if int(number) == process:
                found |= {int(parent)} | descendants(int(parent))
    return found


def still_alive(processes: set[int]) -> set[int]:
    """Those of the processes that still run after a fair while; ended ones nobody waited for do not count."""
    over_at = time.monotonic() + 30
    alive = processes
    while alive and time.monotonic() < over_at:
        time.sleep(0.05)
        alive = {number for number in alive if _is_running(number)}
    return alive


def _is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_outlives_it(app: Path, tmp_path: Path, number: signal.Signals) -> None:
    """However it is ended, host and emulator end too; asked politely, it ends with exit code 0."""
    port, log = children.free_port(), tmp_path / "run.log"
    with running(app, port=port, data=tmp_path / "data", log=log) as process:
        said = wait_for(log, "Ctrl-C ends it", process)
        assert f"http://localhost:{port}" in said
        started = descendants(process.pid)
        assert len(started) >= 2
        process.send_signal(number)
        assert process.wait(30) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert not still_alive(started)
    assert children.is_port_free(port)


@linux_only
def test_one_run_for_a_folder(app: Path, tmp_path: Path) -> None:
    """A second run on the same data says so in a sentence and leaves the first alone; with another folder it runs."""
    first_port, second_port = children.free_port(), children.free_port()
    with running(app, port=first_port, data=tmp_path / "data", log=tmp_path / "first.log") as first:
        wait_for(tmp_path / "first.log", "Ctrl-C ends it", first)
        with running(app, port=second_port, data=tmp_path / "data", log=tmp_path / "refused.log") as refused:
            assert refused.wait(30) == 1
        said = (tmp_path / "refused.log").read_text(encoding="utf-8")
        assert "Another run uses the data in" in said
        assert "Traceback" not in said
        with running(app, port=second_port, data="memory", log=tmp_path / "second.log") as second:
            wait_for(tmp_path / "second.log", "in memory, gone at the end", second)
            secrets = {httpx.get(f"http://127.0.0.1:{port}/api/health").text for port in (first_port, second_port)}
            assert len(secrets) == 2


@linux_only
def test_a_killed_run_can_be_followed_at_once(app: Path, tmp_path: Path) -> None:
    """A run started right after another was killed waits for its emulator to let go, and has the same secrets."""
    port = children.free_port()
    answers = []
    for attempt in ("first", "second"):
        with running(app, port=port, data=tmp_path / "data", log=tmp_path / f"{attempt}.log") as process:
            wait_for(tmp_path / f"{attempt}.log", "Ctrl-C ends it", process)
            answers.append(httpx.get(f"http://127.0.0.1:{port}/api/health").text.split()[1:])
            process.kill()
            process.wait()
    assert answers[0] == answers[1]


def test_a_taken_port_is_said(app: Path, tmp_path: Path) -> None:
    """A port that somebody uses is answered with a sentence that names another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(app, port=port, data="memory", log=tmp_path / "run.log") as process:
            assert process.wait(30) == 1
    said = (tmp_path / "run.log").read_text(encoding="utf-8")
    assert said == f"cpor: Port {port} is taken: choose another one, for example `make run PORT={port + 1}`.\n"


@pytest.mark.parametrize("port", ["http", "-1", "65536"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    """Something that is not a port is answered with a sentence, not with a stack trace."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={**os.environ, "PORT": port, "LOCAL_DATA": "memory"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"cpor: PORT must be a number from 0 to 65535, not {port!r}.\n"
