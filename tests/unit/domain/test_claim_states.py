"""The transition table against PROCESS.md's state table: every pair of state and event, and whole lives."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.claim import ApprovalGround, Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_events import EventKind as E
from shared.domain.claim_states import TRANSITIONS, Rule, SlotEffect, apply, guarded, permits
from shared.domain.clocks import clocks_for
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.policy import Policy
from tests.claims import MINUTE, NOW, a_claim, a_draft, a_story, after, an_event, step, the_clock, when
from tests.unit.domain.process import DELETED, PARTIAL, PROCESS, Way

# What the shortest way to a state does not have, and some event needs.
OTHERWISE: dict[tuple[str, str], dict[str, Any]] = {
    ("PendingCustomer", "notice-accepted"): {"clocks": {}, "notice_accepted_at": None},
    ("Approved", "delivery-failure-recorded"): {"approval_ground": ApprovalGround.CONFIRMED},
}
LISTED = [(state, kind) for state, ways in PROCESS.items() for kind in ways]
UNLISTED = [(state, kind.value) for state, ways in PROCESS.items() for kind in EventKind if kind.value not in ways]
ONE = frozenset({"teams-usage"})


def subject(state: str, kind: str) -> Claim | None:
    """A claim in the state that lacks nothing which the event needs."""
    return a_claim(Status(state), **OTHERWISE.get((state, kind), {})) if state else None


def names(rule: Rule) -> Way:
    """The effects of a rule in the words of the literal table; its target is compared apart."""
    return Way(
        to="",
        slots=rule.slots.value if rule.slots else None,
        mails=tuple(mail.value for mail in rule.mails),
        clocks=tuple(clock.value for clock in rule.clocks),
        quiet=rule.quiet,
    )


def test_the_literal_table_is_about_every_state_and_known_events() -> None:
    """The table of this test speaks of all states and of no event that there is not."""
    assert set(PROCESS) == {"", *Status}
    assert {kind for _, kind in LISTED} == {kind.value for kind in EventKind}


@pytest.mark.parametrize(("state", "kind"), LISTED)
def test_a_listed_event_goes_where_the_process_says(state: str, kind: str) -> None:
    """A listed event leads to the state of PROCESS.md, with exactly its effects on slots, mails and clocks."""
    way = PROCESS[state][kind]
    before = subject(state, kind)
    made = step(before, E(kind))
    assert names(made.rule) == way._replace(to="")
    assert (made.claim.status.value if made.claim else DELETED) == way.to
    assert before is None or permits(before, E(kind))


@pytest.mark.parametrize(("state", "kind"), LISTED)
def test_a_step_writes_one_row_and_moves_the_revision(state: str, kind: str) -> None:
    """Each step is one history row that follows the last; the revision moves by one, but for quiet rules."""
    way = PROCESS[state][kind]
    before = subject(state, kind)
    base = before or a_draft()
    made = step(before, E(kind))
    assert (made.row.seq, made.row.previous_hash) == (base.history_seq + 1, base.history_hash)
    assert (made.row.event, made.row.from_status) == (kind, state)
    assert made.row.to_status == ("" if way.to == DELETED else way.to)
    assert made.row.actor == an_event(E(kind)).actor
    assert (made.row.at, made.row.claim_id) == (when(before, E(kind)), base.claim_id)
    assert made.row.operation_id == f"operation-{base.history_seq + 1}"
    if made.claim:
        assert (made.claim.history_seq, made.claim.history_hash) == (made.row.seq, made.row.hash)
        assert made.claim.revision == base.revision + (0 if way.quiet else 1)
        assert made.claim.updated_at == (base.updated_at if way.quiet else made.row.at)


@pytest.mark.parametrize(("state", "kind"), LISTED)
def test_leaving_a_state_voids_its_clocks(state: str, kind: str) -> None:
    """Once the state changes, only the clocks and reminders of the new state are left; staying keeps the others."""
    way = PROCESS[state][kind]
    before = subject(state, kind)
    base = replace(before, reminded=("draft", "opt-out", "action-required", "other")) if before else None
    base = replace(base, reminded=()) if base and kind == "reminder-due" else base
    made = step(base, E(kind)).claim
    if made is None:
        return
    if base is None or made.status is not base.status:
        assert set(made.clocks) == set(way.clocks)
        assert made.reminded == ()
    else:
        assert set(made.clocks) == set(base.clocks) | set(way.clocks)
        expected = {*base.reminded, *made.clocks} if kind == "reminder-due" else set(base.reminded) - set(way.clocks)
        assert set(made.reminded) == expected


@pytest.mark.parametrize(("state", "kind"), UNLISTED)
def test_an_unlisted_event_is_forbidden(state: str, kind: str) -> None:
    """An event that PROCESS.md does not list for the state is refused at any time, and the claim is as it was."""
    before = subject(state, kind)
    untouched = deepcopy(before)
    for now in (when(before, E.COMMENTED), NOW + timedelta(days=400)):
        with pytest.raises(ForbiddenTransitionError) as refused:
            step(before, E(kind), now=now)
        assert (refused.value.status, refused.value.event, refused.value.guard) == (state, kind, None)
    assert before == untouched
    assert before is None or not permits(before, E(kind))


def test_final_states_are_empty() -> None:
    """OptedOut, Withdrawn and Ended have no way out at all, and no other state is without one."""
    assert {status for status, events in TRANSITIONS.items() if not events} == {
        Status.OPTED_OUT,
        Status.WITHDRAWN,
        Status.ENDED,
    }


@pytest.mark.parametrize("kind", PARTIAL)
def test_an_event_about_one_item_lets_the_claim_go_on(kind: str) -> None:
    """What takes one of two items leaves the claim where it is and frees that item's slot; the second takes it all."""
    state = "PendingCustomer" if kind == "items-declined" else "Approved"
    first = step(subject(state, kind), an_event(E(kind), item_ids=ONE))
    assert first.claim is not None
    assert first.claim.status.value == PARTIAL[kind].to
    assert names(first.rule) == PARTIAL[kind]._replace(to="")
    assert [item.item_id for item in first.claim.live_items] == ["exchange-online-usage"]
    last = step(first.claim, an_event(E(kind), item_ids=frozenset({"exchange-online-usage"})))
    assert last.claim is not None
    assert last.claim.status.value == PROCESS[state][kind].to
    assert last.claim.live_items == ()


def test_every_exit_from_pending_customer_decides_the_slots() -> None:
    """Entering PendingCustomer takes the pending place, and each way out releases it or makes the claim holder."""
    for status, events in TRANSITIONS.items():
        for rule in (rule for rules in events.values() for rule in rules):
            if rule.to is Status.PENDING_CUSTOMER:
                assert rule.slots is SlotEffect.TAKE_PENDING
            elif rule.to is Status.APPROVED:
                assert rule.slots is (SlotEffect.PROMOTE if status else SlotEffect.TAKE_AND_PROMOTE)
            elif status in {Status.PENDING_CUSTOMER, Status.APPROVED} and isinstance(rule.to, Status):
                assert rule.slots is SlotEffect.RELEASE


@pytest.mark.parametrize(
    ("state", "kind"),
    [("PendingCustomer", "opted-out"), ("UnderReview", "rejected")],
)
def test_the_end_of_a_claim_is_the_end_of_every_item(state: str, kind: str) -> None:
    """An answer about a part of the claim cannot end the whole: an item would stay claimed in a final state."""
    with pytest.raises(ForbiddenTransitionError, match="item"):
        step(subject(state, kind), an_event(E(kind), item_ids=ONE))
    assert step(subject(state, kind), an_event(E(kind), item_ids=frozenset({"teams-usage", "exchange-online-usage"})))


def test_a_refusal_names_the_condition() -> None:
    """A listed event whose condition does not hold is refused with the condition's name, and says the status."""
    waiting = a_claim(Status.PENDING_CUSTOMER)
    with pytest.raises(ForbiddenTransitionError, match="“Waiting for the customer”") as refused:
        step(waiting, E.DEADLINE_PASSED, now=NOW)
    assert (refused.value.status, refused.value.event) == ("PendingCustomer", "deadline-passed")
    assert refused.value.guard == "window_over"
    assert permits(waiting, E.DEADLINE_PASSED)


def test_no_claim_at_all_takes_no_event() -> None:
    """Without a claim, and without one to be made, there is nothing that an event could happen to."""
    with pytest.raises(ForbiddenTransitionError, match="no such claim yet"):
        apply(
            None,
            an_event(E.SUBMITTED),
            now=NOW,
            operation_id="operation",
            start_clock=clocks_for(a_draft(), None, Policy()),
        )


def test_guarded_tells_the_rule_without_taking_it() -> None:
    """The rule that an event would take is the one it does take, and a refusal is the same refusal."""
    approved = a_claim(Status.APPROVED)
    for items in (frozenset[str](), ONE):
        event = an_event(E.REVOKED, item_ids=items)
        assert guarded(approved, event, now=NOW) is step(approved, event).rule
    with pytest.raises(ForbiddenTransitionError):
        guarded(approved, an_event(E.OPTED_OUT), now=NOW)


def test_a_story_is_visited_once() -> None:
    """A claim remembers each state that it ever had, once, in order of the first time."""
    claim = a_claim(Status.ACTION_REQUIRED)
    again = after(claim, E.RESUBMITTED, E.CHECKS_FLAGGED, E.WITHDRAWN)
    assert [status.value for status in again.visited] == ["Submitted", "UnderReview", "ActionRequired", "Withdrawn"]


def test_a_clock_starts_when_its_event_happened() -> None:
    """The window runs from the provider's acceptance, which may be earlier than the moment it is recorded."""
    asked = a_story(E.SUBMITTED, E.CHECKS_PASSED).claim
    accepted_at = asked.updated_at + MINUTE
    told = step(asked, an_event(E.NOTICE_ACCEPTED, at=accepted_at), now=accepted_at + timedelta(days=1))
    assert told.claim is not None
    assert told.claim.clocks["opt-out"].starts_at == accepted_at
    assert told.claim.notice_accepted_at == accepted_at
    assert told.row.at == told.claim.updated_at == accepted_at + timedelta(days=1)


def test_an_acceptance_after_a_withdrawal_starts_no_clock() -> None:
    """The provider's late word on a withdrawn claim is refused: nothing runs on it any more."""
    withdrawn = after(a_story(E.SUBMITTED, E.CHECKS_PASSED).claim, E.WITHDRAWN)
    with pytest.raises(ForbiddenTransitionError):
        step(withdrawn, E.NOTICE_ACCEPTED)
    assert withdrawn.clocks == {}


def test_a_deadline_stands_in_the_history() -> None:
    """The row of the step that starts a clock holds its receipt beside the event's own detail."""
    asked = a_story(E.SUBMITTED, E.CHECKS_PASSED).claim
    made = step(asked, an_event(E.NOTICE_ACCEPTED, detail={"mail": "operation"}))
    assert made.row.detail == {
        "mail": "operation",
        "deadlines": {
            "opt-out": {
                "startsAt": "2026-11-16T10:02:00+00:00",
                "deadlineAt": "2026-11-23T23:59:59+00:00",
                "zone": "UTC",
                "calendar": the_clock(made.claim or asked).calendar,
                "businessDays": 5,
                "skipped": ["2026-11-21 Saturday", "2026-11-22 Sunday"],
            }
        },
    }
    assert step(made.claim, an_event(E.COMMENTED, detail={"a": 1})).row.detail == {"a": 1}


def test_the_window_outlives_its_clock_for_the_round() -> None:
    """What consent by silence rests on stays to the end; a voided window, or an old round's, does not."""
    told = a_claim(Status.PENDING_CUSTOMER)
    window = the_clock(told)
    assert told.window == window
    for events in ([E.DEADLINE_PASSED], [E.DEADLINE_PASSED, E.NOTICE_FOUND_UNDELIVERED], [E.OPTED_OUT], [E.WITHDRAWN]):
        over = after(told, *events)
        assert (over.clocks, over.window) == ({}, window)
    for events in ([E.NOTICE_UNDELIVERED], [E.CONTACT_WRONG, E.RESUBMITTED], [E.CONTACT_WRONG, E.ANSWER_OVERDUE]):
        assert after(told, *events).window is None
