"""Claims in every state, made by the events that lead there, for every test that needs one.

`a_claim(Status.APPROVED)` is a whole claim with running clocks and a history; `a_story` gives its history rows and
steps as well; `an_event` is an event with all that it should carry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.claim import (
    Actor,
    ActorKind,
    CheckOutcome,
    CheckResult,
    Claim,
    Comment,
    Contact,
    Customer,
    Item,
    Proof,
    RequestedProduct,
    Status,
)
from shared.domain.claim_events import Event
from shared.domain.claim_events import EventKind as E
from shared.domain.claim_states import Step, apply
from shared.domain.clocks import clocks_for
from shared.domain.deadlines import Receipt
from shared.domain.history import HistoryRow
from shared.domain.policy import Policy

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday; the week after it has a holiday in the United States."""
MINUTE = timedelta(minutes=1)
MARGIN = timedelta(hours=1)
CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
FABRIKAM = "fabfabfa-0000-4000-8000-000000000002"
ALPINE = "a1a1a1a1-0000-4000-8000-000000000001"

PARTNER = Actor(kind=ActorKind.PARTNER, id="7a000000-0000-4000-8000-000000000001")
REVIEWER = Actor(kind=ActorKind.REVIEWER, id="7b000000-0000-4000-8000-000000000001")
RECIPIENT = Actor(kind=ActorKind.CUSTOMER, id="digest-of-the-recipient")
SYSTEM = Actor(kind=ActorKind.SYSTEM, id="cpor")

STORIES: Mapping[Status, tuple[E, ...]] = {
    Status.DRAFT: (E.DRAFTED,),
    Status.SUBMITTED: (E.SUBMITTED,),
    Status.UNDER_REVIEW: (E.SUBMITTED, E.CHECKS_FLAGGED),
    Status.ACTION_REQUIRED: (E.SUBMITTED, E.CHECKS_FLAGGED, E.INFORMATION_REQUESTED),
    Status.PENDING_CUSTOMER: (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED),
    Status.APPROVED: (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.DEADLINE_PASSED),
    Status.OPTED_OUT: (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.OPTED_OUT),
    Status.REJECTED: (E.SUBMITTED, E.CHECKS_FAILED),
    Status.WITHDRAWN: (E.SUBMITTED, E.WITHDRAWN),
    Status.ENDED: (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.DEADLINE_PASSED, E.REVOKED),
}
"""The shortest life that ends in each state; the Approved ones became so by silence."""

WAITING = frozenset({E.DEADLINE_PASSED, E.ANSWER_OVERDUE, E.DRAFT_EXPIRED})


def an_item(product_id: str | None = "teams", **changes: Any) -> Item:
    """A Microsoft 365 item on its workload's slot, unless said otherwise."""
    item = Item(
        item_id=f"{product_id}-usage",
        product_id=product_id,
        subscription_id=None,
        activity="usage",
        programme="osu-microsoft-365",
        resource=f"workload~{product_id}",
    )
    return replace(item, **changes)


def a_proof(proof_id: str = "p1", **changes: Any) -> Proof:
    """A proof that was filed."""
    proof = Proof(
        proof_id=proof_id,
        file_name="proof.pdf",
        content_type="application/pdf",
        size=9,
        sha256=proof_id.encode().hex().zfill(64),
        uploaded_at=NOW,
    )
    return replace(proof, **changes)


def a_comment(text: str = "As agreed.", *, actor: Actor = PARTNER) -> Comment:
    """What somebody wrote."""
    return Comment(comment_id=f"comment on {text}", at=NOW, actor=actor, text=text)


def a_check(result: CheckOutcome = CheckOutcome.PASS, code: str = "contested", *item_ids: str) -> CheckResult:
    """One check's word."""
    return CheckResult(code=code, result=result, message="A sentence for people.", item_ids=item_ids)


def a_draft(*products: str, **changes: Any) -> Claim:
    """A claim that is not stored yet, with all that it needs to be submitted; Teams and Exchange unless said."""
    named = products or ("teams", "exchange-online")
    claim = Claim(
        claim_id="claim-1",
        number="CPOR-0000-0001",
        organisation=CONTOSO,
        mpn_id="1000001",
        customer=Customer(tenant_id=ALPINE, domain="alpine.example", country="US"),
        created_at=NOW,
        updated_at=NOW,
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Rollout",
        requested=tuple(RequestedProduct(product_id=name) for name in named),
        items=tuple(an_item(name) for name in named),
        customer_contact=Contact(name="Anna", email="anna@alpine.example", title="IT manager"),
        partner_contact=Contact(name="Piet", email="piet@contoso.example"),
        proofs=(a_proof(),),
    )
    return replace(claim, **changes)


_CARRIED: Mapping[E, Mapping[str, Any]] = {
    E.PROOF_ADDED: {"proof": a_proof("p2")},
    E.PROOF_REMOVED: {"proof": a_proof("p1")},
    E.COMMENTED: {"comment": a_comment()},
    E.MPN_CORRECTED: {"changes": {"mpn_id": "1000002"}},
    E.CHECKS_PASSED: {"checks": (a_check(),)},
    E.CHECKS_FLAGGED: {"checks": (a_check(CheckOutcome.FLAG),), "reasons": ("contested",)},
    E.CHECKS_FAILED: {"checks": (a_check(CheckOutcome.FAIL, "poe-missing"),), "reasons": ("poe-missing",)},
    E.INFORMATION_REQUESTED: {"reasons": ("poe-no-date",)},
    E.REVIEW_REJECTED: {"reasons": ("poe-not-convincing",)},
    E.ANSWER_OVERDUE: {"reasons": ("no-partner-response",)},
    E.DISPUTED: {"comment": a_comment("The proof was there.")},
    E.NOTICE_UNDELIVERED: {"reasons": ("contact-unreachable",)},
    E.CONTACT_WRONG: {"reasons": ("wrong-contact",), "changes": {"customer_choice": "wrongPerson"}},
    E.NOTICE_FOUND_UNDELIVERED: {"reasons": ("notice-not-delivered",)},
    E.DISASSOCIATED: {"reasons": ("work-ended",)},
    E.REVOKED: {"reasons": ("revoked-by-customer",)},
    E.SUPERSEDED: {"reasons": ("superseded",)},
    E.EXPIRED: {"reasons": ("subscription-ended",)},
}
_REVIEWERS = frozenset({E.ACCEPTED, E.INFORMATION_REQUESTED, E.REVIEW_REJECTED, E.INCUMBENT_NOTIFIED})
_RECIPIENTS = frozenset({E.CONFIRMED, E.OPTED_OUT, E.ITEMS_DECLINED, E.CONTACT_WRONG, E.REVOKED})
_PARTNERS = frozenset(
    {
        *(E.DRAFTED, E.EDITED, E.DISCARDED, E.SUBMITTED, E.RESUBMITTED, E.AMENDED, E.PROOF_ADDED, E.PROOF_REMOVED),
        *(E.COMMENTED, E.MPN_CORRECTED, E.WITHDRAWN, E.DISPUTED, E.DISASSOCIATED),
    }
)


def an_event(kind: E, **changes: Any) -> Event:
    """The event as its usual actor causes it, with all that it should carry; about every item, unless said."""
    actor = SYSTEM
    for actors, who in ((_REVIEWERS, REVIEWER), (_RECIPIENTS, RECIPIENT), (_PARTNERS, PARTNER)):
        actor = who if kind in actors else actor
    return Event(**{"kind": kind, "actor": actor, **_CARRIED.get(kind, {}), **changes})


def the_clock(claim: Claim) -> Receipt:
    """The receipt of the one clock that runs on the claim."""
    (receipt,) = claim.clocks.values()
    return receipt


def when(claim: Claim | None, kind: E) -> datetime:
    """When the event may come: a minute later, or once the clock that it waits for is over, or its reminder is due."""
    if claim is None:
        return NOW
    if claim.clocks and kind in WAITING:
        return the_clock(claim).deadline_at + MARGIN
    if claim.clocks and kind is E.REMINDER_DUE:
        return the_clock(claim).reminder_at or NOW
    return claim.updated_at + MINUTE


def step(claim: Claim | None, event: Event | E, *, now: datetime | None = None, new: Claim | None = None) -> Step:
    """Apply the event, by the default policy's clocks for a customer who is not registered."""
    happened = event if isinstance(event, Event) else an_event(event)
    subject = claim or new or a_draft()
    return apply(
        claim,
        happened,
        now=now or when(claim, happened.kind),
        operation_id=f"operation-{subject.history_seq + 1}",
        start_clock=clocks_for(subject, None, Policy()),
        new=None if claim else subject,
    )


def after(claim: Claim | None, *events: Event | E, new: Claim | None = None) -> Claim:
    """The claim after these events, each as soon as it may come."""
    last = _lived(claim, events, new)[-1].claim
    assert last is not None, "the claim was deleted"
    return last


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A claim and how it came to be."""

    claim: Claim
    steps: tuple[Step, ...]

    @property
    def rows(self) -> tuple[HistoryRow, ...]:
        """The history."""
        return tuple(one.row for one in self.steps)


def _lived(claim: Claim | None, events: Sequence[Event | E], new: Claim | None = None) -> tuple[Step, ...]:
    steps: list[Step] = []
    for event in events:
        steps.append(step(steps[-1].claim if steps else claim, event, new=new))
    return tuple(steps)


def a_story(*events: Event | E, draft: Claim | None = None) -> Story:
    """The life that the events make, from nothing."""
    steps = _lived(None, events, draft)
    last = steps[-1].claim
    assert last is not None, "a story ends with a claim"
    return Story(claim=last, steps=steps)


def a_claim(status: Status = Status.PENDING_CUSTOMER, *, draft: Claim | None = None, **changes: Any) -> Claim:
    """A claim that came to the state by its shortest way, then with the changes; `draft` is how it was filed."""
    return replace(a_story(*STORIES[status], draft=draft).claim, **changes)
