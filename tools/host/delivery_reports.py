"""Delivery reports, as Event Grid puts them on a queue (PROCESS.md, Clocks; API.md, the e-mail stub)."""

import asyncio
import base64
import json
import logging
import uuid
from datetime import datetime

from tools.host.clock import AppClock
from tools.host.storage_accounts import connection_string
from tools.host.storage_calls import UNCOUNTED

QUEUE = "delivery-reports"
_LOG = logging.getLogger("tools.host.mail")
_TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
    "/providers/Microsoft.Communication/CommunicationServices/local"
)
# Beginning of the address's local part → what the report says.
_STATUSES = {
    "bounce": ("Bounced", "The mailbox does not exist."),
    "suppress": ("Suppressed", "The address is on the suppression list."),
    "quarantine": ("Quarantined", "The mail was put in quarantine."),
    "spam": ("FilteredSpam", "The mail was taken for spam."),
    "fail": ("Failed", "The mail could not be delivered."),
}
# Event Grid tries again when the queue is missing or busy; so does the stub, for about half a minute.
_TRIES = (0.2, 1.0, 3.0, 9.0, 18.0)


def status_of(address: str) -> tuple[str, str] | None:
    """Return status and status message of the report for an address.

    None where the mail is delivered: such reports are kept back by the subscription's filter (infra/mail.bicep).
    """
    local = address.rpartition("@")[0].lower()
    return next((status for begin, status in _STATUSES.items() if local.startswith(begin)), None)


def delivery_event(
    sender: str, recipient: str, operation_id: str, outcome: tuple[str, str], now: datetime
) -> dict[str, object]:
    """Return the event ``Microsoft.Communication.EmailDeliveryReportReceived`` in its whole envelope."""
    status, message = outcome
    instant = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "id": str(uuid.uuid4()),
        "topic": _TOPIC,
        "subject": f"sender/{sender}/message/{operation_id}",
        "data": {
            "sender": sender,
            "recipient": recipient,
            "internetMessageId": f"<{operation_id}@local.invalid>",
            "messageId": operation_id,
            "status": status,
            "deliveryStatusDetails": {"statusMessage": message},
            "deliveryAttemptTimeStamp": instant,
        },
        "eventType": "Microsoft.Communication.EmailDeliveryReportReceived",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": instant,
    }


class DeliveryReports:
    """Puts one report per undelivered mail on the queue ``delivery-reports`` of the account behind ``DataStorage``."""

    def __init__(self, clock: AppClock) -> None:
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()
        self._warned = False

    def expect(self, sender: str, recipient: str, operation_id: str) -> None:
        """Report on this mail shortly, unless it is delivered."""
        outcome = status_of(recipient)
        if outcome is None:
            return
        task = asyncio.create_task(self._send(sender, recipient, operation_id, outcome))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Give up the reports not yet sent."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, sender: str, recipient: str, operation_id: str, outcome: tuple[str, str]) -> None:
        from azure.core.exceptions import AzureError
        from azure.storage.queue.aio import QueueClient

        connection = connection_string("DataStorage")
        if connection is None:
            if not self._warned:
                _LOG.warning("DataStorage is not set: mails are accepted, their delivery is not reported")
            self._warned = True
            return
        async with QueueClient.from_connection_string(connection, QUEUE, retry_total=0) as queue:
            UNCOUNTED.set(True)
            for pause in _TRIES:
                await asyncio.sleep(pause)
                event = delivery_event(sender, recipient, operation_id, outcome, self._clock.now())
                content = base64.b64encode(json.dumps(event).encode()).decode()
                try:
                    await queue.send_message(content, time_to_live=-1)
                except AzureError as error:
                    _LOG.warning("a delivery report was not taken by the queue %s: %s", QUEUE, type(error).__name__)
                    continue
                return
        _LOG.error("a delivery report was given up: is there a queue %s?", QUEUE)
