"""What each event changes in a claim besides its status."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.claim import ApprovalGround, Claim, Contact, Outcome, Status
from shared.domain.claim_changes import CHANGES, changed
from shared.domain.claim_events import EventKind as E
from shared.domain.claim_fields import ClaimFields, fields_of
from tests.claims import (
    MINUTE,
    NOW,
    a_check,
    a_claim,
    a_comment,
    a_draft,
    a_proof,
    a_story,
    after,
    an_event,
    an_item,
    step,
)

THREE = a_draft("teams", "exchange-online", "intune")
TEAMS, EXCHANGE, INTUNE = "teams-usage", "exchange-online-usage", "intune-usage"


def outcomes(claim: Claim) -> dict[str, str]:
    """Each item's outcome by the item's ID."""
    return {item.item_id: item.outcome.value for item in claim.items}


def reasons(claim: Claim) -> dict[str, tuple[str, ...]]:
    """Each item's reasons by the item's ID."""
    return {item.item_id: item.reasons for item in claim.items}


def three(status: Status, **changes: Any) -> Claim:
    """A claim of three items in the state."""
    return a_claim(status, draft=THREE, **changes)


def some(*item_ids: str) -> frozenset[str]:
    """Item IDs as an event names them."""
    return frozenset(item_ids)


def test_the_filing_date_is_the_first_and_each_submit_a_round() -> None:
    """A resubmit starts a round with nothing found, asked or answered in it, and keeps the first filing date."""
    first = three(Status.SUBMITTED)
    assert (first.round, first.submitted_at) == (1, NOW)
    asked = replace(three(Status.ACTION_REQUIRED), customer_choice="wrongPerson")
    assert asked.reasons
    assert asked.checks
    again = after(asked, E.RESUBMITTED)
    assert (again.round, again.submitted_at) == (2, NOW)
    assert (again.reasons, again.checks, again.review_since) == ((), (), None)
    assert (again.notice_accepted_at, again.customer_choice) == (None, None)
    assert again.items == asked.items


def test_a_draft_is_in_no_round() -> None:
    """Only a submit files: a draft has no filing date and no round, and submitting it starts the first."""
    draft = three(Status.DRAFT)
    assert (draft.round, draft.submitted_at) == (0, None)
    submitted = after(draft, E.SUBMITTED)
    assert (submitted.round, submitted.submitted_at) == (1, NOW + MINUTE)


def test_the_checks_word_is_kept() -> None:
    """What the checks found, and the reasons that weigh, stand on the claim; a review is dated."""
    flagged = three(Status.UNDER_REVIEW)
    assert flagged.checks == an_event(E.CHECKS_FLAGGED).checks
    assert (flagged.reasons, flagged.review_since) == (("contested",), NOW + MINUTE)
    passed = step(three(Status.SUBMITTED), E.CHECKS_PASSED).claim
    assert passed is not None
    assert (passed.checks, passed.review_since) == ((a_check(),), None)


def test_failed_checks_refuse_every_item_with_every_reason() -> None:
    """A rejection by the checks refuses all items, with the claim's reasons or those of the single item."""
    found = ("poe-missing", "subscription-csp")
    event = an_event(E.CHECKS_FAILED, reasons=found, item_reasons={TEAMS: ("subscription-csp",)})
    rejected = after(three(Status.SUBMITTED), event)
    assert set(outcomes(rejected).values()) == {"refused"}
    assert reasons(rejected) == {TEAMS: ("subscription-csp",), EXCHANGE: found, INTUNE: found}
    assert rejected.reasons == found
    assert rejected.rejected_at == rejected.updated_at


def test_a_reviewer_refuses_single_items_and_the_claim_goes_on() -> None:
    """Accepting some items refuses the named ones with their reasons; the rest is still claimed."""
    event = an_event(E.ACCEPTED, item_ids=some(TEAMS), item_reasons={TEAMS: ("contest-lost",)})
    accepted = after(three(Status.UNDER_REVIEW), event)
    assert outcomes(accepted) == {TEAMS: "refused", EXCHANGE: "claimed", INTUNE: "claimed"}
    assert reasons(accepted) == {TEAMS: ("contest-lost",), EXCHANGE: (), INTUNE: ()}
    assert [item.settled_at for item in accepted.items] == [accepted.updated_at, None, None]
    assert accepted.reasons == ()


def test_accepting_without_naming_items_refuses_none() -> None:
    """An acceptance that names no item accepts them all, unlike an end, which then is about all."""
    assert set(outcomes(after(three(Status.UNDER_REVIEW), E.ACCEPTED)).values()) == {"claimed"}


def test_a_supersede_is_decided_per_item_and_for_the_round() -> None:
    """Only accepted items that the reviewer named replace a holder, and only in the round it was decided in."""
    event = an_event(E.ACCEPTED, item_ids=some(INTUNE), supersede=some(TEAMS, INTUNE))
    accepted = after(three(Status.UNDER_REVIEW), event)
    assert [item.supersede for item in accepted.items] == [True, False, False]
    again = after(accepted, E.NOTICE_UNDELIVERED, E.RESUBMITTED)
    assert [item.supersede for item in again.items] == [False, False, False]


def test_a_decline_takes_the_named_items() -> None:
    """The customer declines products one by one, and says yes to the rest; only the rest becomes associated."""
    told = three(Status.PENDING_CUSTOMER)
    without_teams = after(told, an_event(E.ITEMS_DECLINED, item_ids=some(TEAMS)))
    assert without_teams.status is Status.PENDING_CUSTOMER
    assert outcomes(without_teams) == {TEAMS: "declined", EXCHANGE: "claimed", INTUNE: "claimed"}
    further = after(without_teams, an_event(E.ITEMS_DECLINED, item_ids=some(EXCHANGE, TEAMS)))
    assert outcomes(further) == {TEAMS: "declined", EXCHANGE: "declined", INTUNE: "claimed"}
    assert further.items[0] == without_teams.items[0]
    official = after(further, E.CONFIRMED)
    assert outcomes(official) == {TEAMS: "declined", EXCHANGE: "declined", INTUNE: "associated"}
    assert official.items[:2] == further.items[:2]


def test_an_opt_out_declines_all_that_is_left() -> None:
    """An opt-out without items declines every live one, and leaves what a reviewer refused as it was."""
    refused = after(three(Status.UNDER_REVIEW), an_event(E.ACCEPTED, item_ids=some(TEAMS)))
    assert outcomes(after(refused, E.OPTED_OUT)) == {TEAMS: "refused", EXCHANGE: "declined", INTUNE: "declined"}


def test_what_was_declined_stays_declined_in_the_next_round() -> None:
    """A customer's no to a product outlives a new round for the others."""
    declined = after(three(Status.PENDING_CUSTOMER), an_event(E.ITEMS_DECLINED, item_ids=some(TEAMS)))
    official = after(declined, E.NOTICE_UNDELIVERED, E.RESUBMITTED, E.CHECKS_PASSED, E.CONFIRMED)
    assert outcomes(official) == {TEAMS: "declined", EXCHANGE: "associated", INTUNE: "associated"}


@pytest.mark.parametrize(
    ("kind", "ground"),
    [(E.CONFIRMED, ApprovalGround.CONFIRMED), (E.DEADLINE_PASSED, ApprovalGround.SILENCE)],
)
def test_an_approval_tells_its_ground(kind: E, ground: ApprovalGround) -> None:
    """A yes and a silence are told apart for good, for only silence can be undone by a late delivery report."""
    official = after(three(Status.PENDING_CUSTOMER), kind)
    assert official.approval_ground is ground
    assert official.approved_at == official.updated_at
    assert {(item.outcome, item.settled_at) for item in official.items} == {(Outcome.ASSOCIATED, official.approved_at)}


def test_an_import_is_official_at_once_and_tells_nobody() -> None:
    """An imported association is Approved with associated items and its own ground, without a mail or a clock."""
    item = an_item("power-bi", resource="subscription~5b5b5b5b-0000-4000-8000-000000000024")
    made = step(None, E.IMPORTED, new=a_draft(items=(item,), proofs=(), origin="legacy"))
    assert made.claim is not None
    assert (made.claim.approval_ground, made.claim.origin) == (ApprovalGround.IMPORTED, "legacy")
    assert outcomes(made.claim) == {"power-bi-usage": "associated"}
    assert (made.rule.mails, made.claim.clocks) == ((), {})


@pytest.mark.parametrize("kind", [E.REVOKED, E.DISASSOCIATED, E.SUPERSEDED, E.EXPIRED])
def test_items_end_singly_and_the_claim_with_its_last(kind: E) -> None:
    """An end about one item ends that one; the claim is Ended, and dated, when none is left."""
    said = an_event(kind).reasons
    first = after(three(Status.APPROVED), an_event(kind, item_ids=some(TEAMS)))
    assert outcomes(first) == {TEAMS: "ended", EXCHANGE: "associated", INTUNE: "associated"}
    assert (reasons(first)[TEAMS], reasons(first)[EXCHANGE]) == (said, ())
    assert (first.status, first.ended_at) == (Status.APPROVED, None)
    last = after(first, kind)
    assert set(outcomes(last).values()) == {"ended"}
    assert (last.status, last.ended_at, last.reasons) == (Status.ENDED, last.updated_at, said)
    assert last.items[0] == first.items[0]


def test_an_undelivered_notice_ends_every_item() -> None:
    """A report that comes after approval by silence ends the whole association, with its reason."""
    ended = after(three(Status.APPROVED), E.NOTICE_FOUND_UNDELIVERED)
    assert set(outcomes(ended).values()) == {"ended"}
    assert (ended.reasons, ended.ended_at) == (("notice-not-delivered",), ended.updated_at)


def test_a_dispute_restores_exactly_what_the_rejection_refused() -> None:
    """What the customer declined or a reviewer refused before the rejection stays so; the rest is claimed again."""
    accepted = after(three(Status.UNDER_REVIEW), an_event(E.ACCEPTED, item_ids=some(TEAMS)))
    declined = after(accepted, E.NOTICE_ACCEPTED, an_event(E.ITEMS_DECLINED, item_ids=some(EXCHANGE)))
    rejected = after(declined, E.CONTACT_WRONG, E.ANSWER_OVERDUE)
    assert outcomes(rejected) == {TEAMS: "refused", EXCHANGE: "declined", INTUNE: "refused"}
    disputed = after(rejected, E.DISPUTED)
    assert outcomes(disputed) == {TEAMS: "refused", EXCHANGE: "declined", INTUNE: "claimed"}
    assert reasons(disputed)[INTUNE] == ()
    assert (disputed.items[0], disputed.items[1]) == (rejected.items[0], rejected.items[1])
    assert disputed.disputed
    assert disputed.review_since == disputed.updated_at


def test_a_dispute_starts_a_round_without_answers() -> None:
    """The customer may be asked again after a dispute: the earlier request's round and answer do not count for it."""
    rejected = after(three(Status.PENDING_CUSTOMER), E.CONTACT_WRONG, E.ANSWER_OVERDUE)
    assert (rejected.round, rejected.customer_choice) == (1, "wrongPerson")
    disputed = after(rejected, E.DISPUTED)
    assert (disputed.round, disputed.customer_choice, disputed.submitted_at) == (2, None, NOW)


@pytest.mark.parametrize("kind", [E.NOTICE_UNDELIVERED, E.CONTACT_WRONG])
def test_a_notice_that_reached_nobody_is_no_notice(kind: E) -> None:
    """The acceptance is forgotten with the window; the items are claimed as before, for another round."""
    told = three(Status.PENDING_CUSTOMER)
    assert told.notice_accepted_at is not None
    asked = after(told, kind)
    assert (asked.notice_accepted_at, asked.reasons) == (None, an_event(kind).reasons)
    assert outcomes(asked) == outcomes(told)


def test_dropped_items_go() -> None:
    """In ActionRequired items can be dropped: they are no part of the claim any more."""
    amended = after(three(Status.ACTION_REQUIRED), an_event(E.AMENDED, item_ids=some(TEAMS)))
    assert set(outcomes(amended)) == {EXCHANGE, INTUNE}


def test_fields_and_comments_come_with_any_event() -> None:
    """An event carries new values of fields, items as verified, and a comment; nothing else of the claim moves."""
    contact = Contact(name="Bea", email="bea@alpine.example", title="CIO")
    before = three(Status.ACTION_REQUIRED, comments=(a_comment("Once"),))
    said = a_comment("Twice")
    event = an_event(E.AMENDED, changes={"customer_contact": contact, "mpn_id": "1000002"}, comment=said)
    amended = after(before, event)
    assert (amended.customer_contact, amended.mpn_id) == (contact, "1000002")
    assert amended.comments == (*before.comments, said)
    filled = (an_item("teams", subscription_id="s1"),)
    verified = step(three(Status.SUBMITTED), an_event(E.CHECKS_PASSED, items=filled)).claim
    assert verified is not None
    assert verified.items == filled


@pytest.mark.parametrize("kind", [kind for kind in E if kind not in CHANGES])
def test_other_events_change_nothing_by_themselves(kind: E) -> None:
    """An event without a change of its own leaves the claim as it is, but for what it carries."""
    before = three(Status.APPROVED)
    assert changed(before, an_event(kind, changes={}, comment=None), now=NOW) == before


def test_proofs_are_added_and_removed() -> None:
    """A proof joins the others; a draft's goes when it is removed, a filed one stays and is marked replaced."""
    draft = after(three(Status.DRAFT), E.PROOF_ADDED)
    assert draft.proofs == (a_proof("p1"), a_proof("p2"))
    assert after(draft, E.PROOF_REMOVED).proofs == (a_proof("p2"),)
    filed = after(three(Status.ACTION_REQUIRED), E.PROOF_ADDED, E.PROOF_REMOVED)
    assert filed.proofs == (a_proof("p1", replaced=True), a_proof("p2"))
    assert filed.current_proofs == (a_proof("p2"),)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ACTION_REQUIRED])
@pytest.mark.parametrize("proof", [None, a_proof("unknown")])
def test_no_other_proof_is_touched(status: Status, proof: Any) -> None:
    """An event that names no proof, or an unknown one, takes none away."""
    before = three(status)
    assert after(before, an_event(E.PROOF_REMOVED, proof=proof)).proofs == before.proofs
    assert after(before, an_event(E.PROOF_ADDED, proof=None)).proofs == before.proofs


def test_the_fields_are_what_the_partner_filled_in() -> None:
    """The fields of a claim are those values, whatever became of the claim since; comments are left out."""
    filed = a_story(E.SUBMITTED, E.CHECKS_PASSED, E.COMMENTED, draft=THREE).claim
    fields = fields_of(filed)
    assert fields == fields_of(THREE)
    assert fields.comment is None
    for name in set(ClaimFields.__slots__) - {"comment"}:
        assert getattr(fields, name) == getattr(THREE, name)


@pytest.mark.parametrize("way", [(E.INFORMATION_REQUESTED, E.RESUBMITTED), (E.REVIEW_REJECTED, E.DISPUTED)])
def test_a_new_round_forgets_whom_the_last_one_told(way: tuple[E, ...]) -> None:
    """Whoever was told of the claim was told of what it said then: resubmitted or disputed it tells them anew."""
    told = a_claim(Status.UNDER_REVIEW, incumbents_told={"a rival's claim": NOW})
    assert after(told, E.COMMENTED, E.ACCEPTED).incumbents_told == told.incumbents_told
    assert after(told, *way).incumbents_told == {}
