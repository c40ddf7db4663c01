"""What a clock that ran out asks for: one decision, for the handler that does it and for the dry run that tells of it.

Both call `plan_due`, so that what was announced is what happens (API.md, Reviewers and program admins).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded, permits
from shared.domain.deadlines import ClockKind, Receipt
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import SYSTEM
from shared.domain.reasons import ReasonCode
from shared.usecases.records import DeadlineRow
from shared.usecases.transition import deadline_rows, reminder_of


class DueOutcome(StrEnum):
    """What happens to a claim whose clock ran out; the values are part of the contract."""

    APPROVE = "approve-by-silence"
    REJECT = "reject-for-no-answer"
    EXPIRE_DRAFT = "expire-draft"
    REMIND = "remind"
    LOOK = "look-at-the-subscription"
    NOTHING = "nothing"


class DueReason(StrEnum):
    """Why; the values are part of the contract."""

    WINDOW_OVER = "window-over"
    ANSWER_OVERDUE = "answer-overdue"
    DRAFT_UNTOUCHED = "draft-untouched"
    REMINDER_HOUR = "reminder-hour"
    REGISTRY_DECIDES = "registry-decides"
    CLAIM_GONE = "claim-gone"
    CLOCK_STOPPED = "clock-stopped"
    CLOCK_MOVED = "clock-moved"
    REMINDED_BEFORE = "reminded-before"
    TOO_LATE_TO_REMIND = "too-late-to-remind"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePlan:
    """What a due row leads to.

    `event` is null where nothing happens; `present` is the row of the same clock as it runs now, where that is another
    one; `receipt` is the clock's, null where none runs.
    """

    outcome: DueOutcome
    why: DueReason
    event: Event | None = None
    present: DeadlineRow | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class _Work:
    """What one kind of row is about."""

    clock: ClockKind
    status: Status
    event: Event
    outcome: DueOutcome
    why: DueReason


_REMINDER = Event(kind=EventKind.REMINDER_DUE, actor=SYSTEM)


def _remind(clock: ClockKind, status: Status) -> _Work:
    return _Work(clock, status, _REMINDER, DueOutcome.REMIND, DueReason.REMINDER_HOUR)


_WORK = {
    ClockKind.OPT_OUT.value: _Work(
        ClockKind.OPT_OUT,
        Status.PENDING_CUSTOMER,
        Event(kind=EventKind.DEADLINE_PASSED, actor=SYSTEM),
        DueOutcome.APPROVE,
        DueReason.WINDOW_OVER,
    ),
    ClockKind.ACTION_REQUIRED.value: _Work(
        ClockKind.ACTION_REQUIRED,
        Status.ACTION_REQUIRED,
        Event(kind=EventKind.ANSWER_OVERDUE, actor=SYSTEM, reasons=(ReasonCode.NO_PARTNER_RESPONSE,)),
        DueOutcome.REJECT,
        DueReason.ANSWER_OVERDUE,
    ),
    ClockKind.DRAFT.value: _Work(
        ClockKind.DRAFT,
        Status.DRAFT,
        Event(kind=EventKind.DRAFT_EXPIRED, actor=SYSTEM),
        DueOutcome.EXPIRE_DRAFT,
        DueReason.DRAFT_UNTOUCHED,
    ),
    reminder_of(ClockKind.OPT_OUT): _remind(ClockKind.OPT_OUT, Status.PENDING_CUSTOMER),
    reminder_of(ClockKind.ACTION_REQUIRED): _remind(ClockKind.ACTION_REQUIRED, Status.ACTION_REQUIRED),
    reminder_of(ClockKind.DRAFT): _remind(ClockKind.DRAFT, Status.DRAFT),
}


def is_planned(kind: str) -> bool:
    """Whether the kind of row is decided by the claim alone; the others look at the registry too."""
    return kind in _WORK


def plan_due(row: DeadlineRow, claim: Claim | None, *, now: datetime) -> DuePlan:
    """What the row leads to at `now`, for the claim as it is.

    Only the row of the clock that runs now counts. One left over from a clock that was started anew does nothing but
    have the present row written again, so that no clock is ever lost. Never early: the guard of the transition table
    compares the claim's own receipt with `now`, whatever the row says.
    """
    work = _WORK.get(row.kind)
    if claim is None:
        return DuePlan(outcome=DueOutcome.NOTHING, why=DueReason.CLAIM_GONE)
    if work is None:
        return DuePlan(outcome=DueOutcome.LOOK, why=DueReason.REGISTRY_DECIDES)
    receipt = claim.clocks.get(work.clock.value)
    present = next((one for one in deadline_rows(claim, claim.clocks) if one.kind == row.kind), None)
    if claim.status is not work.status or not permits(claim, work.event.kind) or present is None:
        return DuePlan(outcome=DueOutcome.NOTHING, why=DueReason.CLOCK_STOPPED, receipt=receipt)
    if present != row:
        return DuePlan(outcome=DueOutcome.NOTHING, why=DueReason.CLOCK_MOVED, present=present, receipt=receipt)
    try:
        guarded(claim, work.event, now=now)
    except ForbiddenTransitionError:
        why = _forbidden(work, claim, receipt, now)
        return DuePlan(outcome=DueOutcome.NOTHING, why=why, receipt=receipt)
    return DuePlan(outcome=work.outcome, why=work.why, event=work.event, receipt=receipt)


def _forbidden(work: _Work, claim: Claim, receipt: Receipt | None, now: datetime) -> DueReason:
    """Why the present row's own event may not happen."""
    if work.event is not _REMINDER or receipt is None:
        return DueReason.NOT_YET
    if work.clock.value in claim.reminded:
        return DueReason.REMINDED_BEFORE
    return DueReason.TOO_LATE_TO_REMIND if now >= receipt.deadline_at else DueReason.NOT_YET
