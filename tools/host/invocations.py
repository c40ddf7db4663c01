"""What the host remembers of a running invocation, and the line it prints at its end."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from azure_functions_runtime.utils.executor import invocation_id_cv  # type: ignore[import-untyped]

_LOG = logging.getLogger("tools.host.invocations")


@dataclass(slots=True)
class Invocation:
    """One run of one function; ``claim`` is the last claim the app named while it ran."""

    invocation_id: str
    function: str
    started: float = field(default_factory=time.perf_counter)
    claim: str | None = None


class RunningInvocations:
    """All invocations between their start and their line in the log."""

    def __init__(self) -> None:
        self._running: dict[str, Invocation] = {}
        self._ended: asyncio.Event = asyncio.Event()

    def __len__(self) -> int:
        return len(self._running)

    @contextmanager
    def entered(self, invocation_id: str, function: str) -> Iterator[Invocation]:
        """Note the invocation as running, and make its id the current one for the app's logging."""
        invocation = self._running[invocation_id] = Invocation(invocation_id, function)
        token = invocation_id_cv.set(invocation_id)
        try:
            yield invocation
        finally:
            invocation_id_cv.reset(token)
            del self._running[invocation_id]
            self._ended.set()

    async def quiet(self) -> None:
        """Wait until nothing runs."""
        while self._running:
            self._ended.clear()
            await self._ended.wait()

    def name_claim(self, claim: str) -> None:
        """Remember which claim the current invocation works on; outside any invocation nothing happens."""
        invocation = self._running.get(invocation_id_cv.get() or "")
        if invocation is not None:
            invocation.claim = claim


def log_end(invocation: Invocation, outcome: str, stack_trace: str | None = None) -> None:
    """Print the invocation's line: function, duration, outcome, claim; with the stack trace where it failed."""
    milliseconds = (time.perf_counter() - invocation.started) * 1000
    _LOG.log(
        logging.ERROR if stack_trace is not None else logging.INFO,
        "%-32s %9.1f ms  %s%s%s",
        invocation.function,
        milliseconds,
        outcome,
        f"  claim={invocation.claim}" if invocation.claim else "",
        "\n" + stack_trace.rstrip() if stack_trace else "",
    )
