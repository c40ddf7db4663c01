"""One queue message: decoding as the extension does it, and what the worker is told about it."""

import base64
import binascii
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tools.host.protos import TypedData

if TYPE_CHECKING:
    # The SDK takes half a second to import: only apps with queues pay for it.
    from azure.storage.queue import QueueMessage

_LIFE = timedelta(days=7)


def decode(content: str, *, base64_encoded: bool) -> str | None:
    """Return the message's text; None when it should be base64 and is not."""
    if not base64_encoded:
        return content
    try:
        return base64.b64decode("".join(content.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def metadata(message: "QueueMessage", text: str) -> dict[str, TypedData]:
    """Return the trigger metadata of a received message."""
    return _metadata(
        message.id,
        str(message.pop_receipt),
        text,
        message.dequeue_count or 1,
        (message.inserted_on, message.expires_on, message.next_visible_on),
    )


def manual_metadata(text: str) -> dict[str, TypedData]:
    """Return the trigger metadata of a run by hand, for which no message exists."""
    now = datetime.now(UTC)
    return _metadata(str(uuid.uuid4()), "manual", text, 1, (now, now + _LIFE, now))


def _metadata(
    message_id: str,
    receipt: str,
    text: str,
    count: int,
    times: tuple[datetime | None, datetime | None, datetime | None],
) -> dict[str, TypedData]:
    names = ("InsertionTime", "ExpirationTime", "NextVisibleTime")
    return {
        "Id": TypedData(string=message_id),
        "PopReceipt": TypedData(string=receipt),
        "QueueTrigger": TypedData(string=text),
        "DequeueCount": TypedData(json=str(count)),
        **{name: TypedData(json=json.dumps(_time(time))) for name, time in zip(names, times, strict=True)},
    }


def _time(time: datetime | None) -> str | None:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00") if time is not None else None
