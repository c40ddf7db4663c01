"""The app's log lines: a sentence, and behind it one JSON object with all that can be asked for.

The platform's own channel carries a line's text and drops what was logged beside it; so it becomes part of the text.
"""

import json
import logging
import traceback
from typing import Any

from shared.usecases.correlation import correlation

APP_LOG = "cpor"
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "structured"}


class StructuredLines(logging.Filter):
    """Writes each record's extras, and the correlation ID of the work, behind its sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, each changed once."""
        if not hasattr(record, "structured"):
            extras: dict[str, Any] = {name: value for name, value in vars(record).items() if name not in _OWN}
            identity = correlation()
            if identity is not None:
                extras.setdefault("correlation", identity)
            record.structured = extras
            if extras:
                record.msg = f"{record.getMessage().rstrip()} {json.dumps(extras, default=str, sort_keys=True)}"
                record.args = ()
        return True


def places_of(error: BaseException) -> str:
    """Where it happened, without the error's own words: they may hold what a caller sent."""
    return " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in reversed(traceback.extract_tb(error.__traceback__))
    )


def structure_log() -> None:
    """Have the app's log written so; once is enough."""
    log = logging.getLogger(APP_LOG)
    if not any(isinstance(one, StructuredLines) for one in log.filters):
        log.addFilter(StructuredLines())
