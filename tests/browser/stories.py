"""Claims as far as the product's people can take them, made over HTTP for pages to show."""

from collections.abc import Mapping

from tests.journeys.client import PDF, Customers, Json, LocalHost, Person, filed, request_of
from tools.sample_proofs import scan_pdf

ASKED = ("PendingCustomer", "Approved", "OptedOut", "Withdrawn", "Ended")
LOOKED_AT = ("UnderReview", "ActionRequired", "Rejected")


def claims_by_status(host: LocalHost, contoso: Person, reviewer: Person, customers: Customers) -> dict[str, Json]:
    """One claim of Contoso's in each status that lasts, as the API shows it to its partner."""
    drafted = contoso.draft(customers.new().claim(claimName="Begun"))
    assert drafted.status_code == 201, drafted.text
    claims: dict[str, Json] = {"Draft": drafted.json()}
    for status in (*ASKED, *LOOKED_AT):
        customer = customers.new()
        proof = customer.proof("teams", "intune") if status in ASKED else ("scan.pdf", scan_pdf(), PDF)
        claims[status] = filed(contoso, customer.claim("teams", "intune", claimName=f"Story of {status}"), proof)
    for status in LOOKED_AT:
        claims[status] = contoso.wait(claims[status]["claimId"], "UnderReview")
    for status in ASKED:
        claims[status] = contoso.wait_asked(claims[status]["claimId"])
    _decide(reviewer, claims)
    answer(host, claims["Approved"], "confirm")
    answer(host, claims["Ended"], "confirm")
    answer(host, claims["Ended"], "revoke", reason="We part as friends.")
    answer(host, claims["OptedOut"], "optOut", reason="Another partner does this.")
    assert contoso.act(claims["Withdrawn"]["claimId"], "withdraw").is_success
    told = {status: contoso.read(claim["claimId"]) for status, claim in claims.items()}
    assert {status: claim["status"] for status, claim in told.items()} == {status: status for status in told}
    return told


def _decide(reviewer: Person, claims: Mapping[str, Json]) -> None:
    asked_for = reviewer.decide(
        claims["ActionRequired"], "requestInformation", reasonCodes=["poe-no-signature-found"], comment="Who signed?"
    )
    assert asked_for.status_code == 200, asked_for.text
    rejected = reviewer.decide(
        claims["Rejected"], "reject", reasonCodes=["poe-other-customer"], comment="This is another company."
    )
    assert rejected.status_code == 200, rejected.text


def answer(host: LocalHost, claim: Json, choice: str, **more: str) -> None:
    """The customer answers by the link in the mail."""
    answered = host.respond(request_of(host, claim).link, choice, **more)
    assert answered.status_code == 200, answered.text
