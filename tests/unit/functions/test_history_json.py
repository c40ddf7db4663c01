"""The whole record of a claim as people are shown it (functions/history_json.py)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.history_json import whole_history_json
from functions.page_rendering import Reader, html_answer
from functions.page_views import claim_view, whole_history_view
from functions.page_words import AUDIENCES, LOOKS, MAIL_STATUSES, MAILS
from shared.domain.claim_events import EventKind as E
from shared.domain.mails import Audience, MailIntent, MailKind, MailStatus
from shared.texts import texts
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.callers import Caller, Role
from shared.usecases.claim_history import ClaimHistory
from tests.claims import MINUTE, NOW, PARTNER, REVIEWER, step
from tests.unit.notifications.sample_claims import claim

SUBMITTED = step(None, E.SUBMITTED).row
FLAGGED = replace(SUBMITTED, seq=2, event="checks-flagged", at=NOW + 2 * MINUTE)


def mail(status: MailStatus = MailStatus.SENT, **changes: Any) -> MailIntent:
    """A mail of the claim, made a minute after it was filed and sent a second later."""
    values: dict[str, Any] = {
        "claim_id": "x",
        "kind": MailKind.CLAIM_RECEIVED,
        "round": 1,
        "n": None,
        "operation_id": "o",
        "created_at": NOW + MINUTE,
        "status": status,
        "sent_at": NOW + MINUTE + timedelta(seconds=1) if status is MailStatus.SENT else None,
        "detail": {"deadline": "2026"},
    }
    return MailIntent(**{**values, **changes})


def look(**changes: Any) -> AuditEntry:
    """A reviewer's look at a proof."""
    values: dict[str, Any] = {
        "at": NOW + 3 * MINUTE,
        "actor": REVIEWER,
        "action": AuditAction.PROOF_READ,
        "organisation": "op",
        "subject": "p1",
        "claim_id": "x",
        "detail": {"sha256": "ab"},
    }
    return AuditEntry(**{**values, **changes})


def history(**changes: Any) -> ClaimHistory:
    """Filed, told, flagged, looked at."""
    values: dict[str, Any] = {"claim": claim(), "rows": (SUBMITTED, FLAGGED), "mails": (mail(),), "looks": (look(),)}
    return ClaimHistory(**{**values, **changes})


def test_everything_stands_in_order_of_time() -> None:
    """Events, mails and looks are one list by time, and say what they are."""
    shown = whole_history_json(history(), for_programme=True)["items"]
    assert [(one["kind"], one["at"]) for one in shown] == [
        ("event", "2026-11-16T10:00:00Z"),
        ("mail", "2026-11-16T10:01:01Z"),
        ("event", "2026-11-16T10:02:00Z"),
        ("access", "2026-11-16T10:03:00Z"),
    ]
    assert shown[1] == {
        "kind": "mail",
        "at": "2026-11-16T10:01:01Z",
        "mail": "claim-received",
        "audience": "partner",
        "status": "Sent",
        "sentAt": "2026-11-16T10:01:01Z",
        "round": 1,
    }
    assert shown[3] == {
        "kind": "access",
        "at": "2026-11-16T10:03:00Z",
        "actor": {"kind": "reviewer", "id": REVIEWER.id},
        "action": "proof-read",
        "proofId": "p1",
    }


def test_events_keep_their_order_whatever_their_clocks_say() -> None:
    """An event that a slower clock wrote stays behind the one before it in the chain."""
    late = replace(FLAGGED, at=NOW - MINUTE)
    shown = whole_history_json(history(rows=(SUBMITTED, late)), for_programme=True)["items"]
    assert [one["seq"] for one in shown if one["kind"] == "event"] == [1, 2]


@pytest.mark.parametrize(
    ("status", "changes", "at"),
    [
        (MailStatus.PENDING, {}, "2026-11-16T10:01:00Z"),
        (MailStatus.CANCELLED, {"updated_at": NOW + 5 * MINUTE}, "2026-11-16T10:05:00Z"),
        (MailStatus.BOUNCED, {"sent_at": NOW, "updated_at": NOW + MINUTE}, "2026-11-16T10:00:00Z"),
    ],
)
def test_a_mail_stands_where_it_was_sent_or_given_up(status: MailStatus, changes: dict[str, Any], at: str) -> None:
    """A mail that was not sent stands where that was known, one that waits where it was made."""
    shown = whole_history_json(history(rows=(), looks=(), mails=(mail(status, **changes),)), for_programme=False)
    assert [one["at"] for one in shown["items"]] == [at]


def test_a_partner_is_told_no_id_and_nobody_an_address() -> None:
    """For a partner actors are kinds, and for nobody a mail has an address, an operation or its text."""
    own = look(actor=PARTNER, organisation="contoso")
    shown = whole_history_json(history(looks=(own,)), for_programme=False)["items"]
    assert shown[-1]["actor"] == {"kind": "partner"}
    text = json.dumps(whole_history_json(history(), for_programme=True)["items"][1])
    assert "@" not in text
    assert "deadline" not in text


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_word_of_it_is_translated(language: str) -> None:
    """Each mail, status, audience and look has words, and Polish ones of its own."""
    words = texts(language)
    assert MAILS.keys() == {kind.value for kind in MailKind}
    assert MAIL_STATUSES.keys() == {status.value for status in MailStatus}
    assert AUDIENCES.keys() == {audience.value for audience in Audience}
    assert LOOKS.keys() == {AuditAction.PROOF_READ.value}
    for word in (*MAILS.values(), *MAIL_STATUSES.values(), *AUDIENCES.values(), *LOOKS.values()):
        assert (words.gettext(word) != word) is (language == "pl")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Mail: claim received", "To the partner", "Sent", "Proof opened")),
        ("pl", ("E-mail: zgłoszenie otrzymane", "Do partnera", "Wysłano", "Otwarto potwierdzenie")),
    ],
)
def test_the_page_says_it_in_words(language: str, said: tuple[str, ...]) -> None:
    """The history's page names mails and downloads in the reader's language, the download by its file."""
    caller = Caller(organisation="op", object_id="r1", name="Rey", roles=frozenset({Role.REVIEWER}))
    told = history()
    view = claim_view(told.claim, caller=caller, language=language, now=NOW)
    view["proofs"] = {"p1": "poe.pdf"}
    context = {**view, **whole_history_view(told, for_programme=True, language=language)}
    reader = Reader(name="Rey", is_partner=False, is_programme=True, may_submit=False, form_token="t")
    page = html_answer("history.html", language=language, context={"reader": reader, **context}).get_body().decode()
    assert [word for word in (*said, "poe.pdf", REVIEWER.id) if word not in page] == []
