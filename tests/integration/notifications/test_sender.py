"""The mail provider's real client, against a real server."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from shared.notifications.sender import CommunicationServicesSender
from shared.usecases.records import Mail, MailRefusedError, MailThrottledError, ServiceUnavailableError
from tests.integration.local_service import served
from tools.host.email_signature import is_signed
from tools.host.web import Request

KEY = base64.b64encode(b"a key of the mail service, for tests").decode()
OPERATION = "6f2e6c1a-0000-4000-8000-0000000000a1"
MAIL = Mail(
    to="anna@birch.example",
    recipient_name="Anna Brzozowska",
    subject="Please answer: association request CPOR-7K3M-0QZX",
    text="Zażółć gęślą jaźń",
    html="<p>Zażółć</p>",
    headers={"X-Claim": "CPOR-7K3M-0QZX"},
)
type Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Provider:
    """Keeps the requests that came, and gives each the reply it is told to."""

    def __init__(self, reply: Reply) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self._reply = reply

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep the request, then reply."""
        self.requests.append(request)
        self.bodies.append(await request.read())
        return await self._reply(request)


def replying(
    status: int = 202, body: object = None, headers: dict[str, str] | None = None, *, text: str | None = None
) -> Provider:
    """A provider that always replies the same."""

    async def reply(_request: web.Request) -> web.Response:
        content = text if text is not None else json.dumps(body or {})
        return web.Response(status=status, text=content, content_type="application/json", headers=headers)

    return Provider(reply)


def accepting(operation_id: str = OPERATION) -> Provider:
    """A provider that takes every mail."""
    location = f"https://mail.example/emails/operations/{operation_id}?api-version=2025-09-01"
    headers = {"Operation-Location": location, "Retry-After": "30"}
    return replying(202, {"id": operation_id, "status": "Running"}, headers)


@asynccontextmanager
async def sender_for(provider: Provider, *, read_timeout: float = 5.0) -> AsyncIterator[CommunicationServicesSender]:
    """A sender whose provider is that one."""
    async with served(provider.handle) as url:
        sender = CommunicationServicesSender(
            url + "/", sender_address="noreply@programme.example", access_key=KEY, read_timeout=read_timeout
        )
        try:
            yield sender
        finally:
            await sender.close()


async def sent(provider: Provider, *, mail: Mail = MAIL, read_timeout: float = 5.0) -> str:
    """Send one mail to that provider."""
    async with sender_for(provider, read_timeout=read_timeout) as sender:
        return await sender.send(mail, operation_id=OPERATION)


async def test_accepted_mail_takes_one_request() -> None:
    """A mail costs exactly one request, which carries our operation ID, and nobody waits for the Retry-After."""
    provider = accepting()
    assert await asyncio.wait_for(sent(provider), 10) == OPERATION
    (request,) = provider.requests
    assert (request.method, request.path) == ("POST", "/emails:send")
    assert request.headers["Operation-Id"] == OPERATION
    assert json.loads(provider.bodies[0]) == {
        "senderAddress": "noreply@programme.example",
        "recipients": {"to": [{"address": "anna@birch.example", "displayName": "Anna Brzozowska"}]},
        "content": {"subject": MAIL.subject, "plainText": MAIL.text, "html": MAIL.html},
        "headers": {"X-Claim": "CPOR-7K3M-0QZX"},
        "userEngagementTrackingDisabled": True,
    }


async def test_request_is_signed() -> None:
    """The request carries the signature of the service's REST interface over exactly what arrives."""
    provider = accepting()
    await sent(provider)
    request, body = provider.requests[0], provider.bodies[0]

    async def nothing() -> dict[str, object]:
        return {}

    received = Request(
        method=request.method,
        raw_path=request.raw_path.partition("?")[0],
        raw_query=request.query_string,
        headers={name.lower(): value for name, value in request.headers.items()},
        scheme="http",
        server=request.host,
        _receive=nothing,
    )
    assert is_signed(received, body, KEY)
    assert not is_signed(received, body + b" ", KEY)


async def test_provider_may_name_its_own_operation() -> None:
    """Where the provider gives another operation ID, that one is returned: delivery reports will name it."""
    other = "6f2e6c1a-0000-4000-8000-0000000000b2"
    assert await sent(accepting(other)) == other
    location = f"https://mail.example/emails/operations/{other}?api-version=2025-09-01"
    assert await sent(replying(202, {}, {"Operation-Location": location})) == other
    assert await sent(replying(202, {})) == OPERATION


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Retry-After": "Thu, 19 Nov 2026 10:30:00 GMT"}, '{"id": "x"}'),
        ({}, "this is not JSON"),
        ({}, "[1, 2]"),
        ({}, ""),
    ],
)
async def test_accepted_is_accepted_whatever_else_it_says(headers: dict[str, str], text: str) -> None:
    """A 202 that cannot be read is still a mail that went out: it is not sent a second time."""
    provider = replying(202, headers=headers, text=text)
    assert await sent(provider) in {OPERATION, "x"}
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "17"}, timedelta(seconds=17)),
        ({"Retry-After": "0"}, timedelta(seconds=1)),
        ({"Retry-After": "9" * 400}, timedelta(hours=6)),
        ({"Retry-After": "soon"}, timedelta(minutes=1)),
        ({"Retry-After": "-5"}, timedelta(minutes=1)),
        ({}, timedelta(minutes=1)),
        (
            {"Retry-After": "Thu, 19 Nov 2026 10:31:30 GMT", "Date": "Thu, 19 Nov 2026 10:30:00 GMT"},
            timedelta(seconds=90),
        ),
    ],
)
async def test_throttling_surfaces_at_once(headers: dict[str, str], wait: timedelta) -> None:
    """A 429 is reported at once, after one request, with how long the provider asks to wait."""
    provider = replying(429, {"error": {"code": "TooManyRequests", "message": "Slow down."}}, headers)
    with pytest.raises(MailThrottledError) as caught:
        await asyncio.wait_for(sent(provider), 10)
    assert caught.value.retry_after == wait
    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_refusal_is_for_good(status: int) -> None:
    """A mail that the provider will never take is refused, and the code says why without the address."""
    body = {"error": {"code": "EmailDroppedAllRecipientsSuppressed", "message": "anna@birch.example is suppressed"}}
    provider = replying(status, body)
    with pytest.raises(MailRefusedError, match="EmailDroppedAllRecipientsSuppressed") as caught:
        await sent(provider)
    assert "anna" not in str(caught.value)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"error": "x"}', '{"error": {"code": 5}}'])
async def test_refusal_without_a_document_is_a_refusal(text: str) -> None:
    """A 400 whose body cannot be read is a refusal as well."""
    with pytest.raises(MailRefusedError):
        await sent(replying(400, text=text))


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 408, 409, 500, 502, 503])
async def test_anything_else_may_go_through_later(status: int) -> None:
    """Outages and faults of our own set-up say nothing about the recipient: the mail is tried again, by the queue."""
    provider = replying(status, {"error": {"code": "Denied", "message": "Denied."}}, {"Location": "/elsewhere"})
    with pytest.raises(ServiceUnavailableError):
        await asyncio.wait_for(sent(provider), 10)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("code", ["DomainNotLinked", "InvalidSenderUserName"])
async def test_wrong_set_up_is_no_refusal(code: str) -> None:
    """A 400 about our own sender address does not count against the customer's."""
    with pytest.raises(ServiceUnavailableError):
        await sent(replying(400, {"error": {"code": code, "message": "Not set up."}}))


async def test_silence_is_given_up() -> None:
    """A provider that does not answer in time is unavailable."""

    async def reply(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(ServiceUnavailableError):
        await asyncio.wait_for(sent(Provider(reply), read_timeout=0.2), 10)


async def test_cut_connection_is_unavailable() -> None:
    """A connection cut, or nobody listening, is unavailable; nothing is sent twice by itself."""

    async def reply(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    provider = Provider(reply)
    async with sender_for(provider) as sender:
        with pytest.raises(ServiceUnavailableError):
            await sender.send(MAIL, operation_id=OPERATION)
    assert len(provider.requests) == 1
    absent = CommunicationServicesSender("http://127.0.0.1:9", sender_address="a@b.example", access_key=KEY)
    with pytest.raises(ServiceUnavailableError):
        await absent.send(MAIL, operation_id=OPERATION)
    await absent.close()


async def test_one_client_sends_many() -> None:
    """One sender sends mail after mail, side by side too, over the connections it has."""
    provider = accepting()
    async with sender_for(provider) as sender:
        await asyncio.gather(*(sender.send(MAIL, operation_id=OPERATION) for _ in range(10)))
    assert len(provider.requests) == 10


async def test_close_without_a_mail() -> None:
    """A sender that never sent anything closes like any other."""
    sender = CommunicationServicesSender("https://mail.example", sender_address="a@b.example", access_key=KEY)
    await sender.close()
    await sender.close()
