"""What operators are shown (API.md, Reviewers and program admins): no names, no addresses, no files, no bodies."""

from collections.abc import Mapping
from typing import Any

from functions.delivery_reports import read_reports
from functions.event_grid import UnreadableEventError
from functions.presenters import instant, receipt_json
from functions.scan_results import read_findings
from shared import wiring
from shared.domain.reason_texts import N_
from shared.texts import texts
from shared.usecases.due_plans import DueReason
from shared.usecases.foresee_finalization import ForeseenRow
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.records import DeadLetter, Queue, WorkMessage
from shared.usecases.verify_history import HistoryVerdict

_FAILED: Mapping[str, str] = {
    Queue.VERIFY.value: N_("A claim could not be checked."),
    Queue.EFFECTS.value: N_("A claim's lists or mails could not be brought up to date."),
    Queue.DEADLINES.value: N_("A deadline could not be acted upon."),
    Queue.DELIVERY.value: N_("A delivery report of the mail provider could not be recorded."),
    Queue.EVENTS.value: N_("A claim's events could not be published."),
    Queue.SCANS.value: N_("A result of the malware scan could not be recorded."),
}
_FAILED_OTHERWISE = N_("A message could not be handled.")
_WHY: Mapping[DueReason, str] = {
    DueReason.WINDOW_OVER: N_("The customer was told, and the time to object is over."),
    DueReason.ANSWER_OVERDUE: N_("The partner did not answer in time."),
    DueReason.DRAFT_UNTOUCHED: N_("Nobody has edited the draft for as long as drafts are kept."),
    DueReason.REMINDER_HOUR: N_("The hour of the reminder has come, and the deadline has not passed."),
    DueReason.REGISTRY_DECIDES: N_("A subscription ends or is about to; the registry decides what happens."),
    DueReason.CLAIM_GONE: N_("There is no such claim any more."),
    DueReason.CLOCK_STOPPED: N_("The claim has moved on, and this clock does not run any more."),
    DueReason.CLOCK_MOVED: N_("The clock was started anew; its present deadline counts."),
    DueReason.REMINDED_BEFORE: N_("The reminder was sent already."),
    DueReason.TOO_LATE_TO_REMIND: N_("The deadline has passed, so that a reminder would come too late."),
    DueReason.NOT_YET: N_("The deadline has not passed yet."),
}


def letter_name(letter: DeadLetter) -> str:
    """The ID that people use: the day the letter lies on, and its own."""
    return f"{letter.at:%Y-%m-%d}-{letter.letter_id}"


def place_named(name: str) -> DeadLetterPlace:
    """The place that an ID names; one that cannot be an ID names a place where nothing lies."""
    year, month, day, letter_id = (*name.split("-", 3), "", "", "", "")[:4]
    return DeadLetterPlace(day=f"{year}-{month}-{day}", letter_id=letter_id)


def letter_json(letter: DeadLetter, *, language: str) -> dict[str, Any]:
    """A dead letter; of its body only the work that it asked for."""
    words = texts(language)
    work = work_json(letter)
    return {
        "id": letter_name(letter),
        "queue": letter.queue,
        "at": instant(letter.at),
        "claimId": letter.claim_id,
        "what": words.gettext(_FAILED.get(letter.queue, _FAILED_OTHERWISE)),
        "readable": work is not None,
        "work": work,
        "open": letter.is_open,
        "replayedAt": instant(letter.replayed_at),
        "replayedBy": letter.replayed_by,
    }


def work_json(letter: DeadLetter) -> dict[str, Any] | None:
    """The work that the letter asked for, null where it cannot be read."""
    try:
        if letter.queue == Queue.DELIVERY.value:
            reports = read_reports(letter.body, now=letter.at)
            return {"reports": [{"operationId": one.operation_id, "status": one.status} for one in reports]}
        if letter.queue == Queue.SCANS.value:
            findings = read_findings(letter.body, now=letter.at)
            return {"scans": [{"claimId": one.claim_id, "scan": one.scan.value} for one in findings]}
    except UnreadableEventError:
        return None
    try:
        message = wiring.work_message(letter.body)
    except wiring.BadMessageError:
        return None
    return _message(message)


def _message(message: WorkMessage) -> dict[str, Any]:
    row = message.deadline
    return {
        "claimId": message.claim_id,
        "step": message.step,
        "sentAt": instant(message.sent_at),
        "deadline": None if row is None else {"kind": row.kind, "dueAt": instant(row.due_at)},
    }


def foreseen_json(foreseen: ForeseenRow, *, language: str) -> dict[str, Any]:
    """A due row, what would happen, and why."""
    words, plan = texts(language), foreseen.plan
    return {
        "claimId": foreseen.row.claim_id,
        "number": foreseen.claim.number if foreseen.claim else None,
        "status": foreseen.claim.status.value if foreseen.claim else None,
        "kind": foreseen.row.kind,
        "dueAt": instant(foreseen.row.due_at),
        "outcome": plan.outcome.value,
        "why": plan.why.value,
        "text": words.gettext(_WHY[plan.why]),
        "deadline": receipt_json(plan.receipt) if plan.receipt else None,
    }


def verdict_json(verdict: HistoryVerdict) -> dict[str, Any]:
    """What a recomputed history says."""
    return {
        "claimId": verdict.claim_id,
        "intact": verdict.intact,
        "rows": verdict.rows,
        "headMatches": verdict.head_matches,
        "breaks": [{"seq": one.seq, "what": one.what} for one in verdict.breaks],
    }
