"""Events as Event Grid puts them on a queue: one or a list, in its own schema or as CloudEvents."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

type Data = Mapping[str, Any]
_FIRST = datetime(1601, 1, 1, tzinfo=UTC)
"""The first instant that a table takes; no event is older."""


class UnreadableEventError(Exception):
    """The message is no event of Event Grid's, or does not say what it must; it belongs with the dead letters."""


def events_of(body: str, *, kind: str) -> tuple[tuple[Data, Data], ...]:
    """The message's events of that type, each with its data; others are none of ours. UnreadableEventError."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError("The message is not JSON.") from error
    events = said if isinstance(said, list) else [said]
    if not all(isinstance(event, dict) for event in events):
        raise UnreadableEventError("The message holds something that is no event.")
    return tuple((event, _data(event)) for event in events if _kind(event) == kind)


def _kind(event: Data) -> object:
    """The event's type: `eventType` in Event Grid's own schema, `type` in CloudEvents."""
    kind = event.get("eventType") or event.get("type")
    if not isinstance(kind, str):
        raise UnreadableEventError("The event has no type.")
    return kind


def _data(event: Data) -> Data:
    data = event.get("data")
    if not isinstance(data, dict):
        raise UnreadableEventError("The event has no data.")
    return data


def time_of(event: Data, *in_data: object) -> datetime | None:
    """When it happened, in UTC: the first of the times in its data that can be read, else the event's own."""
    for written in (*in_data, event.get("eventTime"), event.get("time")):
        try:
            at = datetime.fromisoformat(written) if isinstance(written, str) else None
            if at is not None and at.tzinfo is not None and (told := at.astimezone(UTC)) >= _FIRST:
                return told
        except (ValueError, OverflowError):  # the calendar's first and last hours are no instants everywhere
            continue
    return None
