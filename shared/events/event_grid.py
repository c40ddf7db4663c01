"""Events to an Event Grid topic that takes the CloudEvents schema, with the app's managed identity."""

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from azure.core.exceptions import AzureError

from shared.events.cloud_event import BATCH_MEDIA_TYPE, cloud_event, encoded
from shared.events.http_post import HttpPost
from shared.usecases.event_records import ClaimEvent
from shared.usecases.records import ServiceUnavailableError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

SCOPE = "https://eventgrid.azure.net/.default"
_VERSION = "api-version=2018-01-01"


class EventGridPublisher:
    """The EventPublisher on a topic's endpoint (`https://NAME.REGION-1.eventgrid.azure.net/api/events`).

    `identity_client_id` null means the system's own identity; `credential` replaces both. The identity keeps its token
    until it runs out. `timeout` is in seconds.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        public_url: str,
        identity_client_id: str | None = None,
        credential: "AsyncTokenCredential | None" = None,
        timeout: float = 10.0,
    ) -> None:
        self._post = HttpPost(_address(endpoint), timeout=timeout)
        self._public_url = public_url
        self._identity_client_id = identity_client_id
        self._credential = credential

    async def publish(self, event: ClaimEvent, *, at: datetime) -> None:
        """Post the event as a batch of one. ServiceUnavailableError unless it is taken, or without a token.

        `at` is not sent: the token says who it is and when.
        """
        body = encoded([cloud_event(event, public_url=self._public_url)])
        try:
            token = await self._opened().get_token(SCOPE)
        except AzureError as error:
            raise ServiceUnavailableError("There is no token for the event topic.") from error
        await self._post.send(body, {"Content-Type": BATCH_MEDIA_TYPE, "Authorization": f"Bearer {token.token}"})

    async def close(self) -> None:
        """Close the connections."""
        await self._post.close()
        if self._credential is not None:
            await self._credential.close()
            self._credential = None

    def _opened(self) -> "AsyncTokenCredential":
        if self._credential is None:
            from azure.identity.aio import ManagedIdentityCredential

            self._credential = ManagedIdentityCredential(client_id=self._identity_client_id)
        return self._credential


def _address(endpoint: str) -> str:
    """The endpoint with the version of the service's interface, unless it says one."""
    parts = urlsplit(endpoint)
    return urlunsplit(parts._replace(query=parts.query or _VERSION))
