"""The app's clock, moved from outside (API.md, The local host's own endpoints): ``/.dev/clock``."""

import importlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.host.errors import StartError
from tools.host.web import Answer, Request, fault, json_answer, json_object

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,6})W|(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,12}(?:[.,]\d{1,6})?)S)?)?)",
    re.ASCII,
)
_FURTHEST = timedelta(days=36525)


def parse_duration(text: str) -> timedelta | None:
    """Return an ISO 8601 duration of weeks, days, hours, minutes, seconds; None for anything else.

    Years and months are no fixed time, and no clock runs backwards: both are None.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    parts = {name: float(value.replace(",", ".")) for name, value in match.groupdict().items() if value}
    return timedelta(**parts)


def format_duration(offset: timedelta) -> str:
    """Return the ISO 8601 form of a duration, such as ``P7DT30M``."""
    seconds = offset.seconds + offset.microseconds / 1_000_000
    hours, minutes = int(seconds // 3600), int(seconds % 3600 // 60)
    seconds = seconds % 60
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{seconds:g}S" if seconds else "")
    return f"P{f'{offset.days}D' if offset.days or not clock else ''}{f'T{clock}' if clock else ''}"


class AppClock:
    """Moves ``shared.clock.CLOCK`` where the app has one; the stubs tell the same time."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.offset = timedelta()

    def restore(self) -> None:
        """Set the clock to the offset kept in the file, so that a restart does not turn time back."""
        if self._file is not None and self._file.exists():
            try:
                seconds = json.loads(self._file.read_text(encoding="utf-8"))["offsetSeconds"]
                self.offset = timedelta(seconds=seconds)
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise StartError([f"the clock file {self._file} is damaged: {error}; delete it"]) from error
        if self.offset:
            self._apply()

    def now(self) -> datetime:
        """Return the app's present, UTC."""
        return datetime.now(UTC) + self.offset

    async def answer(self, request: Request) -> Answer:
        """Serve ``/.dev/clock``."""
        if request.method == "GET":
            return self._state()
        if request.method != "POST":
            return Answer(405, [("allow", "GET, POST")])
        content = json_object(await request.body())
        if isinstance(content, Answer):
            return content
        return self._move(content) or self._state()

    def _move(self, content: dict[str, Any]) -> Answer | None:
        """Move the clock as asked; return the answer to a wrong request."""
        match content:
            case {"reset": True} if len(content) == 1:
                offset = timedelta()
            case {"advance": str(text)} if len(content) == 1:
                step = parse_duration(text)
                if step is None:
                    return fault(422, "bad-duration", "advance must be an ISO 8601 duration such as P7D or PT1H30M.")
                offset = self.offset + step
            case _:
                return fault(422, "bad-request", 'Send {"advance": "P7D"} or {"reset": true}.')
        if offset > _FURTHEST:
            return fault(422, "too-far", "The clock goes no further than a hundred years ahead.")
        self.offset = offset
        self._apply()
        self._keep()
        return None

    def _state(self) -> Answer:
        return json_answer(
            {
                "now": self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "offset": format_duration(self.offset),
                "offsetSeconds": self.offset.total_seconds(),
            }
        )

    def _apply(self) -> None:
        try:
            module = importlib.import_module("shared.clock")
        except ModuleNotFoundError as error:
            if error.name not in {"shared", "shared.clock"}:
                raise
            return
        module.CLOCK.offset = self.offset

    def _keep(self) -> None:
        if self._file is not None:
            draft = self._file.with_name(self._file.name + ".new")
            draft.write_text(json.dumps({"offsetSeconds": self.offset.total_seconds()}), encoding="utf-8")
            draft.replace(self._file)
