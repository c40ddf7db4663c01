"""Timer triggers: six-field schedules, one run at a time (HOST.md, Timers)."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]

from tools.host.functions import TimerFunction
from tools.host.protos import TypedData
from tools.host.runtime import Runtime

_CLOCK_STEP = 30.0


class Timer:
    """Runs one function by the wall clock; ``/.dev/clock`` moves the app's clock, not this one."""

    def __init__(self, function: TimerFunction, runtime: Runtime) -> None:
        self.function = function
        self._runtime = runtime
        self._alone = asyncio.Lock()
        self._last: datetime | None = None
        self._stopping = False

    async def keep_time(self) -> None:
        """Run at each occurrence, those that pass during a run are skipped; at the start first if it says so."""
        if self.function.run_on_startup:
            await self.run()
        while True:
            # The next occurrence is counted from the end of the run, hence runs never overlap nor pile up.
            due = self.next_after(datetime.now(UTC))
            await _until(due)
            if self._stopping:
                return
            await self.run()

    def stop(self) -> None:
        """Start no further run by the clock."""
        self._stopping = True

    async def run(self) -> bool:
        """Run now, after a run in progress; return whether it succeeded. A failed run is not tried again."""
        async with self._alone:
            data = TypedData(json=json.dumps(self._info(datetime.now(UTC))))
            succeeded = await self._runtime.run(
                self.function.name, self.function.function_id, {self.function.parameter: data}, {}
            )
            self._last = datetime.now(UTC)
            return succeeded

    def next_after(self, now: datetime) -> datetime:
        """Return the first occurrence after the instant, UTC."""
        found: datetime = croniter(self.function.schedule, now, second_at_beginning=True).get_next(datetime)
        return found

    def _info(self, now: datetime) -> dict[str, object]:
        status = None
        if self.function.monitored:
            written: Callable[[datetime], str] = datetime.isoformat
            last = written(self._last) if self._last else "0001-01-01T00:00:00+00:00"
            status = {"Last": last, "Next": written(self.next_after(now)), "LastUpdated": last}
        return {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": False}


async def _until(due: datetime) -> None:
    # In steps, so that a machine waking from sleep is noticed.
    while True:
        left = (due - datetime.now(UTC)).total_seconds()
        if left <= 0:
            return
        await asyncio.sleep(min(left, _CLOCK_STEP))
