"""The provider's delivery reports, as Event Grid writes them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.delivery_reports import REPORT, read_reports
from functions.event_grid import UnreadableEventError
from shared.usecases.records import DeliveryReport

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def event(**changes: Any) -> dict[str, Any]:
    """A report in Event Grid's own schema."""
    data = {"messageId": "op-1", "status": "Bounced", "deliveryAttemptTimeStamp": "2026-11-22T10:00:00Z"}
    return {"id": "1", "eventType": REPORT, "data": data, "eventTime": "2026-11-22T11:00:00Z", **changes}


EXPECTED = DeliveryReport(operation_id="op-1", status="Bounced", at=AT)


def read(data: object) -> tuple[DeliveryReport, ...]:
    """The reports of a message."""
    return read_reports(json.dumps(data), now=NOW)


def test_reports_are_read_in_every_form() -> None:
    """One event, a list of them, and a CloudEvent say the same."""
    cloud = event(type=REPORT, specversion="1.0")
    del cloud["eventType"]
    assert read(event()) == (EXPECTED,)
    assert read([event(), event()]) == (EXPECTED, EXPECTED)
    assert read(cloud) == (EXPECTED,)


def test_other_events_are_left_alone() -> None:
    """A subscription's validation and events of other kinds are no reports."""
    assert read({"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {}}) == ()
    assert read([event(eventType="Microsoft.Communication.Other"), event()]) == (EXPECTED,)
    assert read([]) == ()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"data": {"messageId": "op-1", "status": "Bounced"}}, datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ({"data": {"messageId": "op-1", "status": "Bounced"}, "eventTime": "soon"}, NOW),
        ({"data": {"messageId": "op-1", "status": "Bounced"}, "eventTime": "2026-11-22T11:00:00"}, NOW),
        ({"data": {"messageId": "op-1", "status": "Bounced"}, "eventTime": "0001-01-01T00:00:00+14:00"}, NOW),
        ({"data": {"messageId": "op-1", "status": "Bounced"}, "eventTime": "9999-12-31T23:59:59-14:00"}, NOW),
        (
            {
                "data": {
                    "messageId": "op-1",
                    "status": "Bounced",
                    "deliveryAttemptTimestamp": "2026-11-22T12:00:00+02:00",
                }
            },
            AT,
        ),
    ],
)
def test_time_of_the_report(changes: dict[str, Any], at: datetime) -> None:
    """The attempt's time counts, else the event's, else now."""
    assert read(event(**changes))[0].at == at


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x",
        "5",
        "[5]",
        "{}",
        '{"eventType": 5}',
        json.dumps(event(data=None)),
        json.dumps(event(data={})),
        "[" * 9000,
    ],
    ids=lambda body: body[:12],
)
def test_unreadable_messages_go_to_the_dead_letters(body: str) -> None:
    """What cannot be understood is not swallowed."""
    with pytest.raises(UnreadableEventError):
        read_reports(body, now=NOW)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["eventType", "type", "data", "messageId", "status"]), inner | st.just(REPORT)
            )
        ),
        max_leaves=10,
    )
)
def test_any_message_is_read_or_refused(data: object) -> None:
    """No JSON makes the reading fail in any other way than its own."""
    try:
        reports = read(data)
    except UnreadableEventError:
        return
    assert all(isinstance(report.operation_id, str) for report in reports)
