"""The queues between the functions: base64 JSON that never expires and says only "look at this claim"."""

import base64
import binascii
import json
from datetime import datetime, timedelta
from typing import Any

from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.upgrades import SCHEMA_VERSION, upgraded
from shared.usecases.correlation import correlation, known_correlation
from shared.usecases.records import DeadlineRow, Queue, WorkMessage

NEVER_EXPIRES = -1
BODY_AT_MOST = 48 * 1024  # bytes: as base64 they are the 64 KiB that a queue takes
LONGEST_DELAY = timedelta(days=7) - timedelta(seconds=1)


class BadMessageError(Exception):
    """The message cannot be understood; it belongs with the dead letters."""


class StorageWorkQueue:
    """The WorkQueue on storage queues. A send whose reply is lost may be doubled; the handlers do not mind."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> None:
        """Send; the message is invisible for `delay`, at most seven days."""
        seconds = int(min(max(delay, timedelta()), LONGEST_DELAY).total_seconds())
        with service_faults():
            await self._clients.queue(queue.value).send_message(
                encoded(message), visibility_timeout=seconds, time_to_live=NEVER_EXPIRES
            )

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was, visible at once."""
        with service_faults():
            await self._clients.queue(queue.value).send_message(wrapped(body), time_to_live=NEVER_EXPIRES)


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
    except (binascii.Error, UnicodeDecodeError) as error:
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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadMessageError("not a work message") from error


def _instant(text: str) -> datetime:
    """An instant with its offset; without one nobody can tell when it was."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without its offset")
    return at
