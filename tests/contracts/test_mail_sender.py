"""The contract of MailSender."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from shared.domain.errors import DomainError
from shared.notifications.sender import CommunicationServicesSender
from shared.usecases.ports import MailSender
from shared.usecases.records import Mail, MailRefusedError, MailThrottledError, ServiceUnavailableError
from tests.contracts.sample_claims import fresh
from tests.fakes.mail import FakeMailSender
from tests.integration.local_service import served

KEY = base64.b64encode(b"a key of the mail service, for tests").decode()
MAIL = Mail(to="anna@birch.example", recipient_name="Anna", subject="Subject", text="Text", html="<p>Text</p>")
THROTTLED = MailThrottledError(timedelta(seconds=42))
FAILURES: list[DomainError] = [THROTTLED, MailRefusedError("no"), ServiceUnavailableError("down")]
_STATUS = {MailThrottledError: 429, MailRefusedError: 400, ServiceUnavailableError: 503}


class Provider:
    """A mail provider that accepts, or fails with the next of `failures`."""

    def __init__(self) -> None:
        self.failures: list[DomainError] = []

    async def handle(self, request: web.Request) -> web.Response:
        """One mail."""
        if self.failures:
            failure = self.failures.pop(0)
            headers = {"Retry-After": "42"} if failure is THROTTLED else None
            return web.json_response({"error": {"code": "Any"}}, status=_STATUS[type(failure)], headers=headers)
        return web.json_response({"id": request.headers["Operation-Id"], "status": "Running"}, status=202)


class Both:
    """A sender, and the failures that its provider has ahead."""

    def __init__(self, sender: MailSender, failures: list[DomainError]) -> None:
        self.sender, self.failures = sender, failures


@pytest.fixture(params=("fake", "http"))
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Both]:
    """The fake, then the adapter."""
    if request.param == "fake":
        fake = FakeMailSender()
        yield Both(fake, fake.failures)
        return
    provider = Provider()
    async with served(provider.handle) as url:
        adapter = CommunicationServicesSender(url, sender_address="no-reply@cpor.example", access_key=KEY)
        yield Both(adapter, provider.failures)
        await adapter.close()


async def test_an_accepted_mail_has_an_operation(both: Both) -> None:
    """An accepted mail is known by the operation ID that was given, the first time and again."""
    operation_id = fresh()
    for _ in range(2):
        assert await both.sender.send(MAIL, operation_id=operation_id) == operation_id


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.code)
async def test_a_failure_says_what_may_be_done(both: Both, failure: DomainError) -> None:
    """Waiting, giving up and trying again are told apart, and after each of them the next mail may go through."""
    both.failures.append(failure)
    with pytest.raises(type(failure)) as raised:
        await both.sender.send(MAIL, operation_id=fresh())
    if isinstance(raised.value, MailThrottledError):
        assert raised.value.retry_after == timedelta(seconds=42)
    operation_id = fresh()
    assert await both.sender.send(MAIL, operation_id=operation_id) == operation_id
