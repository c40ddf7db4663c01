"""Events to a webhook over a real connection."""

import asyncio
import base64
import hashlib
import hmac

import pytest
from aiohttp import web

from shared.events import WebhookPublisher
from shared.usecases.event_records import ClaimEvent
from shared.usecases.records import ServiceUnavailableError
from tests.integration.events.receiver import AT, Receiver, event, names
from tests.integration.local_service import Handler, served

OLD, NEW = b"o" * 32, b"n" * 32
PUBLIC_URL = "https://associations.example"


async def published(handler: Handler, *events: ClaimEvent, patience: float = 5.0, path: str = "/hook?tenant=1") -> None:
    """Publish these events to the handler."""
    async with served(handler) as url:
        publisher = WebhookPublisher(url + path, keys=(NEW, OLD), public_url=PUBLIC_URL, timeout=patience)
        try:
            for one in events:
                await publisher.publish(one, at=AT)
        finally:
            await publisher.close()


async def test_an_event_arrives_as_a_cloud_event() -> None:
    """The body is a structured CloudEvent 1.0, sent to the address as it was configured."""
    receiver = Receiver()
    await published(receiver.take, event())
    assert receiver.events == [
        {
            "specversion": "1.0",
            "id": f"{'a' * 48}/1",
            "source": f"{PUBLIC_URL}/claims/{'a' * 48}",
            "type": "cpor.claim.submitted.v1",
            "subject": "CPOR-0000-0001",
            "time": "2026-11-16T10:00:00.123456Z",
            "datacontenttype": "application/json",
            "data": {"seq": 1, "to": "Submitted", "customer": "Żółć"},
        }
    ]
    assert receiver.headers[0]["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert receiver.paths == ["/hook?tenant=1"]


async def test_every_key_signs_the_very_bytes() -> None:
    """Each key's signature is that of ID, time and body as they arrived, so that keys can be changed without a gap."""
    receiver = Receiver()
    await published(receiver.take, event())
    headers = receiver.headers[0]
    assert names(headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert int(headers["webhook-timestamp"]) == int(AT.timestamp())
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + receiver.bodies[0]
    expected = ["v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in (NEW, OLD)]
    assert headers["webhook-signature"].split(" ") == expected
    assert headers["webhook-id"] == receiver.events[0]["id"]


async def test_a_repeat_is_the_same_but_for_its_time() -> None:
    """The same event has the same ID and body each time: receivers tell repeats by the ID."""
    receiver = Receiver()
    await published(receiver.take, event(), event())
    assert receiver.bodies[0] == receiver.bodies[1]
    assert receiver.headers[0]["webhook-id"] == receiver.headers[1]["webhook-id"]


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_a_yes_is_a_yes(status: int) -> None:
    """Any 2xx means that the event is taken."""
    await published(Receiver([status]).take, event())


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
async def test_everything_else_is_tried_again(status: int) -> None:
    """No other answer counts as taken, and no redirect is followed: the body was meant for nobody else."""
    receiver = Receiver([status])
    with pytest.raises(ServiceUnavailableError, match=str(status)):
        await published(receiver.take, event())
    assert len(receiver.bodies) == 1


async def test_a_receiver_that_hangs_is_given_up() -> None:
    """A receiver that does not answer in time is a failure, not a worker that waits."""

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    with pytest.raises(ServiceUnavailableError, match="TimeoutError"):
        await published(hang, event(), patience=0.2)


async def test_a_receiver_that_is_not_there_is_a_failure() -> None:
    """Nobody at the address: the event is tried again, and the message names no address."""
    async with served(Receiver().take) as url:
        pass
    publisher = WebhookPublisher(url, keys=(NEW,), public_url=PUBLIC_URL)
    with pytest.raises(ServiceUnavailableError) as error:
        await publisher.publish(event(), at=AT)
    await publisher.close()
    assert "127.0.0.1" not in str(error.value)


async def test_a_connection_that_breaks_is_a_failure() -> None:
    """A receiver that hangs up instead of answering has not taken the event."""

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    with pytest.raises(ServiceUnavailableError):
        await published(hang_up, event())
