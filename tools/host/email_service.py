"""The e-mail service, stubbed for the real azure-communication-email client (API.md, The local host's own)."""

import os
import uuid
from collections import OrderedDict

from tools.host.clock import AppClock
from tools.host.delivery_reports import DeliveryReports
from tools.host.email_message import EmailMessage, EmailMessageError, parse_message
from tools.host.email_signature import is_signed
from tools.host.mailbox import Mail, Mailbox
from tools.host.web import Answer, Request, json_answer

SEND = "/emails:send"
OPERATIONS = "/emails/operations/"
_KEPT = 10_000


class EmailService:
    """Accepts mails, keeps them in the mailbox and has their delivery reported.

    The local part of an address tells what happens: ``refuse…`` is a 400, ``throttle…`` a 429 at the first try;
    the statuses that reports can have are in delivery_reports.
    """

    def __init__(self, mailbox: Mailbox, reports: DeliveryReports, clock: AppClock) -> None:
        self._mailbox = mailbox
        self._reports = reports
        self._clock = clock
        self._operations: OrderedDict[str, None] = OrderedDict()
        self._throttled: OrderedDict[str, None] = OrderedDict()

    def serves(self, raw_path: str) -> bool:
        """Tell whether a path belongs to the service; clients may encode the colon."""
        return raw_path in {SEND, "/emails%3Asend", "/emails%3asend"} or raw_path.startswith(OPERATIONS)

    async def answer(self, request: Request) -> Answer:
        """Serve ``POST /emails:send`` and ``GET /emails/operations/{id}``."""
        body = await request.body()
        key = os.environ.get("EMAIL_ACCESS_KEY", "")
        if not key or not is_signed(request, body, key):
            return _error(401, "Denied", "Denied by the resource provider.")
        if not request.query.get("api-version"):
            return _error(400, "MissingApiVersion", "The query needs an api-version.")
        if request.raw_path.startswith(OPERATIONS):
            return self._status(request)
        if request.method != "POST":
            return Answer(405, [("allow", "POST")])
        return self._send(request, body)

    def _send(self, request: Request, body: bytes) -> Answer:
        operation_id = request.headers.get("operation-id") or str(uuid.uuid4())
        if not _is_uuid(operation_id):
            return _error(400, "BadRequest", "Operation-Id must be a UUID.", "Operation-Id")
        # A repeated id is the same operation, no second mail. The real service's behaviour here is undocumented:
        # this stub must not be taken as a promise, and the app keeps its own ledger (STORAGE.md).
        if operation_id in self._operations:
            return self._accepted(request, operation_id)
        try:
            message = parse_message(body)
        except EmailMessageError as error:
            return _error(400, "InvalidRequest", str(error), error.target)
        if any(_local_part(address).startswith("refuse") for address in message.recipients):
            return _error(400, "EmailDroppedAllRecipientsSuppressed", "The recipient address is refused.", "recipients")
        if self._is_first_of_throttled(message, request.headers.get("operation-id")):
            headers = [("retry-after", "2")]
            return _error(429, "TooManyRequests", "The rate limit is exceeded; try again.", headers=headers)
        _remember(self._operations, operation_id)
        self._mailbox.put(
            Mail(
                to=", ".join(message.recipients),
                subject=message.subject,
                text=message.text,
                html=message.html,
                sent_at=self._clock.now(),
                operation_id=operation_id,
                headers=message.headers,
            )
        )
        for address in message.recipients:
            self._reports.expect(message.sender, address, operation_id)
        return self._accepted(request, operation_id)

    def _is_first_of_throttled(self, message: EmailMessage, given_id: str | None) -> bool:
        for address in message.recipients:
            if _local_part(address).startswith("throttle"):
                attempt = given_id or f"{address} {message.subject}"
                if attempt not in self._throttled:
                    _remember(self._throttled, attempt)
                    return True
        return False

    def _accepted(self, request: Request, operation_id: str) -> Answer:
        version = request.query["api-version"]
        location = f"{request.scheme}://{request.server}{OPERATIONS}{operation_id}?api-version={version}"
        headers = [("operation-location", location), ("retry-after", "1")]
        return json_answer({"id": operation_id, "status": "Running", "error": None}, 202, headers)

    def _status(self, request: Request) -> Answer:
        if request.method != "GET":
            return Answer(405, [("allow", "GET")])
        operation_id = request.raw_path.removeprefix(OPERATIONS)
        if operation_id not in self._operations:
            return _error(404, "NotFound", "There is no such operation.")
        return json_answer({"id": operation_id, "status": "Succeeded", "error": None})


def _error(
    status: int, code: str, message: str, target: str | None = None, headers: list[tuple[str, str]] | None = None
) -> Answer:
    error = {"code": code, "message": message, **({"target": target} if target else {})}
    return json_answer({"error": error}, status, [("x-ms-error-code", code), *(headers or [])])


def _remember(kept: OrderedDict[str, None], key: str) -> None:
    kept[key] = None
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def _local_part(address: str) -> str:
    return address.rpartition("@")[0].lower()


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
