"""What the queue functions make of a message and of how often it was tried."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import azure.functions as func
import pytest

from functions import dead_letters, deadlines, delivery_reports, effects, scan_results, verification
from functions.messages import LAST_ATTEMPT
from shared import wiring
from shared.clock import CLOCK

CLAIM = "a" * 48
SENT_AT = "2026-11-22T10:00:00+00:00"
BODY = {"schema_version": 1, "claim_id": CLAIM, "step": "submitted", "sent_at": SENT_AT, "from_the_future": 1}


class Message(func.QueueMessage):
    """A message as the platform hands it over."""

    def __init__(self, body: bytes, tries: int | None) -> None:
        super().__init__(id="1", body=body, pop_receipt="p")
        self._tries = tries

    @property
    def dequeue_count(self) -> int | None:
        """How often it was handed over."""
        return self._tries


def message(data: object = BODY, *, tries: int | None = 1) -> Message:
    """A message of that JSON."""
    return Message(json.dumps(data).encode(), tries)


def function(module: ModuleType, name: str) -> Callable[[Any], Any]:
    """The function of that name, as the platform calls it."""
    app = func.FunctionApp()
    app.register_functions(module.blueprint)
    found = {one.get_function_name(): one.get_user_function() for one in app.get_functions()}
    return found[name]  # type: ignore[no-any-return]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the use cases were asked to do."""
    asked: list[dict[str, Any]] = []

    async def ask(services: object, **arguments: Any) -> int:
        asked.append(arguments)
        return 2

    monkeypatch.setattr(wiring, "services", object)
    monkeypatch.setattr(verification.verifying, "verify_claim", ask)
    monkeypatch.setattr(effects.carrying_out, "carry_out_effects", ask)
    monkeypatch.setattr(deadlines.deadline_work, "handle_deadline", ask)
    monkeypatch.setattr(deadlines.deadline_work, "hand_out_due_deadlines", ask)
    monkeypatch.setattr(delivery_reports, "record_delivery", ask)
    monkeypatch.setattr(scan_results, "record_scan", ask)
    monkeypatch.setattr(dead_letters, "record_dead_letter", ask)
    return asked


@pytest.mark.parametrize(
    ("tries", "last"), [(None, False), (1, False), (LAST_ATTEMPT - 1, False), (LAST_ATTEMPT, True)]
)
async def test_verification_knows_its_last_try(calls: list[dict[str, Any]], tries: int | None, last: bool) -> None:
    """The try before the poison queue, and no earlier one, is the last; unknown fields of a message are ignored."""
    await function(verification, "verify_claim")(message(tries=tries))
    assert calls[0]["last_attempt"] is last
    assert calls[0]["message"].claim_id == CLAIM
    assert calls[0]["message"].sent_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(("tries", "thorough"), [(None, False), (1, False), (2, True)])
async def test_effects_are_thorough_after_a_failure(
    calls: list[dict[str, Any]], tries: int | None, thorough: bool
) -> None:
    """Only a message that was tried before asks for the costlier work."""
    await function(effects, "carry_out_effects")(message(tries=tries))
    assert calls[0]["thorough"] is thorough


async def test_deadline_message_brings_its_row(calls: list[dict[str, Any]]) -> None:
    """The due row that a message names reaches the handler."""
    row = {"kind": "opt-out", "claim_id": CLAIM, "due_at": SENT_AT}
    await function(deadlines, "handle_deadline")(message({**BODY, "deadline": row}))
    assert calls[0]["message"].deadline.kind == "opt-out"


async def test_timer_hands_out_by_the_app_s_clock(calls: list[dict[str, Any]]) -> None:
    """The timer asks for what is due now, and nothing else of the world."""
    before = CLOCK.now()
    await function(deadlines, "finalize_due_claims")(None)
    assert before <= calls[0]["now"] <= CLOCK.now()


async def test_each_report_of_a_message_is_recorded(calls: list[dict[str, Any]]) -> None:
    """Every report of a batch is recorded, other events are left out."""
    report = {"eventType": delivery_reports.REPORT, "data": {"messageId": "m", "status": "Bounced"}}
    other = {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent"}
    await function(delivery_reports, "record_delivery_reports")(message([report, other, report]))
    assert [call["report"].operation_id for call in calls] == ["m", "m"]


async def test_each_scan_result_is_recorded(calls: list[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    """Every result about a proof is recorded; what is malware stands in the log as a warning, without its words."""
    found = {"blobUri": f"https://a.blob.core.windows.net/proofs/{CLAIM}/{'0' * 64}", "scanResultType": "Malicious"}
    event = {"eventType": scan_results.RESULT, "data": found}
    with caplog.at_level(logging.INFO, logger="cpor"):
        await function(scan_results, "record_scan_results")(message([event, event]))
    assert [call["finding"].claim_id for call in calls] == [CLAIM, CLAIM]
    told = [one for one in caplog.records if one.name == "cpor"]
    assert [one.levelno for one in told] == [logging.WARNING] * 2
    assert all(one.getMessage().startswith("record_scan_results infected") for one in told)


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("keep_failed_verification", "verify-claims"),
        ("keep_failed_effects", "claim-effects"),
        ("keep_failed_deadline", "claim-deadlines"),
        ("keep_failed_delivery_report", "delivery-reports"),
        ("keep_failed_scan_result", "scan-results"),
    ],
)
async def test_dead_letters_are_kept_as_they_are(calls: list[dict[str, Any]], name: str, queue: str) -> None:
    """A message that failed for good is kept with the queue that it failed in, even where it is no text."""
    await function(dead_letters, name)(Message(b"not json \xff", 1))
    assert (calls[0]["queue"], calls[0]["body"]) == (queue, "not json \ufffd")


@pytest.mark.parametrize("data", [[], {}, "x", {**BODY, "sent_at": "soon"}, {**BODY, "schema_version": None}])
async def test_message_that_cannot_be_read_is_not_swallowed(calls: list[dict[str, Any]], data: object) -> None:
    """A message that makes no sense fails, so that it ends with the dead letters."""
    for module, name in (
        (verification, "verify_claim"),
        (effects, "carry_out_effects"),
        (deadlines, "handle_deadline"),
    ):
        with pytest.raises(Exception, match="message"):
            await function(module, name)(message(data))
    assert calls == []


async def test_log_names_the_claim(calls: list[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    """The line about a message names its claim, for whoever follows one claim through the log."""
    with caplog.at_level(logging.INFO, logger="cpor"):
        await function(verification, "verify_claim")(message())
    assert [vars(record)["claim"] for record in caplog.records if record.name == "cpor"] == [CLAIM]
