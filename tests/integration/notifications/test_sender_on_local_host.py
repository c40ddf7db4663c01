"""The sender against the local host's mail service, with mails as they are really rendered."""

import base64
import secrets
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from shared.domain.catalogue import catalogue
from shared.domain.claim import Contact
from shared.domain.mails import MailKind
from shared.notifications.rendering import TemplateMailRenderer
from shared.notifications.response_tokens import SignedResponseTokens
from shared.notifications.sender import CommunicationServicesSender
from shared.usecases.records import Mail, MailRefusedError, MailThrottledError, ServiceUnavailableError
from tests.host.running_host import RunningHost
from tests.unit.notifications.sample_claims import PARTNER_NAME, sample

APP = """
import azure.functions as func

app = func.FunctionApp()


@app.route(route="nothing")
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("nothing")
"""
KEY = base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture(scope="module")
def host(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host whose mail service has a key."""
    settings = {"EMAIL_ACCESS_KEY": KEY, "DataStorage": azurite}
    with RunningHost(tmp_path_factory.mktemp("sender"), APP, settings=settings) as running:
        yield running


@pytest_asyncio.fixture
async def sender(host: RunningHost) -> AsyncIterator[CommunicationServicesSender]:
    """A sender that knows the key."""
    opened = CommunicationServicesSender(host.url, sender_address="no-reply@cpor.example", access_key=KEY)
    yield opened
    await opened.close()


def mail_to(address: str, kind: MailKind = MailKind.ASSOCIATION_REQUEST) -> Mail:
    """The mail as it is rendered, to this address."""
    renderer = TemplateMailRenderer(
        public_url="https://associations.example",
        programme_name="Partner Associations Programme",
        tokens=SignedResponseTokens(keys=("n" * 40,), recipient_key=b"k" * 32),
        catalogue=catalogue(),
        partner_language="pl",
    )
    intent, claim = sample(kind)
    contact = Contact(name="Zażółć Gęślą", email=address)
    about = replace(claim, customer_contact=contact, partner_contact=contact)
    return renderer.render(intent, about, partner_name=PARTNER_NAME)


@pytest.mark.parametrize("kind", MailKind)
async def test_every_mail_arrives_whole(host: RunningHost, sender: CommunicationServicesSender, kind: MailKind) -> None:
    """Each mail, in Polish, is accepted and arrives letter for letter, under our operation ID."""
    mail = mail_to(f"anna-{kind.value}@customer.example", kind)
    operation_id = str(uuid.uuid4())
    assert await sender.send(mail, operation_id=operation_id) == operation_id
    (arrived,) = (one for one in host.client.get("/.dev/mail").json() if one["to"] == mail.to)
    assert (arrived["subject"], arrived["text"], arrived["html"]) == (mail.subject, mail.text, mail.html)


async def test_refused_and_throttled(sender: CommunicationServicesSender) -> None:
    """The service's refusals and its request to wait come back as the port's errors."""
    with pytest.raises(MailRefusedError):
        await sender.send(mail_to("refuse-1@customer.example"), operation_id=str(uuid.uuid4()))
    throttled, operation_id = mail_to("throttle-1@customer.example"), str(uuid.uuid4())
    with pytest.raises(MailThrottledError) as caught:
        await sender.send(throttled, operation_id=operation_id)
    assert caught.value.retry_after == timedelta(seconds=2)
    assert await sender.send(throttled, operation_id=operation_id) == operation_id


async def test_wrong_key_is_our_own_fault(host: RunningHost) -> None:
    """A key that the service does not know is an outage of ours, not a refusal of the recipient."""
    key = base64.b64encode(b"another key").decode()
    sender = CommunicationServicesSender(host.url, sender_address="no-reply@cpor.example", access_key=key)
    with pytest.raises(ServiceUnavailableError):
        await sender.send(mail_to("anna@customer.example"), operation_id=str(uuid.uuid4()))
    await sender.close()
