"""The named conditions of the transition table: each looks at the claim before the event, the event, and the time."""

from datetime import datetime

from shared.domain.catalogue import Activity
from shared.domain.claim import ApprovalGround, CheckOutcome, Claim, Status
from shared.domain.claim_events import Event
from shared.domain.deadlines import ClockKind, is_over
from shared.domain.policy import CLOCK_SKEW_MARGIN

REMINDED_CLOCKS = {
    Status.DRAFT: ClockKind.DRAFT,
    Status.ACTION_REQUIRED: ClockKind.ACTION_REQUIRED,
    Status.PENDING_CUSTOMER: ClockKind.OPT_OUT,
}


def always(_claim: Claim, _event: Event, _now: datetime) -> bool:
    """No condition."""
    return True


def complete(claim: Claim, _event: Event, _now: datetime) -> bool:
    """What every claim needs to be checked at all; the request model has told the partner of each missing field."""
    return bool(
        claim.solution_area
        and claim.activities
        and claim.claim_name
        and claim.customer_contact
        and claim.partner_contact
        and claim.live_items
        and claim.current_proofs
    )


def has_reasons(_claim: Claim, event: Event, _now: datetime) -> bool:
    """Nobody is told "rejected" without a reason."""
    return bool(event.reasons)


def no_flag_or_fail(_claim: Claim, event: Event, _now: datetime) -> bool:
    """Every check passed, and checks were run."""
    return bool(event.checks) and all(check.result is CheckOutcome.PASS for check in event.checks)


def flag_without_fail(_claim: Claim, event: Event, _now: datetime) -> bool:
    """A check asks for a person, and none failed."""
    results = {check.result for check in event.checks}
    return CheckOutcome.FLAG in results and CheckOutcome.FAIL not in results


def fail_with_reason(claim: Claim, event: Event, now: datetime) -> bool:
    """A check failed, and the partner is told why."""
    return has_reasons(claim, event, now) and any(check.result is CheckOutcome.FAIL for check in event.checks)


def _left(claim: Claim, event: Event) -> int:
    return sum(1 for item in claim.live_items if item.item_id not in event.item_ids)


def no_item_left(claim: Claim, event: Event, _now: datetime) -> bool:
    """The event takes the last live item; one that names none takes them all."""
    return not event.item_ids or _left(claim, event) == 0


def leaves_an_item(claim: Claim, event: Event, _now: datetime) -> bool:
    """At least one item stays live."""
    return _left(claim, event) > 0


def may_be_accepted(claim: Claim, event: Event, now: datetime) -> bool:
    """An item is left, each has its exclusive slot, and no failed check stands in the way, unless it was disputed."""
    failed = any(check.result is CheckOutcome.FAIL for check in claim.checks)
    kept = [item for item in claim.live_items if item.item_id not in event.item_ids]
    slotted = all(item.resource is not None or item.activity == Activity.REVENUE for item in kept)
    return leaves_an_item(claim, event, now) and slotted and (claim.disputed or not failed)


def contested(claim: Claim, event: Event, _now: datetime) -> bool:
    """The checks found another partner on one of the slots; an event may bring what they find now."""
    checks = event.checks or claim.checks
    return any(check.code == "contested" and check.result is CheckOutcome.FLAG for check in checks)


def no_window_yet(claim: Claim, _event: Event, _now: datetime) -> bool:
    """The customer's window has not been opened in this round."""
    return ClockKind.OPT_OUT.value not in claim.clocks


def window_over(claim: Claim, _event: Event, now: datetime) -> bool:
    """The customer's window was opened by an accepted notice, and ended more than the safety margin ago."""
    return _over(claim, ClockKind.OPT_OUT, now)


def answer_over(claim: Claim, _event: Event, now: datetime) -> bool:
    """The partner's time to answer ended more than the safety margin ago."""
    return _over(claim, ClockKind.ACTION_REQUIRED, now)


def draft_over(claim: Claim, _event: Event, now: datetime) -> bool:
    """The draft was not touched for as long as the policy keeps one."""
    return _over(claim, ClockKind.DRAFT, now)


def _over(claim: Claim, kind: ClockKind, now: datetime) -> bool:
    receipt = claim.clocks.get(kind.value)
    return receipt is not None and is_over(receipt, now=now, margin=CLOCK_SKEW_MARGIN)


def reminder_due(claim: Claim, _event: Event, now: datetime) -> bool:
    """The reminder's hour has come, the deadline has not, and none went out for this clock."""
    kind = REMINDED_CLOCKS[claim.status]
    receipt = claim.clocks.get(kind.value)
    if receipt is None or receipt.reminder_at is None or kind.value in claim.reminded:
        return False
    return receipt.reminder_at <= now < receipt.deadline_at


def approved_by_silence(claim: Claim, _event: Event, _now: datetime) -> bool:
    """Silence made it official, so a notice that never arrived unmakes it; an explicit yes stands."""
    return claim.approval_ground is ApprovalGround.SILENCE


def approved_in_words(claim: Claim, event: Event, now: datetime) -> bool:
    """Not by silence: a notice that never arrived is a note and no more."""
    return not approved_by_silence(claim, event, now)


def may_be_disputed(claim: Claim, _event: Event, now: datetime) -> bool:
    """Once per claim, within the dispute window."""
    receipt = claim.clocks.get(ClockKind.DISPUTE.value)
    return not claim.disputed and receipt is not None and now <= receipt.deadline_at


def last_item_with_reason(claim: Claim, event: Event, now: datetime) -> bool:
    """A reason is given, and no item is left."""
    return has_reasons(claim, event, now) and no_item_left(claim, event, now)


def leaves_an_item_with_reason(claim: Claim, event: Event, now: datetime) -> bool:
    """A reason is given, and an item is left."""
    return has_reasons(claim, event, now) and leaves_an_item(claim, event, now)
