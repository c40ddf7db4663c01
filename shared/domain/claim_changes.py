"""What each event changes in a claim besides its status: one small function per event that changes anything."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from shared.domain.claim import ApprovalGround, Claim, Item, Outcome, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_guards import REMINDED_CLOCKS

Change = Callable[[Claim, Event, datetime], Claim]


def changed(claim: Claim, event: Event, *, now: datetime) -> Claim:
    """The claim with what the event says, its status and chain untouched."""
    after = replace(claim, **event.changes) if event.changes else claim  # type: ignore[arg-type]
    if event.comment:
        after = replace(after, comments=(*after.comments, event.comment))
    if event.items:
        after = replace(after, items=event.items)
    change = CHANGES.get(event.kind)
    return change(after, event, now) if change else after


def _settle(claim: Claim, event: Event, now: datetime, outcome: Outcome, *, all_if_none: bool = True) -> Claim:
    """The live items named by the event (or all, if it names none) get the outcome and its reasons."""

    def settled(item: Item) -> Item:
        concerned = item.item_id in event.item_ids or (all_if_none and not event.item_ids)
        if not concerned or item.outcome not in {Outcome.CLAIMED, Outcome.ASSOCIATED}:
            return item
        reasons = event.item_reasons.get(item.item_id, event.reasons)
        return replace(item, outcome=outcome, reasons=reasons, settled_at=now, supersede=False)

    return replace(claim, items=tuple(settled(item) for item in claim.items))


def _submitted(claim: Claim, event: Event, now: datetime) -> Claim:
    """A new round: what was found, asked or decided in the last one, a supersede too, does not carry over."""
    return replace(
        claim,
        items=tuple(replace(item, supersede=False) for item in claim.items),
        round=claim.round + 1,
        submitted_at=claim.submitted_at or now,
        reasons=(),
        checks=(),
        review_since=None,
        notice_accepted_at=None,
        window=None,
        customer_choice=None,
        incumbents_told={},
    )


def _checked(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, checks=event.checks, reasons=event.reasons)


def _flagged(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(_checked(claim, event, now), review_since=now)


def _failed(claim: Claim, event: Event, now: datetime) -> Claim:
    return _rejected(_checked(claim, event, now), event, now)


def _rejected(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(_settle(claim, event, now, Outcome.REFUSED), reasons=event.reasons, rejected_at=now)


def _accepted(claim: Claim, event: Event, now: datetime) -> Claim:
    refused = _settle(claim, event, now, Outcome.REFUSED, all_if_none=False)
    replacing = event.supersede - event.item_ids
    items = tuple(replace(item, supersede=item.item_id in replacing) for item in refused.items)
    return replace(refused, items=items, reasons=event.reasons)


def _reasoned(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, reasons=event.reasons, notice_accepted_at=None, window=None)


def _amended(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, items=tuple(item for item in claim.items if item.item_id not in event.item_ids))


def _proof_added(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, proofs=(*claim.proofs, event.proof)) if event.proof else claim


def _proof_removed(claim: Claim, event: Event, now: datetime) -> Claim:
    """A draft's proof goes; one that was filed is only marked, for it is part of what was claimed."""
    gone = event.proof.proof_id if event.proof else None
    if claim.status is Status.DRAFT:
        return replace(claim, proofs=tuple(proof for proof in claim.proofs if proof.proof_id != gone))
    return replace(
        claim,
        proofs=tuple(replace(proof, replaced=True) if proof.proof_id == gone else proof for proof in claim.proofs),
    )


def _reminded(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, reminded=(*claim.reminded, REMINDED_CLOCKS[claim.status].value))


def _noticed(claim: Claim, event: Event, now: datetime) -> Claim:
    return replace(claim, notice_accepted_at=event.at or now)


def _declined(claim: Claim, event: Event, now: datetime) -> Claim:
    return _settle(claim, event, now, Outcome.DECLINED)


def _approved(ground: ApprovalGround) -> Change:
    def change(claim: Claim, event: Event, now: datetime) -> Claim:
        items = tuple(
            replace(item, outcome=Outcome.ASSOCIATED, settled_at=now) if item.outcome is Outcome.CLAIMED else item
            for item in claim.items
        )
        return replace(claim, items=items, approved_at=now, approval_ground=ground, reasons=())

    return change


def _ended(claim: Claim, event: Event, now: datetime) -> Claim:
    after = _settle(claim, event, now, Outcome.ENDED)
    return replace(after, reasons=event.reasons, ended_at=None if after.live_items else now)


def _disputed(claim: Claim, event: Event, now: datetime) -> Claim:
    """What the rejection refused is claimed again; what was refused or declined before it stays so.

    A new round begins: mails, delivery reports and answers of the one that ended in the rejection are not this one's.
    """
    items = tuple(
        replace(item, outcome=Outcome.CLAIMED, reasons=(), settled_at=now)
        if item.outcome is Outcome.REFUSED and item.settled_at == claim.rejected_at
        else item
        for item in claim.items
    )
    return replace(
        claim,
        items=items,
        disputed=True,
        review_since=now,
        round=claim.round + 1,
        customer_choice=None,
        incumbents_told={},
    )


CHANGES: Mapping[EventKind, Change] = {
    EventKind.SUBMITTED: _submitted,
    EventKind.RESUBMITTED: _submitted,
    EventKind.CHECKS_PASSED: _checked,
    EventKind.CHECKS_FLAGGED: _flagged,
    EventKind.CHECKS_FAILED: _failed,
    EventKind.ACCEPTED: _accepted,
    EventKind.INFORMATION_REQUESTED: _reasoned,
    EventKind.REVIEW_REJECTED: _rejected,
    EventKind.ANSWER_OVERDUE: _rejected,
    EventKind.AMENDED: _amended,
    EventKind.PROOF_ADDED: _proof_added,
    EventKind.PROOF_REMOVED: _proof_removed,
    EventKind.REMINDER_DUE: _reminded,
    EventKind.NOTICE_ACCEPTED: _noticed,
    EventKind.NOTICE_UNDELIVERED: _reasoned,
    EventKind.CONTACT_WRONG: _reasoned,
    EventKind.ITEMS_DECLINED: _declined,
    EventKind.OPTED_OUT: _declined,
    EventKind.CONFIRMED: _approved(ApprovalGround.CONFIRMED),
    EventKind.DEADLINE_PASSED: _approved(ApprovalGround.SILENCE),
    EventKind.IMPORTED: _approved(ApprovalGround.IMPORTED),
    EventKind.DISASSOCIATED: _ended,
    EventKind.REVOKED: _ended,
    EventKind.SUPERSEDED: _ended,
    EventKind.EXPIRED: _ended,
    EventKind.NOTICE_FOUND_UNDELIVERED: _ended,
    EventKind.DISPUTED: _disputed,
}
