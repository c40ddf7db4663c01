"""The mail provider's delivery reports, as Event Grid puts them on a queue (PROCESS.md, Clocks)."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import azure.functions as func

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


class UnreadableReportError(Exception):
    """The message is no event of Event Grid's; it belongs with the dead letters."""


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
    """The delivery reports of one message: an event, or a list of them, in Event Grid's schema or as CloudEvents.

    `now` stands in for a time that the event does not tell. UnreadableReportError.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableReportError("The message is not JSON.") from error
    events = data if isinstance(data, list) else [data]
    if not all(isinstance(event, dict) for event in events):
        raise UnreadableReportError("The message holds something that is no event.")
    return tuple(_report(event, now) for event in events if _kind(event) == REPORT)


def _kind(event: Mapping[str, Any]) -> object:
    """The event's type: `eventType` in Event Grid's own schema, `type` in CloudEvents."""
    kind = event.get("eventType") or event.get("type")
    if not isinstance(kind, str):
        raise UnreadableReportError("The event has no type.")
    return kind


def _report(event: Mapping[str, Any], now: datetime) -> DeliveryReport:
    data = event.get("data")
    if not isinstance(data, dict):
        raise UnreadableReportError("The report has no data.")
    operation_id, status = data.get("messageId"), data.get("status")
    if not isinstance(operation_id, str) or not isinstance(status, str):
        raise UnreadableReportError("The report does not say which mail it is about, and what became of it.")
    return DeliveryReport(operation_id=operation_id, status=status, at=_time(event, data) or now)


def _time(event: Mapping[str, Any], data: Mapping[str, Any]) -> datetime | None:
    for written in (*(data.get(name) for name in _TIMES), event.get("eventTime"), event.get("time")):
        try:
            at = datetime.fromisoformat(written) if isinstance(written, str) else None
        except ValueError:
            continue
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    return None
