"""The mail provider: Azure Communication Services Email, by its own client (PROCESS.md, Mails).

Only the request that hands the mail over is made. The client's polling and its own retries are off: the app's queue
waits, not a worker that costs money while it sleeps.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, HttpResponseError

from shared.usecases.records import Mail, MailRefusedError, MailThrottledError, ServiceUnavailableError

if TYPE_CHECKING:
    from azure.communication.email.aio import EmailClient
    from azure.core.pipeline import PipelineResponse
    from azure.identity.aio import ManagedIdentityCredential

_ACCEPTED, _THROTTLED = 202, 429
_REFUSING = {400, 413, 422}
_OUR_FAULT = {"DomainNotLinked", "InvalidSenderUserName", "MissingApiVersion"}
"""Codes of a 400 that tell of our own set-up; they say nothing about the recipient, so the mail must wait, not fail."""
_STANDARD_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_OPERATION = re.compile(r"/emails/operations/(?P<id>[^/?]+)")


class CommunicationServicesSender:
    """The MailSender port. `access_key` null means managed identity (`identity_client_id` null: the system's own).

    `connect_timeout` and `read_timeout` are in seconds. `close` ends the connections.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        sender_address: str,
        access_key: str | None = None,
        identity_client_id: str | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
    ) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._sender_address = sender_address
        self._access_key = access_key
        self._identity_client_id = identity_client_id
        self._timeouts = {"connection_timeout": connect_timeout, "read_timeout": read_timeout}
        self._client: EmailClient | None = None
        self._identity: ManagedIdentityCredential | None = None

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Hand over one mail; returns the provider's operation ID once it is accepted (202).

        MailThrottledError (429, with its Retry-After), MailRefusedError (400, 413 and 422: this mail will never go),
        ServiceUnavailableError (everything else: try again).
        """
        seen = _FirstAnswer()
        try:
            poller = await self._opened().begin_send(
                _message(mail, self._sender_address),
                operation_id=operation_id,
                polling=False,
                raw_response_hook=seen.keep,
            )
            return _given_id(await poller.result()) or seen.operation_id or operation_id
        except (AzureError, ValueError, KeyError) as error:
            # Whatever cannot be read afterwards: a mail that was accepted must not be sent again.
            if seen.status == _ACCEPTED:
                return seen.operation_id or operation_id
            raise _mapped(error, seen) from error

    async def close(self) -> None:
        """Close the connections."""
        for resource in (self._client, self._identity):
            if resource is not None:
                await resource.close()
        self._client = self._identity = None

    def _opened(self) -> "EmailClient":
        if self._client is None:
            from azure.communication.email.aio import EmailClient

            self._client = EmailClient(
                self._endpoint,
                self._credential(),
                retry_total=0,
                permit_redirects=False,
                logging_enable=False,
                **self._timeouts,
            )
        return self._client

    def _credential(self) -> Any:
        if self._access_key:
            from azure.core.credentials import AzureKeyCredential

            return AzureKeyCredential(self._access_key)
        from azure.identity.aio import ManagedIdentityCredential

        self._identity = ManagedIdentityCredential(client_id=self._identity_client_id)
        return self._identity


class _FirstAnswer:
    """What the provider's answer said, kept before anything else tries to understand it."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}

    def keep(self, answer: "PipelineResponse[Any, Any]") -> None:
        self.status = answer.http_response.status_code
        self.headers = answer.http_response.headers

    @property
    def operation_id(self) -> str | None:
        match = _OPERATION.search(self.headers.get("Operation-Location") or "")
        return match["id"] if match else None


def _message(mail: Mail, sender_address: str) -> dict[str, Any]:
    recipient = {"address": mail.to}
    if mail.recipient_name:
        recipient["displayName"] = mail.recipient_name
    message: dict[str, Any] = {
        "senderAddress": sender_address,
        "recipients": {"to": [recipient]},
        "content": {"subject": mail.subject, "plainText": mail.text, "html": mail.html},
        "userEngagementTrackingDisabled": True,
    }
    if mail.headers:
        message["headers"] = dict(mail.headers)
    return message


def _given_id(answer: object) -> str | None:
    given = answer.get("id") if isinstance(answer, Mapping) else None
    return given if isinstance(given, str) and given else None


def _mapped(error: Exception, seen: _FirstAnswer) -> Exception:
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if status == _THROTTLED:
        return MailThrottledError(_wait(seen.headers))
    if status in _REFUSING and isinstance(error, HttpResponseError) and _code(error) not in _OUR_FAULT:
        return MailRefusedError(f"The mail provider refused the mail ({_code(error) or status}).")
    return ServiceUnavailableError(f"The mail provider did not take the mail ({status or type(error).__name__}).")


def _code(error: HttpResponseError) -> str:
    return str(error.error.code or "") if error.error else ""


def _wait(headers: Mapping[str, str]) -> timedelta:
    """The Retry-After of the answer, in seconds or as a date beside the answer's own; bounded both ways."""
    value = (headers.get("Retry-After") or "").strip()
    wait = _STANDARD_WAIT
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value), int(_LONGEST_WAIT.total_seconds())))
    elif value:
        try:
            wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date") or "")
        except (ValueError, TypeError):
            wait = _STANDARD_WAIT
    return max(timedelta(seconds=1), min(wait, _LONGEST_WAIT))
