"""A claim as lists show it: who must act, and by when (PROCESS.md, States)."""

from datetime import datetime

from shared.domain.claim import ActorKind, CheckOutcome, Claim, Status
from shared.domain.deadlines import ClockKind, Receipt
from shared.domain.stages import stage_times
from shared.usecases.records import ClaimSummary

_NEXT: dict[Status, tuple[ActorKind, ClockKind | None]] = {
    Status.DRAFT: (ActorKind.PARTNER, ClockKind.DRAFT),
    Status.SUBMITTED: (ActorKind.SYSTEM, None),
    Status.UNDER_REVIEW: (ActorKind.REVIEWER, ClockKind.REVIEW),
    Status.ACTION_REQUIRED: (ActorKind.PARTNER, ClockKind.ACTION_REQUIRED),
    Status.PENDING_CUSTOMER: (ActorKind.CUSTOMER, ClockKind.OPT_OUT),
    Status.APPROVED: (ActorKind.NONE, None),
    Status.OPTED_OUT: (ActorKind.NONE, None),
    Status.REJECTED: (ActorKind.NONE, ClockKind.DISPUTE),
    Status.WITHDRAWN: (ActorKind.NONE, None),
    Status.ENDED: (ActorKind.NONE, None),
}


def next_step(claim: Claim) -> tuple[ActorKind, datetime | None]:
    """Who must act next, and the deadline (UTC), null where there is none.

    Before the provider has accepted the notice the customer cannot act: the system must. A rejected claim waits for
    nobody, but its partner may dispute until the deadline.
    """
    actor, _ = _NEXT[claim.status]
    receipt = next_receipt(claim)
    if claim.status is Status.PENDING_CUSTOMER and receipt is None:
        return ActorKind.SYSTEM, None
    if claim.status is Status.REJECTED and not claim.disputed:
        actor = ActorKind.PARTNER
    return actor, receipt.deadline_at if receipt else None


def next_receipt(claim: Claim) -> Receipt | None:
    """The receipt of the deadline that the claim waits for, null where nothing runs."""
    _, clock = _NEXT[claim.status]
    if clock is None or (claim.status is Status.REJECTED and claim.disputed):
        return None
    return claim.clocks.get(clock.value)


def summary_of(claim: Claim) -> ClaimSummary:
    """The claim's list row."""
    actor, deadline = next_step(claim)
    receipt = next_receipt(claim)
    return ClaimSummary(
        claim_id=claim.claim_id,
        number=claim.number,
        organisation=claim.organisation,
        mpn_id=claim.mpn_id,
        tenant_id=claim.customer.tenant_id,
        domain=claim.customer.domain,
        customer_name=claim.customer.name,
        claim_name=claim.claim_name,
        status=claim.status,
        solution_area=claim.solution_area,
        activities=claim.activities,
        product_ids=tuple(dict.fromkeys(item.product_id for item in claim.items if item.product_id)),
        outcomes=tuple(item.outcome for item in claim.items),
        contested=any(check.code == "contested" and check.result is CheckOutcome.FLAG for check in claim.checks),
        next_actor=actor.value,
        next_deadline=deadline,
        deadline_zone=receipt.zone if receipt else None,
        submitted_at=claim.submitted_at,
        created_at=claim.created_at,
        updated_at=claim.updated_at,
        revision=claim.revision,
        stages=stage_times(claim),
    )
