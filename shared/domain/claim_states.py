"""The claim's life as one table, and the only code that sets a status (PROCESS.md, States).

`TRANSITIONS[status][event]` lists rules; the first whose guard holds is taken, and none holding forbids the event.
Terminal states are written as empty. docs/state-diagram.md is drawn from this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from shared.domain import claim_guards as guard
from shared.domain.claim import Claim, Status
from shared.domain.claim_changes import changed
from shared.domain.claim_events import Event, EventKind
from shared.domain.deadlines import ClockKind, Receipt
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import HistoryRow, chained
from shared.domain.mails import MailKind as M


class Same(Enum):
    """The sentinel of a rule that leaves the status as it is."""

    STAY = "stay"


STAY: Final = Same.STAY
DELETED: Final = None


class SlotEffect(Enum):
    """What the commit does to the slots of the items concerned, in the claim's own transaction."""

    TAKE_PENDING = "take pending"
    PROMOTE = "pending becomes holder"
    TAKE_AND_PROMOTE = "take pending, which becomes holder"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way an event may go: the new status, the guard, and the effects as data.

    `quiet` rules do not move the revision: nothing that a reader of the claim decides by has changed.
    """

    to: Status | Same | None
    guard: Callable[[Claim, Event, datetime], bool] = guard.always
    slots: SlotEffect | None = None
    mails: tuple[M, ...] = ()
    clocks: tuple[ClockKind, ...] = ()
    quiet: bool = False


def _one(
    to: Status | Same | None,
    *mails: M,
    slots: SlotEffect | None = None,
    clocks: tuple[ClockKind, ...] = (),
    quiet: bool = False,
) -> tuple[Rule, ...]:
    return (Rule(to, guard.always, slots, mails, clocks, quiet),)


E, S, C = EventKind, Status, ClockKind
TAKE, PROMOTE, RELEASE = SlotEffect.TAKE_PENDING, SlotEffect.PROMOTE, SlotEffect.RELEASE
_STAY = (Rule(STAY),)
_WITHDRAWN = _one(S.WITHDRAWN)
_ANSWER = (C.ACTION_REQUIRED,)
_APPROVED = _one(S.APPROVED, M.ASSOCIATION_APPROVED, M.CLAIM_APPROVED, slots=PROMOTE)
_ENDS = (
    Rule(S.ENDED, guard.no_item_left, RELEASE, (M.ASSOCIATION_ENDED, M.CLAIM_ENDED)),
    Rule(STAY, guard.leaves_an_item, RELEASE, (M.ASSOCIATION_ENDED, M.CLAIM_ENDED)),
)

TRANSITIONS: Mapping[Status | None, Mapping[EventKind, tuple[Rule, ...]]] = {
    None: {
        E.DRAFTED: _one(S.DRAFT, clocks=(C.DRAFT,)),
        E.SUBMITTED: (Rule(S.SUBMITTED, guard.complete, mails=(M.CLAIM_RECEIVED,)),),
        E.IMPORTED: _one(S.APPROVED, slots=SlotEffect.TAKE_AND_PROMOTE),
        E.LEGACY_DRAFTED: _one(S.DRAFT, M.LEGACY_DRAFT, clocks=(C.DRAFT,)),
    },
    S.DRAFT: {
        E.EDITED: _one(STAY, clocks=(C.DRAFT,)),
        E.DRAFT_TOLD: _one(STAY, clocks=(C.DRAFT,), quiet=True),
        E.PROOF_ADDED: _one(STAY, clocks=(C.DRAFT,)),
        E.PROOF_REMOVED: _one(STAY, clocks=(C.DRAFT,)),
        E.COMMENTED: _STAY,
        E.REMINDER_DUE: (Rule(STAY, guard.reminder_due, mails=(M.DRAFT_EXPIRING,), quiet=True),),
        E.SUBMITTED: (Rule(S.SUBMITTED, guard.complete, mails=(M.CLAIM_RECEIVED,)),),
        E.DISCARDED: _one(DELETED),
        E.DRAFT_EXPIRED: (Rule(DELETED, guard.draft_over),),
    },
    S.SUBMITTED: {
        E.CHECKS_PASSED: (Rule(S.PENDING_CUSTOMER, guard.no_flag_or_fail, TAKE, (M.ASSOCIATION_REQUEST,)),),
        E.CHECKS_FLAGGED: (
            Rule(S.UNDER_REVIEW, guard.flag_without_fail, mails=(M.CLAIM_UNDER_REVIEW,), clocks=(C.REVIEW,)),
        ),
        E.CHECKS_FAILED: (Rule(S.REJECTED, guard.fail_with_reason, mails=(M.CLAIM_REJECTED,), clocks=(C.DISPUTE,)),),
        E.COMMENTED: _STAY,
        E.WITHDRAWN: _WITHDRAWN,
    },
    S.UNDER_REVIEW: {
        E.ACCEPTED: (Rule(S.PENDING_CUSTOMER, guard.may_be_accepted, TAKE, (M.ASSOCIATION_REQUEST,)),),
        E.INFORMATION_REQUESTED: (
            Rule(S.ACTION_REQUIRED, guard.has_reasons, mails=(M.ACTION_REQUIRED,), clocks=_ANSWER),
        ),
        E.REVIEW_REJECTED: (
            Rule(S.REJECTED, guard.last_item_with_reason, mails=(M.CLAIM_REJECTED,), clocks=(C.DISPUTE,)),
        ),
        E.INCUMBENT_NOTIFIED: (Rule(STAY, guard.contested, clocks=(C.INCUMBENT_RESPONSE,)),),
        E.PROOF_ADDED: (Rule(STAY, guard.contested),),
        E.COMMENTED: _STAY,
        E.MPN_CORRECTED: _STAY,
        E.WITHDRAWN: _WITHDRAWN,
    },
    S.ACTION_REQUIRED: {
        E.AMENDED: (Rule(STAY, guard.leaves_an_item),),
        E.PROOF_ADDED: _STAY,
        E.PROOF_REMOVED: _STAY,
        E.COMMENTED: _STAY,
        E.MPN_CORRECTED: _STAY,
        E.REMINDER_DUE: (Rule(STAY, guard.reminder_due, mails=(M.DEADLINE_NEAR,), quiet=True),),
        E.RESUBMITTED: (Rule(S.SUBMITTED, guard.complete, mails=(M.CLAIM_RECEIVED,)),),
        E.ANSWER_OVERDUE: (Rule(S.REJECTED, guard.answer_over, mails=(M.CLAIM_REJECTED,), clocks=(C.DISPUTE,)),),
        E.WITHDRAWN: _WITHDRAWN,
    },
    S.PENDING_CUSTOMER: {
        E.NOTICE_ACCEPTED: (Rule(STAY, guard.no_window_yet, mails=(M.CUSTOMER_NOTIFIED,), clocks=(C.OPT_OUT,)),),
        E.NOTICE_UNDELIVERED: _one(S.ACTION_REQUIRED, M.ACTION_REQUIRED, slots=RELEASE, clocks=_ANSWER),
        E.CONTACT_WRONG: _one(S.ACTION_REQUIRED, M.ACTION_REQUIRED, slots=RELEASE, clocks=_ANSWER),
        E.REMINDER_DUE: (Rule(STAY, guard.reminder_due, mails=(M.ASSOCIATION_REMINDER,), quiet=True),),
        E.ITEMS_DECLINED: (
            Rule(S.OPTED_OUT, guard.no_item_left, RELEASE, (M.CUSTOMER_OPTED_OUT,)),
            Rule(STAY, guard.leaves_an_item, RELEASE),
        ),
        E.OPTED_OUT: (Rule(S.OPTED_OUT, guard.no_item_left, RELEASE, (M.CUSTOMER_OPTED_OUT,)),),
        E.CONFIRMED: _APPROVED,
        E.DEADLINE_PASSED: (replace(_APPROVED[0], guard=guard.window_over),),
        E.COMMENTED: _STAY,
        E.WITHDRAWN: _one(S.WITHDRAWN, M.ASSOCIATION_WITHDRAWN, slots=RELEASE),
    },
    S.APPROVED: {
        E.DISASSOCIATED: (
            replace(_ENDS[0], guard=guard.last_item_with_reason),
            replace(_ENDS[1], guard=guard.leaves_an_item_with_reason),
        ),
        E.REVOKED: _ENDS,
        E.SUPERSEDED: _ENDS,
        E.EXPIRED: _ENDS,
        E.NOTICE_FOUND_UNDELIVERED: (Rule(S.ENDED, guard.approved_by_silence, RELEASE, (M.CLAIM_ENDED,)),),
        E.DELIVERY_FAILURE_RECORDED: (Rule(STAY, guard.approved_in_words, quiet=True),),
        E.CONTEST_NOTICED: _one(STAY, M.ASSOCIATION_CONTESTED, clocks=(C.INCUMBENT_RESPONSE,)),
        E.ENDING_NEAR: _one(STAY, M.ASSOCIATION_ENDING, quiet=True),
        E.EXTENDED: _STAY,
        E.PROOF_ADDED: _STAY,
        E.COMMENTED: _STAY,
        E.MPN_CORRECTED: _STAY,
    },
    S.REJECTED: {
        E.DISPUTED: (Rule(S.UNDER_REVIEW, guard.may_be_disputed, mails=(M.CLAIM_UNDER_REVIEW,), clocks=(C.REVIEW,)),),
        E.COMMENTED: _STAY,
    },
    S.OPTED_OUT: {},
    S.WITHDRAWN: {},
    S.ENDED: {},
}

StartClock = Callable[[ClockKind, datetime], Receipt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an event makes of a claim: `claim` is null where its rows are to be deleted."""

    claim: Claim | None
    row: HistoryRow
    rule: Rule


def apply(
    claim: Claim | None,
    event: Event,
    *,
    now: datetime,
    operation_id: str,
    start_clock: StartClock,
    new: Claim | None = None,
) -> Step:
    """The claim after the event, and the history row that tells of it.

    `new` is the claim to be made by an event that makes one (`claim` is then null). `now` is a UTC-aware instant,
    `start_clock` gives the receipt of a clock that the rule starts. Raises ForbiddenTransitionError.
    """
    subject = claim or new
    if subject is None:
        raise ForbiddenTransitionError(status="", event=event.kind)
    rule = _rule(claim, subject, event, now)
    status = subject.status if rule.to is STAY else rule.to
    after = changed(subject, event, now=now)
    clocks = dict(after.clocks) if rule.to is STAY else {}
    reminded = after.reminded if rule.to is STAY else ()
    started = {kind.value: start_clock(kind, event.at or now) for kind in rule.clocks}
    clocks |= started
    reminded = tuple(name for name in reminded if name not in started)
    row = chained(
        claim_id=subject.claim_id,
        seq=subject.history_seq + 1,
        at=now,
        actor=event.actor,
        event=event.kind.value,
        from_status=claim.status.value if claim else "",
        to_status=status.value if isinstance(status, Status) else "",
        reasons=event.reasons,
        detail=_told(event, started),
        previous_hash=subject.history_hash,
        operation_id=operation_id,
    )
    if not isinstance(status, Status):
        return Step(claim=None, row=row, rule=rule)
    visited = after.visited if status in after.visited else (*after.visited, status)
    return Step(
        claim=replace(
            after,
            status=status,
            visited=visited,
            entered=_entered(after, status, now) if claim is None or status is not claim.status else after.entered,
            clocks=clocks,
            window=started.get(ClockKind.OPT_OUT.value, after.window),
            reminded=reminded,
            revision=after.revision + (0 if rule.quiet else 1),
            updated_at=after.updated_at if rule.quiet else now,
            history_seq=row.seq,
            history_hash=row.hash,
        ),
        row=row,
        rule=rule,
    )


def _entered(claim: Claim, status: Status, now: datetime) -> dict[str, datetime]:
    """When the claim last came into each status, the newest behind the others."""
    return {**{name: at for name, at in claim.entered.items() if name != status.value}, status.value: now}


def _told(event: Event, started: Mapping[str, Receipt]) -> Mapping[str, object]:
    """The event's detail, with each deadline that it sets: an auditor finds the receipt in the chain itself."""
    if not started:
        return event.detail
    deadlines = {
        kind: {
            "startsAt": receipt.starts_at.isoformat(),
            "deadlineAt": receipt.deadline_at.isoformat(),
            "zone": receipt.zone,
            "calendar": receipt.calendar,
            "businessDays": receipt.business_days,
            "skipped": [f"{skipped.day.isoformat()} {skipped.reason}" for skipped in receipt.skipped],
        }
        for kind, receipt in started.items()
    }
    return {**event.detail, "deadlines": deadlines}


def _rule(claim: Claim | None, subject: Claim, event: Event, now: datetime) -> Rule:
    status = claim.status if claim else None
    rules = TRANSITIONS[status].get(event.kind, ())
    for rule in rules:
        if rule.guard(subject, event, now):
            return rule
    raise ForbiddenTransitionError(
        status=status.value if status else "", event=event.kind.value, guard=rules[0].guard.__name__ if rules else None
    )


def permits(claim: Claim, kind: EventKind) -> bool:
    """Whether the table lists the event for the claim's state at all (its guard may still forbid it)."""
    return kind in TRANSITIONS[claim.status]


def guarded(claim: Claim, event: Event, *, now: datetime) -> Rule:
    """The rule that the event would take now. ForbiddenTransitionError where it takes none."""
    return _rule(claim, claim, event, now)
