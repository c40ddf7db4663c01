"""Claims as partners, reviewers and customers are shown them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.customer_presenter import request_view_json
from functions.presenters import claim_json, history_json, instant, list_json, receipt_json, running_receipt
from functions.proofs import disposition
from shared.domain.catalogue import catalogue
from shared.domain.claim import Actor, ActorKind, CheckOutcome, CheckResult, Claim, Comment, Contact, Proof, Status
from shared.domain.history import HistoryRow, chained
from shared.usecases.customer_response import RequestView
from shared.usecases.records import ListPage
from shared.usecases.summaries import summary_of
from tests.unit.notifications.sample_claims import NOW, claim, item

REVIEWER = Actor(kind=ActorKind.REVIEWER, id="operator/robin")
PARTNER = Actor(kind=ActorKind.PARTNER, id="contoso/casey")
API_FIELDS = {
    "claimId",
    "number",
    "status",
    "statusText",
    "mpnId",
    "customer",
    "solutionArea",
    "activities",
    "claimName",
    "items",
    "customerContact",
    "technicalContact",
    "partnerContact",
    "revenue",
    "comments",
    "proofs",
    "checks",
    "reasons",
    "submittedAt",
    "noticeAcceptedAt",
    "optOutDeadline",
    "approvedAt",
    "validUntil",
    "nextActor",
    "nextDeadline",
    "createdAt",
    "updatedAt",
}


def rich_claim() -> Claim:
    """A claim with something in every field that somebody must not see."""
    return claim(
        window=claim().clocks["opt-out"],
        technical_contact=Contact(name="Tom", email="tom@birch.example", title="Admin"),
        items=(replace(item("teams"), supersede=True), item("exchange-online")),
        comments=(
            Comment(comment_id="c1", at=NOW, actor=PARTNER, text="hello"),
            Comment(comment_id="c2", at=NOW.replace(hour=12), actor=REVIEWER, text="looks forged", internal=True),
        ),
        proofs=(
            Proof(
                proof_id="p1", file_name="a.pdf", content_type="application/pdf", size=3, sha256="ab", uploaded_at=NOW
            ),
        ),
        checks=(CheckResult(code="contested", result=CheckOutcome.FLAG, message="m", item_ids=("teams-usage",)),),
        reasons=("contested",),
        revision=4,
    )


def row(seq: int, event: str, actor: Actor, **detail: object) -> HistoryRow:
    """One event of the claim."""
    return chained(
        claim_id="x",
        seq=seq,
        at=NOW.replace(hour=12),
        actor=actor,
        event=event,
        from_status="" if seq == 1 else "Submitted",
        to_status="UnderReview",
        reasons=(),
        detail=detail,
        previous_hash="",
        operation_id="op",
    )


@pytest.mark.parametrize("for_programme", [True, False])
def test_claim_has_every_field_of_the_contract(for_programme: bool) -> None:
    """The names of the contract are all there, for a full claim and for one with nothing in it."""
    empty = claim(
        solution_area=None,
        activities=(),
        items=(),
        customer_contact=None,
        partner_contact=None,
        clocks={},
        revenue=None,
    )
    for sample in (rich_claim(), empty):
        shown = claim_json(sample, language="en", for_programme=for_programme)
        assert shown.keys() >= API_FIELDS
        json.dumps(shown)


def test_claim_is_shown_as_it_is() -> None:
    """Identifiers, times and outcomes are written as the contract says."""
    shown = claim_json(rich_claim(), language="en", for_programme=False)
    assert shown["customer"]["domain"] == "birch.example"
    assert shown["submittedAt"] == "2026-11-19T10:30:00Z"
    assert shown["optOutDeadline"] == shown["nextDeadline"] == "2026-11-26T22:59:59Z"
    assert shown["nextActor"] == "customer"
    assert shown["items"][0] | {"itemId": "teams-usage", "outcome": "claimed", "reasons": []} == shown["items"][0]
    assert shown["checks"][0]["itemIds"] == ["teams-usage"]
    assert shown["proofs"][0]["fileName"] == "a.pdf"


def test_partner_sees_no_reviewer_and_no_rival() -> None:
    """Who reviewed, what reviewers said among themselves, and what would replace whom, stay with the programme."""
    partner = json.dumps(claim_json(rich_claim(), language="en", for_programme=False))
    programme = json.dumps(claim_json(rich_claim(), language="en", for_programme=True))
    for secret in ("looks forged", "operator/robin", "supersede", "contoso/casey", '"organisation"'):
        assert secret not in partner
        assert secret in programme


def test_partner_history_tells_the_same_story_without_names() -> None:
    """A partner sees the events of its claim, but not internal comments, incumbents, or who acted."""
    rows = (
        row(1, "submitted", PARTNER, proofs=["ab"], mail="op-7"),
        row(2, "commented", REVIEWER),
        row(3, "incumbent-notified", REVIEWER, incumbents=["rival"]),
        row(4, "accepted", REVIEWER, supersede=["teams-usage"], refused={}),
        row(5, "commented", PARTNER),
    )
    partner = history_json(rich_claim(), rows, for_programme=False)
    programme = history_json(rich_claim(), rows, for_programme=True)
    assert [one["event"] for one in partner["items"]] == ["submitted", "accepted", "commented"]
    assert partner["items"][0]["detail"] == {"proofs": ["ab"]}
    assert partner["items"][0]["from"] is None
    assert partner["items"][1]["actor"] == {"kind": "reviewer"}
    assert partner["items"][1]["detail"] == {"refused": {}}
    assert "rival" not in json.dumps(partner)
    assert [one["seq"] for one in programme["items"]] == [1, 2, 3, 4, 5]
    assert programme["items"][3]["actor"]["id"] == REVIEWER.id


def test_receipt_explains_the_deadline() -> None:
    """The receipt names its calendar, the days that count and those that do not, and why."""
    receipt = running_receipt(claim())
    assert receipt is not None
    shown = receipt_json(receipt)
    assert (shown["kind"], shown["zone"], shown["businessDays"]) == ("opt-out", "Europe/Warsaw", 5)
    assert shown["counted"] == ["2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert shown["skipped"] == [
        {"day": "2026-11-21", "reason": "Saturday"},
        {"day": "2026-11-22", "reason": "Sunday"},
    ]
    assert running_receipt(claim(status=Status.WITHDRAWN, clocks={})) is None


def test_list_hides_the_contest_from_partners() -> None:
    """A partner's list does not say what is contested, a reviewer's does."""
    page = ListPage(items=(summary_of(rich_claim()),), continuation="next")
    partner, programme = list_json(page, for_programme=False), list_json(page, for_programme=True)
    assert partner["continuation"] == "next"
    assert "contested" not in partner["items"][0]
    assert programme["items"][0]["contested"] is True
    assert partner["items"][0]["customer"]["domain"] == "birch.example"


@pytest.mark.parametrize(
    ("status", "choices"),
    [
        (Status.PENDING_CUSTOMER, ["confirm", "optOut", "wrongPerson"]),
        (Status.APPROVED, ["revoke"]),
        (Status.OPTED_OUT, []),
        (Status.ACTION_REQUIRED, []),
    ],
)
def test_customer_is_shown_the_request_and_nothing_else(status: Status, choices: list[str]) -> None:
    """The customer sees who claims what and what can be said now, and nobody's checks, comments or contacts."""
    view = RequestView(claim=replace(rich_claim(), status=status), partner_name="Contoso", outcome=None)
    shown = request_view_json(view, catalogue=catalogue(), language="en")
    text = json.dumps(shown)
    assert shown["choices"] == choices
    assert shown["items"][0]["productName"] == "Microsoft Teams"
    assert shown["deadline"]["zone"] == "Europe/Warsaw"
    for secret in ("looks forged", "hello", "contested", "paul@contoso.example", "tom@birch.example", "a.pdf"):
        assert secret not in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("poe.pdf", "attachment; filename=\"poe.pdf\"; filename*=UTF-8''poe.pdf"),
        ('a"b\\c;%.pdf', "attachment; filename=\"a_b_c;_.pdf\"; filename*=UTF-8''a%22b%5Cc%3B%25.pdf"),
        ("um\u00f3wa.pdf", "attachment; filename=\"um_wa.pdf\"; filename*=UTF-8''um%C3%B3wa.pdf"),
    ],
)
def test_downloads_are_named_for_every_reader(name: str, expected: str) -> None:
    """The file's name is told in ASCII and in full, and cannot break out of its header."""
    assert disposition(name) == expected


def test_times_are_utc() -> None:
    """Times are written in UTC, to the second."""
    shown = claim_json(
        claim(created_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)), language="en", for_programme=False
    )
    assert shown["createdAt"] == "2026-01-02T03:04:05Z"
    assert instant(datetime(682, 5, 22, tzinfo=UTC)) == "0682-05-22T00:00:00Z"
