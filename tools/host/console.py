"""What the host prints: a line per invocation, the app's own log, never a token, query or body."""

import logging
import sys
from datetime import UTC, datetime

from tools.host.invocations import RunningInvocations

_QUIET = ("azure", "azure.functions", "aiohttp", "asyncio", "uvicorn", "uvicorn.access", "urllib3", "httpx", "httpcore")
_INVOCATIONS = "tools.host.invocations"


class _Line(logging.Formatter):
    """Time first (UTC); level and logger only where they tell something."""

    def __init__(self) -> None:
        super().__init__()
        self._second = -1
        self._clock = ""

    def format(self, record: logging.LogRecord) -> str:
        second = int(record.created)
        if second != self._second:
            self._second, self._clock = second, datetime.fromtimestamp(second, UTC).strftime("%H:%M:%S")
        time = f"{self._clock}.{int(record.msecs):03d}"
        text = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + self.formatException(record.exc_info)
        if record.name == _INVOCATIONS:
            return f"{time}  {text}"
        if record.name.startswith("tools.host"):
            return f"{time}  {record.levelname.lower()}: {text}"
        claim = getattr(record, "claim", None)
        return f"{time}  {record.levelname.lower()} {record.name}: {text}" + (f"  claim={claim}" if claim else "")


class _ClaimListener(logging.Handler):
    """Notes the claim that the app names with ``extra={"claim": …}`` for the invocation's line."""

    def __init__(self, running: RunningInvocations) -> None:
        super().__init__()
        self._running = running

    def emit(self, record: logging.LogRecord) -> None:
        """Remember the record's claim, if it has one."""
        claim = getattr(record, "claim", None)
        if claim is not None:
            self._running.name_claim(str(claim))


def set_up_console(running: RunningInvocations) -> None:
    """Send all logging to stdout in the host's form, libraries from WARNING on, the app from INFO on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Of no use here, and costly for each record: threads and processes.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    app = logging.getLogger("cpor")
    app.setLevel(logging.INFO)
    app.addHandler(_ClaimListener(running))
