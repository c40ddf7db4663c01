"""The e-mail service stub, reached by the real client, and `/.dev/mail` (API.md, The local host's own endpoints)."""

import base64
import contextlib
import json
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from azure.communication.email import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.storage.queue import QueueClient

from tests.host.running_host import RunningHost, eventually

APP = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="guarded")
async def guarded(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")
"""
KEY = base64.b64encode(secrets.token_bytes(32)).decode()
CONTENT = {"subject": "Hello", "plainText": "Look at http://localhost/respond/1#t.", "html": "<p>Hello <b>you</b></p>"}


@pytest.fixture(scope="module")
def reports(azurite: str) -> Iterator[QueueClient]:
    """The queue of delivery reports."""
    with QueueClient.from_connection_string(azurite, "delivery-reports") as queue:
        with contextlib.suppress(ResourceExistsError):
            queue.create_queue()
        queue.clear_messages()
        yield queue


@pytest.fixture(scope="module")
def host(azurite: str, reports: QueueClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host whose e-mail service has a key, and a queue to report to."""
    settings = {"EMAIL_ACCESS_KEY": KEY, "DataStorage": azurite}
    with RunningHost(tmp_path_factory.mktemp("mail"), APP, settings=settings) as running:
        yield running


@pytest.fixture
def email(host: RunningHost) -> Iterator[EmailClient]:
    """The real client, not trying again by itself."""
    with EmailClient(host.url, AzureKeyCredential(KEY), retry_total=0) as client:
        yield client


def message(*to: str, **content: str) -> dict[str, Any]:
    """A message to these addresses."""
    recipients = {"to": [{"address": address} for address in to]}
    return {"senderAddress": "no-reply@cpor.example", "content": {**CONTENT, **content}, "recipients": recipients}


def mails(host: RunningHost, to: str) -> list[dict[str, Any]]:
    """The mails to this address, newest first."""
    return [mail for mail in host.client.get("/.dev/mail").json() if mail["to"] == to]


def address(local: str) -> str:
    """An address nobody else uses."""
    return f"{local}-{uuid.uuid4().hex[:8]}@customer.example"


def test_the_real_client_sends_a_mail(host: RunningHost, email: EmailClient) -> None:
    """A mail sent by the real client succeeds and is in the mailbox with all its parts."""
    to, operation_id = address("anna"), str(uuid.uuid4())
    sent = email.begin_send({**message(to), "headers": {"X-Claim": "1"}}, operation_id=operation_id, polling_interval=0)
    assert sent.result() == {"id": operation_id, "status": "Succeeded", "error": None}
    (mail,) = mails(host, to)
    assert (mail["subject"], mail["text"], mail["html"]) == ("Hello", CONTENT["plainText"], CONTENT["html"])
    assert mail["operationId"] == operation_id
    assert mail["headers"] == {"X-Claim": "1"}
    assert abs((datetime.now(UTC) - datetime.fromisoformat(mail["sentAt"])).total_seconds()) < 60


def test_a_repeated_operation_is_the_same_mail(host: RunningHost, email: EmailClient) -> None:
    """The same operation id twice is accepted twice and makes one mail; without an id each send is a mail."""
    to, operation_id = address("twice"), str(uuid.uuid4())
    for _ in range(2):
        email.begin_send(message(to), operation_id=operation_id, polling=False)
    assert len(mails(host, to)) == 1
    for _ in range(2):
        email.begin_send(message(to), polling=False)
    assert len(mails(host, to)) == 3


def report_on(to: str, reports: QueueClient) -> dict[str, Any] | None:
    """The report on the mail to this address, None while there is none."""
    for one in reports.receive_messages(max_messages=32, visibility_timeout=1):
        event: dict[str, Any] = json.loads(base64.b64decode(one.content))
        if event["data"]["recipient"] == to:
            return event
    return None


@pytest.mark.parametrize(
    ("local", "status"),
    [
        ("bounce", "Bounced"),
        ("suppressed", "Suppressed"),
        ("quarantine", "Quarantined"),
        ("spam", "FilteredSpam"),
        ("fail", "Failed"),
    ],
)
def test_delivery_is_reported_on_the_queue(
    host: RunningHost, email: EmailClient, reports: QueueClient, local: str, status: str
) -> None:
    """An accepted mail is reported as an Event Grid event in base64, with the status its address asks for."""
    to, operation_id = address(local), str(uuid.uuid4())
    email.begin_send(message(to), operation_id=operation_id, polling=False)
    assert len(mails(host, to)) == 1

    event = eventually(lambda: report_on(to, reports))
    assert set(event) == {
        "id", "topic", "subject", "data", "eventType", "dataVersion", "metadataVersion", "eventTime",
    }  # fmt: skip
    assert event["eventType"] == "Microsoft.Communication.EmailDeliveryReportReceived"
    data = event["data"]
    assert (data["status"], data["messageId"], data["sender"]) == (status, operation_id, "no-reply@cpor.example")
    assert data["deliveryStatusDetails"]["statusMessage"]
    assert datetime.fromisoformat(data["deliveryAttemptTimeStamp"]).tzinfo is not None


def test_good_news_is_kept_back(host: RunningHost, email: EmailClient, reports: QueueClient) -> None:
    """A delivered mail is not reported, as the subscription's filter has it: the next mail's report comes alone."""
    delivered, bounced = address("anna"), address("bounce")
    for to in (delivered, bounced):
        email.begin_send(message(to), polling=False)
    reported: list[str] = []

    def gathered() -> bool:
        received = reports.receive_messages(max_messages=32, visibility_timeout=1)
        reported.extend(json.loads(base64.b64decode(one.content))["data"]["recipient"] for one in received)
        return bounced in reported

    eventually(gathered)
    assert delivered not in reported


def test_reports_are_not_the_apps_storage_calls(host: RunningHost, email: EmailClient, reports: QueueClient) -> None:
    """What the host sends in Event Grid's place does not count as the app's requests."""
    to = address("bounce")
    email.begin_send(message(to), polling=False)
    eventually(lambda: report_on(to, reports))
    assert host.client.get("/.dev/storage-calls").json() == {"table": 0, "blob": 0, "queue": 0, "emptyPolls": 0}


def test_a_refused_address_is_a_400(host: RunningHost, email: EmailClient) -> None:
    """An address beginning with refuse is refused at once with the service's error, and no mail is kept."""
    to = address("refuse")
    with pytest.raises(HttpResponseError) as caught:
        email.begin_send(message(to), polling=False)
    assert caught.value.status_code == 400
    assert caught.value.error is not None
    assert caught.value.error.code
    assert mails(host, to) == []


def test_a_throttled_address_is_accepted_the_second_time(host: RunningHost, email: EmailClient) -> None:
    """An address beginning with throttle is a 429 with Retry-After: 2 first; the same operation is accepted then."""
    to, operation_id = address("throttle"), str(uuid.uuid4())
    with pytest.raises(HttpResponseError) as caught:
        email.begin_send(message(to), operation_id=operation_id, polling=False)
    assert caught.value.status_code == 429
    assert _header(caught.value, "Retry-After") == "2"
    assert mails(host, to) == []
    email.begin_send(message(to), operation_id=operation_id, polling=False)
    assert len(mails(host, to)) == 1


def _header(error: HttpResponseError, name: str) -> str:
    headers: dict[str, str] = getattr(error.response, "headers", {})
    return headers[name]


def test_a_wrong_key_is_denied(host: RunningHost) -> None:
    """A request signed with another key, or not at all, is a 401 and sends nothing."""
    to = address("anna")
    with EmailClient(host.url, AzureKeyCredential(base64.b64encode(b"other").decode()), retry_total=0) as stranger:
        with pytest.raises(HttpResponseError) as caught:
            stranger.begin_send(message(to), polling=False)
        assert caught.value.status_code == 401
    answer = host.client.post("/emails:send?api-version=2025-09-01", json=message(to))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Denied")
    assert host.client.get(f"/emails/operations/{uuid.uuid4()}?api-version=2025-09-01").status_code == 401
    assert mails(host, to) == []


def signed_by_the_client(host: RunningHost) -> httpx.Request:
    """A request as the real client signs it, caught before it is sent."""
    caught: list[httpx.Request] = []

    def catch(request: Any) -> None:
        sent = request.http_request
        caught.append(httpx.Request(sent.method, sent.url, headers=dict(sent.headers), content=sent.body))

    with EmailClient(host.url, AzureKeyCredential(KEY), retry_total=0) as client:
        client.begin_send(message(address("anna")), polling=False, raw_request_hook=catch)
    return caught[0]


@pytest.mark.parametrize("part", ["nothing", "body", "query", "date", "digest", "signature", "operation"])
def test_the_signature_covers_the_request(host: RunningHost, part: str) -> None:
    """A signed request changed in body, path, date, digest or signature is denied; the unsigned operation id is not."""
    request = signed_by_the_client(host)
    headers, url, content = dict(request.headers), str(request.url), request.content
    if "authorization" not in headers:
        pytest.fail("the hook came before the signature")
    match part:
        case "body":
            content = content.replace(b"Hello", b"Hallo")
        case "query":
            url += "&more=1"
        case "date":
            headers["x-ms-date"] = "Thu, 01 Jan 2026 00:00:00 GMT"
        case "digest":
            headers["x-ms-content-sha256"] = base64.b64encode(b"0" * 32).decode()
        case "signature":
            headers["authorization"] = headers["authorization"].partition("&Signature=")[0] + "&Signature=AAAA"
        case "operation":
            headers["operation-id"] = str(uuid.uuid4())
    answer = host.client.post(url, headers=headers, content=content)
    assert answer.status_code == (202 if part in {"nothing", "operation"} else 401)


def test_an_operation_id_must_be_a_uuid(email: EmailClient) -> None:
    """An operation id of another form is a 400."""
    with pytest.raises(HttpResponseError) as caught:
        email.begin_send(message(address("anna")), operation_id="claim-1-received", polling=False)
    assert caught.value.status_code == 400


def test_the_mailbox_is_newest_first_and_can_be_emptied(host: RunningHost, email: EmailClient) -> None:
    """The list begins with the last mail; DELETE empties it; other methods are refused."""
    for subject in ("first", "second"):
        email.begin_send(message(address("order"), subject=subject), polling=False)
    assert [mail["subject"] for mail in host.client.get("/.dev/mail").json()][:2] == ["second", "first"]
    assert host.client.delete("/.dev/mail").status_code == 204
    assert host.client.get("/.dev/mail").json() == []
    assert host.client.post("/.dev/mail").status_code == 405


def test_a_browser_gets_a_page(host: RunningHost, email: EmailClient) -> None:
    """A browser sees each mail with its text, links that work, and its HTML in a sandbox, nothing unescaped."""
    to = "anna&co@customer.example"
    hostile = {"subject": "<script>alert(1)</script>", "html": '"><script>alert(2)</script>'}
    email.begin_send(message(to, **hostile), polling=False)
    page = host.client.get("/.dev/mail", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "anna&amp;co@customer.example" in page.text
    assert '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title=' in page.text
    assert '<a href="http://localhost/respond/1#t">http://localhost/respond/1#t</a>.' in page.text
    assert '<html lang="en">' in page.text


def test_the_app_keeps_its_keys(host: RunningHost) -> None:
    """The e-mail service is reached without a function key, the app's own functions are not."""
    assert host.client.get("/guarded").status_code == 401
