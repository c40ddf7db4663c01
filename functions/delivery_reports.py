"""The mail provider's delivery reports, as Event Grid puts them on a queue (PROCESS.md, Clocks)."""

import logging
from datetime import datetime

import azure.functions as func

from functions.event_grid import Data, UnreadableEventError, events_of, time_of
from functions.messages import CONNECTION, text_of, without_words
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport, Queue

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()
REPORT = "Microsoft.Communication.EmailDeliveryReportReceived"
_STATUSES = frozenset({"Delivered", "Expanded", "Bounced", "Failed", "FilteredSpam", "Quarantined", "Suppressed"})
"""What the provider says of a mail; any other word is not ours to repeat in the log."""
_TIMES = ("deliveryAttemptTimeStamp", "deliveryAttemptTimestamp")


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.DELIVERY.value, connection=CONNECTION)
async def record_delivery_reports(message: func.QueueMessage) -> None:
    """Record each report of the message; other events, such as a subscription's validation, are none of ours."""
    now = CLOCK.now()
    for report in read_reports(text_of(message), now=now):
        said = report.status if report.status in _STATUSES else "another status"
        _LOG.info("record_delivery_reports %s", said, extra={"function": "record_delivery_reports"})
        with without_words():
            await record_delivery(wiring.services(), report=report, now=now)


def read_reports(body: str, *, now: datetime) -> tuple[DeliveryReport, ...]:
    """The delivery reports of one message. `now` stands in for a time that is not told. UnreadableEventError."""
    return tuple(_report(event, data, now) for event, data in events_of(body, kind=REPORT))


def _report(event: Data, data: Data, now: datetime) -> DeliveryReport:
    operation_id, status = data.get("messageId"), data.get("status")
    if not isinstance(operation_id, str) or not isinstance(status, str):
        raise UnreadableEventError("The report does not say which mail it is about, and what became of it.")
    at = time_of(event, *(data.get(name) for name in _TIMES))
    return DeliveryReport(operation_id=operation_id, status=status, at=at or now)
