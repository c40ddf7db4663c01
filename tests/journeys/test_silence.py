"""Silence after a notice that arrived is consent, and not one second early."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.journeys.client import (
    FABRIKAM_MPN,
    Customer,
    Json,
    LocalHost,
    Person,
    Store,
    asked,
    at,
    contact_of,
    due_at,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.embedded import LocalProduct

MARGIN = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock only this module moves."""
    with LocalProduct(tmp_path_factory.mktemp("silence")) as running:
        yield running


def finalize_at(host: LocalHost, instant: datetime) -> None:
    """Move the clock on to that instant and run the timer."""
    host.advance_to(instant)
    host.run_timer()


def assert_still_pending(host: LocalHost, person: Person, claim: Json, *, before: datetime) -> None:
    """The claim waits for the customer. A machine too slow to look before that instant has seen nothing either way."""
    seen = person.read(claim["claimId"])
    assert seen["status"] == "PendingCustomer" or host.now() >= before


def test_an_untouched_claim_becomes_official_and_not_one_second_earlier(
    host: LocalHost, contoso: Person, fabrikam: Person, store: Store, customer: Customer
) -> None:
    """From 202 to Approved: checked within 5 s, asked once, official at the deadline + 1 h, slot held, both told."""
    answer = contoso.submit(customer.claim(), [customer.proof()])
    assert answer.status_code == 202
    claim = answer.json()
    assert claim["status"] == "Submitted"
    assert answer.headers["location"] == f"/api/claims/{claim['claimId']}"
    claim = contoso.wait(claim["claimId"], "PendingCustomer", seconds=30)
    claim = contoso.wait_asked(claim["claimId"])
    assert (claim["nextActor"], claim["nextDeadline"]) == ("customer", claim["optOutDeadline"])
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, claim["claimId"])}
    host.mail(partner_of(claim), about=claim["number"], subject="Customer asked")
    assert [mail.subject for mail in host.mails(contact_of(claim))] == [
        f"Please answer: association request {claim['number']}"
    ]
    assert len(host.mails(partner_of(claim), subject="Claim received")) == 1

    due = due_at(claim)
    for early in (due - MARGIN, due - 2 * SECOND, due - SECOND):
        finalize_at(host, early)
        assert_still_pending(host, contoso, claim, before=due)
    finalize_at(host, due)
    claim = contoso.wait(claim["claimId"], "Approved")
    assert due <= at(claim["approvedAt"]) <= due + 30 * SECOND
    assert [item["outcome"] for item in claim["items"]] == ["associated"]
    assert store.slots(customer.tenant_id) == {"workload~teams": (claim["claimId"], None)}
    host.mail(partner_of(claim), about=claim["number"], subject="Claim approved")
    host.mail(contact_of(claim), about=claim["number"], subject="Association official")

    rival = filed(fabrikam, customer.claim(mpn_id=FABRIKAM_MPN), customer.proof(now=host.now()))
    rival = fabrikam.wait(rival["claimId"], "UnderReview")
    assert rival["reasons"] == ["contested"]
    assert store.slots(customer.tenant_id) == {"workload~teams": (claim["claimId"], None)}

    link = request_of(host, claim).link
    late = host.respond(link, "optOut")
    assert (late.status_code, late.json()["code"]) == (409, "too-late")
    assert "revoke" in late.json()["detail"]
    revoked = host.respond(link, "revoke", reason="We changed our partner.")
    assert (revoked.status_code, revoked.json()["outcome"]) == (200, "revoke")
    assert host.respond(link, "revoke").status_code == 200
    assert host.respond(link, "confirm").status_code == 409
    assert contoso.read(claim["claimId"])["status"] == "Ended"
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, None)}
    host.mail(partner_of(claim), about=claim["number"], subject="Association ended")
    host.mail(contact_of(claim), about=claim["number"], subject="Association ended")


def test_a_bounced_notice_is_never_consent(host: LocalHost, contoso: Person, store: Store, customer: Customer) -> None:
    """A bounced request voids the clock; after any time the claim is rejected for want of an answer, never approved."""
    claim = filed(contoso, customer.claim(contact="bounce-ida"), customer.proof(now=host.now()))
    claim = contoso.wait(claim["claimId"], "ActionRequired", seconds=30)
    assert (claim["reasons"], claim["nextActor"]) == (["contact-unreachable"], "partner")
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, None)}
    host.mail(partner_of(claim), about=claim["number"], subject="Please act")
    finalize_at(host, at(claim["nextDeadline"]) - timedelta(hours=2))
    assert contoso.read(claim["claimId"])["status"] == "ActionRequired"
    finalize_at(host, host.now() + timedelta(days=30))
    claim = contoso.wait(claim["claimId"], "Rejected")
    assert claim["reasons"] == ["no-partner-response"]
    events = [row["to"] for row in contoso.events(claim["claimId"])]
    assert "Approved" not in events


def test_a_no_counts_while_the_claim_is_pending_even_after_the_deadline(
    host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """Between the deadline and the margin's end the customer may still decline; the timer then finds nothing to do."""
    claim = asked(contoso, customer, now=host.now())
    link = request_of(host, claim).link
    finalize_at(host, due_at(claim) - MARGIN / 2)
    assert host.respond(link, "optOut").status_code == 200
    finalize_at(host, due_at(claim) + MARGIN)
    assert contoso.read(claim["claimId"])["status"] == "OptedOut"


def test_the_customer_is_reminded_once(host: LocalHost, contoso: Person, customer: Customer) -> None:
    """At 09:00 of the last business day the customer gets one reminder with the link, however often timers run."""
    claim = asked(contoso, customer, now=host.now())
    receipt = contoso.read(claim["claimId"], "deadline")
    finalize_at(host, at(receipt["reminderAt"]) - SECOND)
    finalize_at(host, at(receipt["reminderAt"]))
    host.run_timer()
    reminder = host.mail(contact_of(claim), about=claim["number"], subject="Reminder")
    assert reminder.sent_at >= at(receipt["reminderAt"])
    assert reminder.link.claim_id == claim["claimId"]
    assert host.respond(reminder.link, "confirm").status_code == 200
    host.run_timer()
    contoso.wait(claim["claimId"], "Approved")
    assert len(host.mails(contact_of(claim), subject="Reminder")) == 1


def test_a_draft_expires_after_thirty_days(host: LocalHost, contoso: Person, store: Store, customer: Customer) -> None:
    """A draft nobody edits is announced to expire 5 days before, then deleted."""
    draft = contoso.draft(customer.claim()).json()
    assert contoso.add_proof(draft["claimId"], customer.proof(now=host.now())).status_code == 201
    finalize_at(host, host.now() + timedelta(days=26))
    host.mail(partner_of(draft), about=draft["number"], subject="Draft about to be deleted")
    finalize_at(host, host.now() + timedelta(days=5))

    def is_gone() -> bool:
        return contoso.http.get(f"/api/claims/{draft['claimId']}").status_code == 404

    wait_for(is_gone, bool, what="the draft deleted", seconds=30)
    assert not [key for key in store.rows(customer.tenant_id) if key.startswith("claim:")]
