"""How the work that is asked for is written in a queue message, and read from one. Knows no service's library."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from shared.storage.upgrades import SCHEMA_VERSION, UnknownVersionError, upgraded
from shared.usecases.correlation import correlation, known_correlation
from shared.usecases.records import DeadlineRow, WorkMessage

BODY_AT_MOST = 48 * 1024  # bytes: as base64 they are the 64 KiB that a queue takes


class BadMessageError(Exception):
    """The message cannot be understood; it belongs with the dead letters. So does one of another release's version."""


def wrapped(body: str) -> str:
    """A body as it lies in the queue. ValueError for one that a queue would not take."""
    content = body.encode()
    if len(content) > BODY_AT_MOST:
        raise ValueError("the message is larger than a queue takes")
    return base64.b64encode(content).decode()


def encoded(message: WorkMessage) -> str:
    """The message as it lies in the queue. ValueError for one that a queue would not take."""
    data: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "claim_id": message.claim_id,
        "step": message.step,
        "sent_at": message.sent_at.isoformat(),
    }
    follows = message.correlation or correlation()
    if follows is not None:
        data["correlation"] = follows
    if message.deadline is not None:
        row = message.deadline
        data["deadline"] = {"kind": row.kind, "claim_id": row.claim_id, "due_at": row.due_at.isoformat()}
    if message.watched:
        data["watched"] = list(message.watched)
    return wrapped(json.dumps(data, separators=(",", ":")))


def decoded(text: str) -> WorkMessage:
    """A message from its base64 form. BadMessageError."""
    try:
        return parsed(base64.b64decode(text, validate=True).decode())
    except ValueError as error:  # no base64, no ASCII, no UTF-8
        raise BadMessageError("not base64") from error


def parsed(body: str) -> WorkMessage:
    """A message from its JSON, as the Functions host hands it over; unknown fields are ignored. BadMessageError."""
    try:
        data = json.loads(body)
        data = upgraded("message", data, int(data["schema_version"]))
        row = data.get("deadline")
        return WorkMessage(
            claim_id=str(data["claim_id"]),
            step=str(data["step"]),
            sent_at=_instant(data["sent_at"]),
            correlation=known_correlation(data.get("correlation")),
            watched=tuple(str(version) for version in data.get("watched", ())),
            deadline=None
            if row is None
            else DeadlineRow(
                kind=str(row["kind"]),
                claim_id=str(row["claim_id"]),
                due_at=_instant(row["due_at"]),
            ),
        )
    except UnknownVersionError as error:
        raise BadMessageError(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise BadMessageError("not a work message") from error


def _instant(text: str) -> datetime:
    """An instant with its offset; without one nobody can tell when it was. OverflowError where UTC has none such."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without its offset")
    return at.astimezone(UTC)
