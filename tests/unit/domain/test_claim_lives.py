"""Whole lives of a claim, event after event at random: what holds in each of them."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.claim import ApprovalGround, Claim, Outcome
from shared.domain.claim_events import Event
from shared.domain.claim_events import EventKind as E
from shared.domain.claim_states import SlotEffect, Step
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import breaks
from shared.domain.mails import MAILS
from tests.claims import (
    MARGIN,
    MINUTE,
    NOW,
    STORIES,
    WAITING,
    a_comment,
    a_draft,
    a_proof,
    a_story,
    an_event,
    step,
    the_clock,
    when,
)
from tests.unit.domain.process import PROCESS

THREE = a_draft("teams", "exchange-online", "intune")
ITEM_IDS = [item.item_id for item in THREE.items]
CLOCKS = {
    "Draft": {"draft"},
    "Submitted": set[str](),
    "UnderReview": {"review", "incumbent-response"},
    "ActionRequired": {"action-required"},
    "PendingCustomer": {"opt-out"},
    "Approved": {"incumbent-response"},
    "Rejected": {"dispute"},
    "OptedOut": set[str](),
    "Withdrawn": set[str](),
    "Ended": set[str](),
}
ABOUT_ITEMS = {
    E.ACCEPTED,
    E.ITEMS_DECLINED,
    E.OPTED_OUT,
    E.AMENDED,
    E.DISASSOCIATED,
    E.REVOKED,
    E.SUPERSEDED,
    E.EXPIRED,
}
DELETING = {E.DISCARDED, E.DRAFT_EXPIRED}


def events(claim: Claim | None) -> st.SearchStrategy[Event]:
    """Any event; mostly one that the state lists, about any of the items."""
    listed = [E(kind) for kind in PROCESS[claim.status.value if claim else ""]]
    known = [kind for kind in E if kind not in DELETING]
    kinds = st.sampled_from([kind for kind in listed if kind not in DELETING] or known) | st.sampled_from(known)

    def event(kind: E) -> st.SearchStrategy[Event]:
        if kind is E.PROOF_ADDED:
            return st.just(an_event(kind, proof=a_proof(f"p{claim.history_seq if claim else 0}")))
        if kind not in ABOUT_ITEMS:
            return st.just(an_event(kind, comment=a_comment(kind.value)))
        return st.frozensets(st.sampled_from(ITEM_IDS), max_size=2).map(lambda ids: an_event(kind, item_ids=ids))

    return kinds.flatmap(event)


def moment(claim: Claim | None, event: Event) -> timedelta:
    """How long after the claim's last change the event may come, where a clock or reminder decides."""
    if claim is None or event.kind not in {*WAITING, E.REMINDER_DUE} or len(claim.clocks) != 1:
        return MINUTE
    return max(when(claim, event.kind) - claim.updated_at, MINUTE)


def lived(data: st.DataObject) -> list[Step]:
    """The steps of one life; time only goes forward."""
    steps: list[Step] = []
    claim: Claim | None = None
    now = NOW
    for _ in range(data.draw(st.integers(1, 25))):
        event = data.draw(events(claim))
        then = now if claim is None else max(now, claim.updated_at + moment(claim, event))
        try:
            made = step(claim, event, now=then, new=THREE)
        except ForbiddenTransitionError:
            continue
        assert claim is None or PROCESS[claim.status.value], "a final state let an event through"
        assert made.claim is not None
        steps.append(made)
        claim, now = made.claim, then + MINUTE
    return steps


def claims(steps: list[Step]) -> list[Claim]:
    """The claim after each step."""
    return [made.claim for made in steps if made.claim]


# What holds in every life; each gets all its steps.


def rows_form_a_chain(steps: list[Step]) -> None:
    """Each step adds one row, the chain verifies to the end, and states follow one another without a gap."""
    rows = [made.row for made in steps]
    for made in claims(steps):
        assert breaks(rows[: made.history_seq], last_seq=made.history_seq, last_hash=made.history_hash) == ()
    assert [row.seq for row in rows] == list(range(1, len(steps) + 1))
    assert [row.from_status for row in rows] == ["", *(row.to_status for row in rows)][: len(rows)]


def no_two_mails_share_a_ledger_key(steps: list[Step]) -> None:
    """No step writes an intent whose row in the send ledger, by kind, round and number, is there already."""
    keys = [
        (mail, made.claim.round, made.row.seq if MAILS[mail].repeatable else None)
        for made in steps
        if made.claim
        for mail in made.rule.mails
    ]
    assert len(keys) == len(set(keys))


def only_the_states_own_clocks_run(steps: list[Step]) -> None:
    """On no claim does a clock run that is not its state's, and none is reminded of that does not run."""
    for claim in claims(steps):
        assert set(claim.clocks) <= CLOCKS[claim.status.value]
        assert set(claim.reminded) <= set(claim.clocks)
        assert all(receipt.kind == name for name, receipt in claim.clocks.items())


def items_agree_with_the_state(steps: list[Step]) -> None:
    """A claim that goes on has an item; one that was refused, declined or ended has none left."""
    for claim in claims(steps):
        live = {item.outcome for item in claim.live_items}
        if claim.status.value in {"Rejected", "OptedOut", "Ended"}:
            assert live == set()
        elif claim.status.value == "Approved":
            assert live == {Outcome.ASSOCIATED}
        else:
            assert live == {Outcome.CLAIMED}


def the_slot_is_pending_while_the_customer_decides(steps: list[Step]) -> None:
    """Taking, promoting and releasing come in that order: no exit from PendingCustomer leaves a slot behind."""
    pending = False
    for made in steps:
        assert made.claim is not None
        waits = made.claim.status.value == "PendingCustomer"
        if made.rule.slots is SlotEffect.TAKE_PENDING:
            assert not pending
            pending = True
        elif not waits:
            assert not pending or made.rule.slots in {SlotEffect.PROMOTE, SlotEffect.RELEASE}
            pending = False
        assert pending == waits


def silence_is_consent_only_after_a_notice(steps: list[Step]) -> None:
    """A claim is approved by silence only with an accepted notice of its round, an hour after that window's end."""
    for before, made in pairwise(steps):
        if made.row.event == "deadline-passed":
            assert before.claim is not None
            assert made.claim is not None
            assert before.claim.notice_accepted_at is not None
            assert made.row.at >= the_clock(before.claim).deadline_at + MARGIN
            assert the_clock(before.claim).starts_at == before.claim.notice_accepted_at
            assert made.claim.approval_ground is ApprovalGround.SILENCE


def revision_round_and_filing_date_only_go_forward(steps: list[Step]) -> None:
    """The revision moves with every step but quiet ones, the round never goes back, the filing date never changes."""
    for made, (earlier, later) in zip(steps[1:], pairwise(claims(steps)), strict=True):
        assert later.revision - earlier.revision == (0 if made.rule.quiet else 1)
        assert later.round - earlier.round in {0, 1}
        assert earlier.submitted_at in {None, later.submitted_at}
        assert set(later.visited) >= {*earlier.visited, later.status}
        assert later.created_at == earlier.created_at


HOLDS = (
    rows_form_a_chain,
    no_two_mails_share_a_ledger_key,
    only_the_states_own_clocks_run,
    items_agree_with_the_state,
    the_slot_is_pending_while_the_customer_decides,
    silence_is_consent_only_after_a_notice,
    revision_round_and_filing_date_only_go_forward,
)


def test_the_process_holds_in_every_life() -> None:
    """Whatever happens to a claim, the rules above hold after each step, and the walks come to every state."""
    reached: set[str] = set()

    @settings(max_examples=250, derandomize=True, deadline=None, database=None)
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        steps = lived(data)
        reached.update(claim.status.value for claim in claims(steps))
        for holds in HOLDS:
            holds(steps)

    walk()
    assert reached == {status.value for status in STORIES}


LONG = (
    *(E.SUBMITTED, E.CHECKS_FLAGGED, E.ACCEPTED, E.NOTICE_ACCEPTED, E.REMINDER_DUE, E.NOTICE_UNDELIVERED),
    *(E.REMINDER_DUE, E.ANSWER_OVERDUE, E.DISPUTED, E.INFORMATION_REQUESTED, E.REMINDER_DUE, E.RESUBMITTED),
    *(E.CHECKS_FLAGGED, E.ACCEPTED, E.NOTICE_ACCEPTED, E.REMINDER_DUE, E.DEADLINE_PASSED, E.REVOKED),
)
DISPUTED_AFTER_A_NOTICE = (
    *(E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.REMINDER_DUE, E.CONTACT_WRONG, E.REMINDER_DUE),
    *(E.ANSWER_OVERDUE, E.DISPUTED, E.ACCEPTED, E.NOTICE_ACCEPTED, E.REMINDER_DUE, E.CONTACT_WRONG, E.REMINDER_DUE),
    *(E.ANSWER_OVERDUE, E.COMMENTED),
)


@pytest.mark.parametrize("events", [LONG, DISPUTED_AFTER_A_NOTICE])
@pytest.mark.parametrize("holds", HOLDS)
def test_the_process_holds_in_long_lives(events: tuple[E, ...], holds: Callable[[list[Step]], None]) -> None:
    """Lives that a walk seldom comes to: rejected, disputed and asked again, each time with every mail."""
    holds(list(a_story(*events, draft=THREE).steps))
