"""The conditions of the transition table, at their boundaries."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.claim import ApprovalGround, CheckOutcome, Claim, Status
from shared.domain.claim_events import Event
from shared.domain.claim_events import EventKind as E
from shared.domain.errors import ForbiddenTransitionError
from tests.claims import (
    MARGIN,
    MINUTE,
    NOW,
    a_check,
    a_claim,
    a_draft,
    a_proof,
    a_story,
    after,
    an_event,
    an_item,
    step,
    the_clock,
)

MICROSECOND = timedelta(microseconds=1)
PASS, FLAG, FAIL = CheckOutcome.PASS, CheckOutcome.FLAG, CheckOutcome.FAIL
TEAMS = frozenset({"teams-usage"})


def takes(claim: Claim | None, event: Event | E, *, now: datetime | None = None, new: Claim | None = None) -> bool:
    """Whether the claim takes the event."""
    try:
        step(claim, event, now=now, new=new)
    except ForbiddenTransitionError:
        return False
    return True


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.PENDING_CUSTOMER, E.DEADLINE_PASSED),
        (Status.ACTION_REQUIRED, E.ANSWER_OVERDUE),
        (Status.DRAFT, E.DRAFT_EXPIRED),
    ],
)
def test_nothing_is_decided_before_the_margin_is_over(status: Status, kind: E) -> None:
    """A clock decides an hour after its deadline, to the microsecond: never earlier, at any time after."""
    claim = a_claim(status)
    deadline_at = the_clock(claim).deadline_at
    assert not takes(claim, kind, now=NOW)
    assert not takes(claim, kind, now=deadline_at)
    assert not takes(claim, kind, now=deadline_at + MARGIN - MICROSECOND)
    assert takes(claim, kind, now=deadline_at + MARGIN)
    assert takes(claim, kind, now=deadline_at + timedelta(days=400))


def test_without_an_accepted_notice_no_silence_is_consent() -> None:
    """No window was opened, so none can end: a claim whose notice was never accepted waits for ever."""
    asked = a_story(E.SUBMITTED, E.CHECKS_PASSED).claim
    assert not takes(asked, E.DEADLINE_PASSED, now=NOW + timedelta(days=400))
    assert takes(asked, E.CONFIRMED)
    assert takes(asked, E.OPTED_OUT)


def test_a_voided_window_approves_nothing() -> None:
    """After an undelivered notice and another round, the first window's end means nothing: the second counts."""
    first = a_claim(Status.PENDING_CUSTOMER)
    ended_at = the_clock(first).deadline_at + MARGIN
    asked = after(first, E.NOTICE_UNDELIVERED, E.RESUBMITTED, E.CHECKS_PASSED)
    assert asked.clocks == {}
    assert not takes(asked, E.DEADLINE_PASSED, now=ended_at)
    accepted_at = NOW + timedelta(days=4)
    told = step(asked, an_event(E.NOTICE_ACCEPTED, at=accepted_at), now=accepted_at).claim
    assert told is not None
    assert the_clock(told).deadline_at > ended_at
    assert not takes(told, E.DEADLINE_PASSED, now=ended_at)
    assert takes(told, E.DEADLINE_PASSED, now=the_clock(told).deadline_at + MARGIN)


def test_a_window_is_opened_once() -> None:
    """A second acceptance of the same round's notice does not give a new window."""
    asked = a_story(E.SUBMITTED, E.CHECKS_PASSED).claim
    assert takes(asked, E.NOTICE_ACCEPTED)
    assert not takes(after(asked, E.NOTICE_ACCEPTED), E.NOTICE_ACCEPTED)


def test_the_customer_may_say_no_past_the_deadline() -> None:
    """While the claim is PendingCustomer an opt-out, or a yes, counts, however late it is."""
    claim = a_claim(Status.PENDING_CUSTOMER)
    late = the_clock(claim).deadline_at + timedelta(days=30)
    for kind in (E.OPTED_OUT, E.ITEMS_DECLINED, E.CONFIRMED):
        assert takes(claim, kind, now=late)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ACTION_REQUIRED, Status.PENDING_CUSTOMER])
def test_a_reminder_comes_once_between_its_hour_and_the_deadline(status: Status) -> None:
    """A reminder is due from its hour on, dropped from the deadline on, and given once for a clock."""
    claim = a_claim(status)
    receipt = the_clock(claim)
    assert receipt.reminder_at is not None
    assert not takes(claim, E.REMINDER_DUE, now=receipt.reminder_at - MICROSECOND)
    assert takes(claim, E.REMINDER_DUE, now=receipt.reminder_at)
    assert takes(claim, E.REMINDER_DUE, now=receipt.deadline_at - MICROSECOND)
    assert not takes(claim, E.REMINDER_DUE, now=receipt.deadline_at)
    reminded = after(claim, E.REMINDER_DUE)
    assert reminded.reminded == (receipt.kind,)
    assert not takes(reminded, E.REMINDER_DUE, now=receipt.deadline_at - MICROSECOND)


def test_a_clock_without_a_reminder_reminds_nobody() -> None:
    """Where the window is too short for a reminder, or does not run, none is due."""
    claim = a_claim(Status.PENDING_CUSTOMER)
    short = replace(the_clock(claim), reminder_at=None)
    assert not takes(replace(claim, clocks={"opt-out": short}), E.REMINDER_DUE, now=NOW + MINUTE)
    assert not takes(replace(claim, clocks={}), E.REMINDER_DUE, now=NOW + MINUTE)


def test_an_edited_draft_is_reminded_again() -> None:
    """An edit starts the thirty days anew, and with them the reminder; a comment is no edit."""
    draft = after(a_claim(Status.DRAFT), E.REMINDER_DUE)
    first = the_clock(draft)
    commented = step(draft, E.COMMENTED, now=draft.updated_at + timedelta(days=26)).claim
    assert commented is not None
    assert (the_clock(commented), commented.reminded) == (first, ("draft",))
    edited = step(draft, E.EDITED, now=NOW + timedelta(days=26)).claim
    assert edited is not None
    assert the_clock(edited).deadline_at == first.deadline_at + timedelta(days=26)
    assert edited.reminded == ()
    assert takes(edited, E.REMINDER_DUE)


@pytest.mark.parametrize(
    "missing",
    [
        {"solution_area": None},
        {"activities": ()},
        {"claim_name": None},
        {"customer_contact": None},
        {"partner_contact": None},
        {"items": ()},
        {"proofs": ()},
        {"proofs": (a_proof(replaced=True),)},
    ],
)
def test_an_incomplete_claim_is_not_submitted(missing: dict[str, Any]) -> None:
    """Whatever every claim needs is needed for each way of submitting; a replaced proof is none."""
    assert takes(None, E.SUBMITTED, new=a_draft())
    assert not takes(None, E.SUBMITTED, new=a_draft(**missing))
    assert not takes(a_claim(Status.DRAFT, **missing), E.SUBMITTED)
    assert not takes(a_claim(Status.ACTION_REQUIRED, **missing), E.RESUBMITTED)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.SUBMITTED, E.CHECKS_FAILED),
        (Status.UNDER_REVIEW, E.INFORMATION_REQUESTED),
        (Status.UNDER_REVIEW, E.REVIEW_REJECTED),
        (Status.APPROVED, E.DISASSOCIATED),
    ],
)
@pytest.mark.parametrize("items", [frozenset[str](), TEAMS])
def test_bad_news_has_a_reason(status: Status, kind: E, items: frozenset[str]) -> None:
    """Whoever rejects, asks or gives up must say why, for the whole claim and for a part of it."""
    assert takes(a_claim(status), kind)
    assert not takes(a_claim(status), an_event(kind, reasons=(), item_ids=items))


def test_the_verdict_is_what_the_checks_say() -> None:
    """All passed, a flag without a fail, and a fail exclude each other; checks that were not run decide nothing."""
    submitted = a_claim(Status.SUBMITTED)
    passed, flag, fail = a_check(PASS), a_check(FLAG), a_check(FAIL)
    allowed: dict[Any, set[E]] = {
        (): set(),
        (passed,): {E.CHECKS_PASSED},
        (passed, flag): {E.CHECKS_FLAGGED},
        (passed, fail): {E.CHECKS_FAILED},
        (passed, flag, fail): {E.CHECKS_FAILED},
    }
    for checks, kinds in allowed.items():
        for kind in (E.CHECKS_PASSED, E.CHECKS_FLAGGED, E.CHECKS_FAILED):
            event = an_event(kind, checks=checks, reasons=("poe-missing",))
            assert takes(submitted, event) == (kind in kinds)


def test_a_failed_check_is_accepted_only_after_a_dispute() -> None:
    """A reviewer may go over a failed check once the partner disputed it, and not before."""
    failed = a_claim(Status.REJECTED)
    disputed = after(failed, E.DISPUTED)
    assert takes(disputed, E.ACCEPTED)
    assert not takes(replace(disputed, disputed=False), E.ACCEPTED)


def test_no_claim_is_accepted_without_an_item() -> None:
    """Refusing every item is a rejection and must be decided as one."""
    flagged = a_claim(Status.UNDER_REVIEW)
    assert takes(flagged, an_event(E.ACCEPTED, item_ids=TEAMS))
    assert not takes(flagged, an_event(E.ACCEPTED, item_ids=TEAMS | {"exchange-online-usage"}))


def test_an_exclusive_item_is_not_accepted_without_its_slot() -> None:
    """No item becomes official that could be claimed twice; one that is refused, or revenue, needs no slot."""
    lacking = a_claim(Status.UNDER_REVIEW, draft=a_draft(items=(an_item(resource=None), an_item("intune"))))
    assert not takes(lacking, E.ACCEPTED)
    assert takes(lacking, an_event(E.ACCEPTED, item_ids=TEAMS))
    revenue = an_item(None, item_id="revenue", activity="revenue", resource=None)
    assert takes(a_claim(Status.UNDER_REVIEW, draft=a_draft(items=(revenue,))), E.ACCEPTED)


def test_items_may_be_dropped_but_not_all() -> None:
    """What must be answered stays a claim about something; to drop everything is to withdraw."""
    asked = a_claim(Status.ACTION_REQUIRED)
    assert takes(asked, an_event(E.AMENDED, item_ids=TEAMS))
    assert takes(asked, an_event(E.AMENDED))
    assert not takes(asked, an_event(E.AMENDED, item_ids=TEAMS | {"exchange-online-usage"}))


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ((a_check(FLAG, "contested"),), True),
        ((a_check(PASS, "contested"),), False),
        ((a_check(FLAG, "poe-no-date"),), False),
        ((), False),
    ],
)
def test_only_a_contested_claim_notices_incumbents(checks: tuple[Any, ...], *, expected: bool) -> None:
    """Under review an incumbent is told, and a proof added, only where the checks found another partner."""
    flagged = a_claim(Status.UNDER_REVIEW, checks=checks)
    assert takes(flagged, E.INCUMBENT_NOTIFIED) is expected
    assert takes(flagged, E.PROOF_ADDED) is expected


def test_a_notice_may_bring_what_the_checks_find_now() -> None:
    """A claim flagged for something else meets a holder while it waits: the notice's own checks make it contested."""
    flagged = a_claim(Status.UNDER_REVIEW, checks=(a_check(FLAG, "poe-no-date"),))
    found = (*flagged.checks, a_check(FLAG, "contested", "teams-usage"))
    assert takes(flagged, an_event(E.INCUMBENT_NOTIFIED, checks=found))
    noticed = after(flagged, an_event(E.INCUMBENT_NOTIFIED, checks=found, changes={"checks": found}))
    assert takes(noticed, E.PROOF_ADDED)


@pytest.mark.parametrize(
    ("ground", "ends"),
    [(ApprovalGround.SILENCE, True), (ApprovalGround.CONFIRMED, False), (ApprovalGround.IMPORTED, False)],
)
def test_an_undelivered_notice_undoes_only_silence(ground: ApprovalGround, *, ends: bool) -> None:
    """Found after approval by silence, it ends the association; after an explicit yes it can only be recorded."""
    approved = a_claim(Status.APPROVED, approval_ground=ground)
    assert takes(approved, E.NOTICE_FOUND_UNDELIVERED) is ends
    assert takes(approved, E.DELIVERY_FAILURE_RECORDED) is not ends


def test_a_rejection_is_disputed_once_and_in_time() -> None:
    """A dispute is taken up to the deadline thirty days later, and a second rejection cannot be disputed again."""
    rejected = a_claim(Status.REJECTED)
    deadline_at = the_clock(rejected).deadline_at
    assert deadline_at - rejected.updated_at >= timedelta(days=30)
    assert takes(rejected, E.DISPUTED, now=deadline_at)
    assert not takes(rejected, E.DISPUTED, now=deadline_at + MICROSECOND)
    assert not takes(replace(rejected, clocks={}), E.DISPUTED)
    assert not takes(after(rejected, E.DISPUTED, E.REVIEW_REJECTED), E.DISPUTED)


def test_a_proof_marked_replaced_does_not_count() -> None:
    """A claim whose only proof was replaced needs another one before it goes on."""
    asked = after(a_claim(Status.ACTION_REQUIRED), E.PROOF_REMOVED)
    assert not takes(asked, E.RESUBMITTED)
    assert takes(after(asked, E.PROOF_ADDED), E.RESUBMITTED)
