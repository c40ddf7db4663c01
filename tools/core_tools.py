"""The product under Azure Functions Core Tools: `func start` serves the app, the local host's stand-ins surround it.

For the journeys where Core Tools are installed (`make core-tools`). The app is served as it is deployed, from a folder
that links to its parts; only its clock is another: it reads how far the local one was moved.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import children
from tools.children import PartNotStartedError
from tools.embedded import ROOT, LocalProduct, child_environment, is_healthy, wait_until

PARTS = ("functions", "shared", "host.json", "requirements.txt")
FUNCTION_APP = '''"""The app as it is deployed, but for the clock, which others move (tools/core_tools.py)."""

import json
import os
from datetime import timedelta
from pathlib import Path

from shared import clock


class MovedClock(clock.Clock):
    """The time now, as far ahead as the file says that HOST_CLOCK_FILE names."""

    @property
    def offset(self):
        """How far the clock was moved."""
        file = Path(os.environ["HOST_CLOCK_FILE"])
        return timedelta(seconds=json.loads(file.read_text())["offsetSeconds"]) if file.exists() else timedelta()


clock.CLOCK.__dict__.clear()
clock.CLOCK.__class__ = MovedClock

import azure.functions as func

from functions.registration import register_functions

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
register_functions(app)
'''


def staged(folder: Path) -> Path:
    """Return a folder to serve the app from: links to its parts, and the clock that others move."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PARTS:
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / name)
    (folder / "function_app.py").write_text(FUNCTION_APP, encoding="utf-8")
    settings = {"IsEncrypted": False, "Values": {"FUNCTIONS_WORKER_RUNTIME": "python"}}
    (folder / "local.settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


class CoreToolsProduct(LocalProduct):
    """The whole product with the app served by `func start`, which must be on PATH."""

    _functions: subprocess.Popen[bytes] | None = None

    def start_host(self, *, environment: Mapping[str, str] | None = None) -> None:
        """Start Core Tools, and what stands in front of them."""
        settings = {**self.environment, "HOST_SESSION_KEY": "journeys", **(environment or {})}
        port = children.free_port()
        log = self.folder / "functions.log"
        self._functions = children.start(
            self.command(staged(self.folder / "app"), port),
            environment=child_environment(
                {
                    **settings,
                    "FUNCTIONS_WORKER_RUNTIME": "python",
                    "languageWorkers__python__defaultExecutablePath": sys.executable,
                    "languageWorkers:python:defaultExecutablePath": sys.executable,
                }
            ),
            folder=self.folder / "app",
            log=log,
        )
        origin = f"http://127.0.0.1:{port}"
        front = [sys.executable, "-m", "tools.host", "--forward", origin, "--port", str(self.port)]
        self._host = children.start(front, environment=child_environment(settings), folder=ROOT, log=self.log)
        wait_until(lambda: is_healthy(self.base_url), process=self._functions, log=log, name="Core Tools")

    def command(self, app: Path, port: int) -> list[str]:
        """What serves the app in that folder on that port."""
        program = shutil.which("func")
        if program is None:
            raise PartNotStartedError("No `func` on PATH: install Azure Functions Core Tools 4.")
        return [program, "start", "--port", str(port), "--script-root", str(app)]

    def stop_host(self) -> int:
        """Stop both."""
        code = super().stop_host()
        self._end_functions()
        return code

    def kill_host(self) -> None:
        """End both at once."""
        super().kill_host()
        self._end_functions()

    def stop(self) -> None:
        """Stop everything, storage last."""
        if self._host is None:
            self._end_functions()
        super().stop()

    def _end_functions(self) -> None:
        process, self._functions = self._functions, None
        if process is not None:
            children.stop(process, patience=15)


def product_class() -> type[LocalProduct]:
    """Return what the tests' product is: FUNCTIONS_HOST=core-tools asks for Core Tools."""
    return CoreToolsProduct if os.environ.get("FUNCTIONS_HOST") == "core-tools" else LocalProduct
