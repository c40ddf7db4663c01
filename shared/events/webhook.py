"""Events to the operator's own webhook, signed."""

from collections.abc import Sequence
from datetime import datetime

from shared.events.cloud_event import MEDIA_TYPE, cloud_event, encoded
from shared.events.http_post import HttpPost
from shared.events.signatures import signature_headers
from shared.usecases.event_records import ClaimEvent


class WebhookPublisher:
    """The EventPublisher on a webhook; `keys` sign, newest first, `timeout` is in seconds. `close` ends connections."""

    def __init__(self, url: str, *, keys: Sequence[bytes], public_url: str, timeout: float = 10.0) -> None:
        self._post = HttpPost(url, timeout=timeout)
        self._keys = tuple(keys)
        self._public_url = public_url

    async def publish(self, event: ClaimEvent, *, at: datetime) -> None:
        """Post the event, signed for that time. ServiceUnavailableError unless it is taken."""
        body = encoded(cloud_event(event, public_url=self._public_url))
        signed = signature_headers(event.event_id, body, at=at, keys=self._keys)
        await self._post.send(body, {"Content-Type": MEDIA_TYPE, **signed})

    async def close(self) -> None:
        """Close the connections."""
        await self._post.close()
