"""A claim's event as a CloudEvent 1.0 in JSON (CloudEvents 1.0.2, JSON Event Format)."""

import json
from datetime import UTC

from shared.usecases.event_records import ClaimEvent

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json; charset=utf-8"


def event_type(event: str) -> str:
    """The type of an event of that kind; its number changes when a name in `data` goes or changes its meaning."""
    return f"cpor.claim.{event}.v1"


def cloud_event(event: ClaimEvent, *, public_url: str) -> dict[str, object]:
    """The event in structured mode; `public_url` is the site's, without a slash at its end."""
    return {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"{public_url}/claims/{event.claim_id}",
        "type": event_type(event.event),
        "subject": event.number,
        "time": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }


def encoded(value: object) -> bytes:
    """The JSON as it is sent: these very bytes are signed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
