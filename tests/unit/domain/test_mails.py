"""The mails as data, against the handbook's list (PROCESS.md, Mails)."""

from dataclasses import replace

import pytest

from shared.domain.claim import Status
from shared.domain.claim_states import TRANSITIONS
from shared.domain.mails import MAILS, Audience, MailIntent, MailKind, MailStatus
from tests.claims import NOW, STORIES

# Who is told what, written out from the handbook.
CUSTOMER = {
    "association-request",
    "association-reminder",
    "association-approved",
    "association-ended",
    "association-withdrawn",
}
PARTNER = {
    "claim-received",
    "claim-under-review",
    "action-required",
    "customer-notified",
    "claim-approved",
    "customer-opted-out",
    "claim-rejected",
    "deadline-near",
    "draft-expiring",
    "association-ending",
    "legacy-draft",
    "claim-ended",
    "association-contested",
}
# The states that a mail still makes sense in; a mail about something final is always true.
ONLY_WHILE = {
    "association-request": "PendingCustomer",
    "association-reminder": "PendingCustomer",
    "customer-notified": "PendingCustomer",
    "association-approved": "Approved",
    "association-ending": "Approved",
    "association-contested": "Approved",
    "claim-under-review": "UnderReview",
    "action-required": "ActionRequired",
    "deadline-near": "ActionRequired",
    "claim-rejected": "Rejected",
    "draft-expiring": "Draft",
    "legacy-draft": "Draft",
}


def test_every_mail_has_its_audience() -> None:
    """Each mail of the handbook exists, is written to the customer or to the partner, and there is no other."""
    by_audience = {
        audience: {kind.value for kind, spec in MAILS.items() if spec.audience is audience} for audience in Audience
    }
    assert by_audience == {Audience.CUSTOMER: CUSTOMER, Audience.PARTNER: PARTNER}
    assert set(MAILS) == set(MailKind)


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_goes_out_only_while_it_is_true(kind: MailKind) -> None:
    """A mail that asks for something, or tells how things stand, is limited to the state it speaks of."""
    valid_in = MAILS[kind].valid_in
    assert valid_in == (frozenset({Status(ONLY_WHILE[kind.value])}) if kind.value in ONLY_WHILE else None)


def test_a_mail_is_written_where_it_may_be_sent() -> None:
    """No transition writes an intent that the state it leads to would cancel at once."""
    written = set()
    for status, events in TRANSITIONS.items():
        for rule in (rule for rules in events.values() for rule in rules):
            to = rule.to if isinstance(rule.to, Status) else status
            for mail in rule.mails:
                written.add(mail)
                assert MAILS[mail].valid_in is None or to in (MAILS[mail].valid_in or ())
    assert written == set(MailKind)
    assert set(STORIES) == set(Status)


def test_only_a_customer_who_was_told_hears_of_a_withdrawal() -> None:
    """The withdrawal is the one mail that depends on an earlier one having been sent."""
    assert [kind.value for kind, spec in MAILS.items() if spec.needs_customer_told] == ["association-withdrawn"]


@pytest.mark.parametrize("status", MailStatus)
def test_outstanding_is_what_must_still_be_done(status: MailStatus) -> None:
    """A mail is outstanding until it was sent, cancelled, refused for good or bounced."""
    mail = MailIntent(
        claim_id="c", kind=MailKind.CLAIM_RECEIVED, round=1, n=None, operation_id="operation", created_at=NOW
    )
    assert mail.status is MailStatus.PENDING
    assert replace(mail, status=status).outstanding is (status.value in {"Pending", "Sending"})
