"""Events to an Event Grid topic: what is sent, to a stand-in (the service itself cannot be had here)."""

import time
from typing import Any, Self

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from shared.events import EventGridPublisher
from shared.usecases.records import ServiceUnavailableError
from tests.integration.events.receiver import AT, Receiver, event
from tests.integration.local_service import served


class Identity:
    """A managed identity with a token, or without one."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self.scopes: list[str] = []
        self.closed = False

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """The token."""
        self.scopes += scopes
        if self._token is None:
            raise ClientAuthenticationError("no identity")
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Close."""
        self.closed = True

    async def __aenter__(self) -> Self:
        """Nothing to open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to end."""


async def publish(receiver: Receiver, identity: Identity, path: str = "/api/events") -> None:
    """Publish one event to the stand-in."""
    async with served(receiver.take) as url:
        publisher = EventGridPublisher(url + path, public_url="https://associations.example", credential=identity)
        try:
            await publisher.publish(event(), at=AT)
        finally:
            await publisher.close()


async def test_a_topic_gets_a_batch_of_one_with_the_identity_s_token() -> None:
    """The event comes as a CloudEvents batch, with a token for Event Grid, to the version of the interface."""
    receiver, identity = Receiver(), Identity("token-1")
    await publish(receiver, identity)
    assert [one["id"] for one in receiver.events[0]] == [event().event_id]
    assert receiver.headers[0]["content-type"] == "application/cloudevents-batch+json; charset=utf-8"
    assert receiver.headers[0]["authorization"] == "Bearer token-1"
    assert receiver.paths == ["/api/events?api-version=2018-01-01"]
    assert identity.scopes == ["https://eventgrid.azure.net/.default"]
    assert identity.closed


async def test_an_endpoint_that_says_its_version_keeps_it() -> None:
    """A version in the setting wins over ours."""
    receiver = Receiver()
    await publish(receiver, Identity("t"), "/api/events?api-version=2099-01-01")
    assert receiver.paths == ["/api/events?api-version=2099-01-01"]


async def test_without_a_token_nothing_is_sent() -> None:
    """An identity that gives no token is a failure that is tried again."""
    receiver = Receiver()
    with pytest.raises(ServiceUnavailableError, match="token"):
        await publish(receiver, Identity(None))
    assert receiver.bodies == []


@pytest.mark.parametrize("status", [401, 403, 413, 503])
async def test_a_refusal_is_tried_again(status: int) -> None:
    """The topic's no is no yes."""
    with pytest.raises(ServiceUnavailableError, match=str(status)):
        await publish(Receiver([status]), Identity("t"))
