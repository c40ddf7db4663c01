"""A local host in a process of its own, serving a sample app: the engine indexes once per process."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tools.embedded import ROOT

_LISTENING = re.compile(r"listening on (http://\S+)")
_PATIENCE = 15.0
HOST_JSON = '{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}'


def eventually[T](ask: Callable[[], T | None], *, within: float = _PATIENCE) -> T:
    """Ask until the answer is true, and return it; AssertionError when time is over."""
    over_at = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < over_at, "it did not happen in time"
        time.sleep(0.02)


class RunningHost:
    """The host as `python -m tools.host` starts it, on a free port; `client` talks to it."""

    def __init__(
        self,
        folder: Path,
        app: str,
        *,
        host_json: str = HOST_JSON,
        settings: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        port: int = 0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {"function_app.py": app, "host.json": host_json, **(files or {})}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        self.folder = folder
        self._log = folder / "host.log"
        self._settings = settings or {}
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client()

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process, without waiting for it."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOST_")}
        environment |= {"PYTHONUNBUFFERED": "1", **self._settings}
        command = [sys.executable, "-m", "tools.host", "--app", str(self.folder), "--port", str(self._port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        return self._process

    def start(self) -> Self:
        """Start the host and return once it listens."""
        process = self.launch()

        def base_url() -> str | None:
            assert process.poll() is None, self.log
            found = _LISTENING.search(self.log)
            return found[1] if found else None

        self.client.base_url = httpx.URL(eventually(base_url))
        return self

    @property
    def log(self) -> str:
        """What the host printed so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        """The host's address."""
        return str(self.client.base_url).rstrip("/")

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=_PATIENCE)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()
        if self._process is not None and self._process.poll() is None:
            self.kill()
