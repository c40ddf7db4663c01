"""The preparation of the storage as a process that loads its libraries while the emulator still starts."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import children

ROOT = Path(__file__).resolve().parent.parent


class Preparation:
    """`tools.prepare` in a process of its own: made early, told the settings with `begin`, awaited with `finish`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.prepare", "--wait"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def begin(self, settings: Mapping[str, str]) -> None:
        """Tell it the settings; it begins at once."""
        stdin, self._process.stdin = self._process.stdin, None
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError), stdin:  # where it has ended already, `finish` says why
                stdin.write(json.dumps(dict(settings)).encode())

    def finish(self) -> None:
        """Wait until all is made; PartNotStartedError with what it said where it failed."""
        said, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise children.PartNotStartedError(f"Preparing the storage failed:\n{said.decode(errors='replace')}")

    def cancel(self) -> None:
        """End it, whatever it does. Harmless when it has finished."""
        children.kill(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
