"""A reviewer decides, the partner answers."""

import pytest

from tests.journeys.client import (
    PDF,
    Customer,
    Customers,
    Json,
    LocalHost,
    Person,
    Store,
    contact_of,
    faults_of,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.sample_proofs import scan_pdf


def flagged(person: Person, customer: Customer, *products: str) -> Json:
    """A claim that waits for a reviewer, as its proof is a scan."""
    claim = filed(person, customer.claim(*products), ("scan.pdf", scan_pdf(), PDF))
    return person.wait(claim["claimId"], "UnderReview")


def test_an_accepted_claim_goes_to_the_customer(
    host: LocalHost, contoso: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """Under review nothing is reserved and nobody is asked; accepted, the customer is, and may confirm."""
    claim = flagged(contoso, customer)
    assert (claim["nextActor"], claim["reasons"]) == ("reviewer", ["poe-not-machine-readable"])
    host.mail(partner_of(claim), about=claim["number"], subject="Claim under review")
    assert host.mails(contact_of(claim)) == []
    assert store.slots(customer.tenant_id).get("workload~teams", (None, None)) == (None, None)

    def queued() -> bool:
        rows = reviewer.http.get("/api/review/claims", params={"tenantId": customer.tenant_id}).json()["items"]
        return [row["claimId"] for row in rows] == [claim["claimId"]]

    wait_for(queued, bool, what="the claim in the reviewers' list", seconds=30)
    seen = reviewer.http.get(f"/api/review/claims/{claim['claimId']}").json()
    assert seen["organisation"].startswith("c0c0c0c0")
    accepted = reviewer.decide(seen, "accept", comment="The scan is signed.")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "PendingCustomer")
    claim = contoso.wait_asked(claim["claimId"])
    assert host.respond(request_of(host, claim).link, "confirm").json()["status"] == "Approved"
    assert contoso.read(claim["claimId"])["comments"][0]["text"] == "The scan is signed."
    assert contoso.read(claim["claimId"])["comments"][0]["actor"] == {"kind": "reviewer"}


def test_what_is_asked_for_is_answered_and_checked_again(
    host: LocalHost, contoso: Person, reviewer: Person, customer: Customer
) -> None:
    """Asked for more, the partner replaces the proof, corrects a contact and resubmits: round 2, same filing date."""
    claim = flagged(contoso, customer)
    asked_for = reviewer.decide(
        claim, "requestInformation", reasonCodes=["poe-no-signature-found"], comment="Who signed this?"
    )
    assert (asked_for.status_code, asked_for.json()["status"]) == (200, "ActionRequired")
    claim = contoso.read(claim["claimId"])
    assert (claim["nextActor"], claim["reasons"]) == ("partner", ["poe-no-signature-found"])
    mail = host.mail(partner_of(claim), about=claim["number"], subject="Please act")
    assert "Who signed this?" in mail.text
    proof_id = claim["proofs"][0]["proofId"]
    assert contoso.add_proof(claim["claimId"], customer.proof()).status_code == 201
    assert contoso.http.delete(f"/api/claims/{claim['claimId']}/proofs/{proof_id}").status_code == 204
    claim = contoso.read(claim["claimId"])
    assert [proof["replaced"] for proof in claim["proofs"]] == [True, False]
    contact = {**claim["customerContact"], "name": "Ida M. Manager"}
    edited = contoso.edit(claim, {"customerContact": contact})
    assert edited.status_code == 200, edited.text
    closed = contoso.edit(edited.json(), {"claimName": "Another", "items": [{"productId": "intune"}]})
    assert {code for _, code in faults_of(closed)} == {"not-editable"}
    again = contoso.act(claim["claimId"], "resubmit", {"comment": "Signed now."})
    assert (again.status_code, again.json()["status"], again.json()["round"]) == (202, "Submitted", 2)
    assert again.json()["submittedAt"] == claim["submittedAt"]
    claim = contoso.wait_asked(claim["claimId"])
    assert claim["customerContact"]["name"] == "Ida M. Manager"
    assert len(host.mails(contact_of(claim), subject="Please answer")) == 1
    assert contoso.act(claim["claimId"], "resubmit").status_code == 409


def test_a_rejected_claim_is_told_why(host: LocalHost, contoso: Person, reviewer: Person, customer: Customer) -> None:
    """Rejected with reasons and a comment; both reach the partner, and the claim takes no further decision."""
    claim = flagged(contoso, customer)
    rejected = reviewer.decide(
        claim, "reject", reasonCodes=["poe-other-customer", "poe-not-convincing"], comment="This is another company."
    )
    assert (rejected.status_code, rejected.json()["status"]) == (200, "Rejected")
    claim = contoso.read(claim["claimId"])
    assert claim["reasons"] == ["poe-other-customer", "poe-not-convincing"]
    mail = host.mail(partner_of(claim), about=claim["number"], subject="Claim rejected")
    assert "This is another company." in mail.text
    assert "dispute" in mail.text
    assert reviewer.decide(claim, "accept").status_code == 409
    assert host.mails(contact_of(claim)) == []


def test_single_items_may_be_refused(
    host: LocalHost, contoso: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """One product refused, the other accepted: the customer is asked about the other alone."""
    claim = flagged(contoso, customer, "teams", "intune")
    teams, intune = (item["itemId"] for item in claim["items"])
    refusal = {"itemId": intune, "decision": "refuse", "reasonCodes": ["poe-no-product-mentioned"]}
    assert reviewer.decide(claim, "accept", items=[refusal]).status_code == 200
    claim = contoso.wait_asked(claim["claimId"])
    assert {item["itemId"]: item["outcome"] for item in claim["items"]} == {teams: "claimed", intune: "refused"}
    assert claim["items"][1]["reasons"] == ["poe-no-product-mentioned"]
    mail = request_of(host, claim)
    assert "Microsoft Teams" in mail.text
    assert "Intune" not in mail.text
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, claim["claimId"])}


@pytest.fixture(scope="module")
def waiting(contoso: Person, customers: Customers) -> Json:
    """A claim that waits for a reviewer, and goes on waiting."""
    return flagged(contoso, customers.new())


def decision(reviewer: Person, claim: Json, body: Json, **headers: str) -> Json:
    """Status and code of the answer to a decision with these headers."""
    answer = reviewer.http.post(f"/api/review/claims/{claim['claimId']}/decision", json=body, headers=headers)
    return {"status": answer.status_code, "code": answer.json().get("code")}


def test_a_decision_needs_the_version_that_was_seen(contoso: Person, reviewer: Person, waiting: Json) -> None:
    """Without If-Match 428, with an older or a weak one 412; a comment moves the version on."""
    reject = {"decision": "reject", "reasonCodes": ["other"]}
    assert decision(reviewer, waiting, reject) == {"status": 428, "code": "if-match-missing"}
    stale = f'"{waiting["revision"]}"'
    assert contoso.act(waiting["claimId"], "comments", {"comment": "More is coming."}).status_code == 201
    gone = {"status": 412, "code": "precondition-failed"}
    assert decision(reviewer, waiting, reject, **{"If-Match": stale}) == gone
    now = contoso.http.get(f"/api/claims/{waiting['claimId']}").headers["etag"]
    assert decision(reviewer, waiting, reject, **{"If-Match": f"W/{now}"}) == gone
    assert decision(reviewer, waiting, reject, **{"If-Match": "nonsense"})["status"] == 400
    assert contoso.read(waiting["claimId"])["status"] == "UnderReview"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"decision": "reject"}, {("/reasonCodes", "required")}),
        ({"decision": "requestInformation", "reasonCodes": ["whim"]}, {("/reasonCodes/0", "unknown-reason")}),
        (
            {"decision": "accept", "items": [{"itemId": "x", "decision": "accept"}]},
            {("/items/0/itemId", "unknown-item")},
        ),
        (
            {"decision": "accept", "items": [{"itemId": "teams-usage", "decision": "refuse"}]},
            {("/items/0/reasonCodes", "required"), ("/items", "nothing-left")},
        ),
        ({}, {("/decision", "required")}),
    ],
)
def test_a_decision_without_sense_is_refused(
    contoso: Person, reviewer: Person, waiting: Json, body: Json, faults: set[tuple[str, str]]
) -> None:
    """No reason, an unknown one, an unknown item, or nothing left to accept: 422 with each fault, nothing decided."""
    path = f"/api/review/claims/{waiting['claimId']}/decision"
    assert faults_of(reviewer.http.post(path, json=body, headers={"If-Match": "*"})) == faults
    assert contoso.read(waiting["claimId"])["status"] == "UnderReview"


def test_a_contested_claim_waits_for_the_slot(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """Accepted while another claim is pending: slot-pending; while it holds: supersede-required; freed, it works."""
    first = filed(contoso, customer.claim(), customer.proof())
    first = contoso.wait_asked(first["claimId"])
    second = filed(fabrikam, customer.claim(mpn_id="2000001"), customer.proof())
    second = fabrikam.wait(second["claimId"], "UnderReview")
    assert second["reasons"] == ["contested"]
    refused = reviewer.decide(second, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-pending")
    link = request_of(host, first).link
    assert host.respond(link, "confirm").status_code == 200
    refused = reviewer.decide(second, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "supersede-required")
    refused = reviewer.decide(second, "accept", supersede=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "incumbent-window-open")
    assert host.respond(link, "revoke").status_code == 200
    assert reviewer.decide(second, "accept").status_code == 200
    second = fabrikam.wait_asked(second["claimId"])
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, second["claimId"])}
