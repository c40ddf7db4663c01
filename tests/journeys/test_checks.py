"""What the checks make of claims for the sample customers, and of proofs of each kind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.client import PDF, WORD, Customer, File, Json, Person, filed
from tools import sample_proofs
from tools.sample_registry import subscription_id, tenant

BIRCH = Customer(tenant(2), "birch.example", "Birch Biuro Sp. z o.o.")
CEDAR = Customer(tenant(3), "cedar.example", "Cedar Klinik GmbH")
DOGWOOD = Customer(tenant(4), "dogwood.example", "Dogwood Books")
VERIFIED = {"PendingCustomer", "UnderReview", "Rejected"}
TODAY = datetime.now(UTC).date()
type Verify = Callable[..., Json]


@pytest.fixture
def verify(contoso: Person) -> Iterator[Verify]:
    """Files a claim, gives it once checked, and withdraws it at the end: the sample customers are everybody's."""
    open_claims: list[str] = []

    def run(claim: Json, *files: File) -> Json:
        taken = filed(contoso, claim, *files)
        open_claims.append(taken["claimId"])
        return contoso.wait(taken["claimId"], VERIFIED)

    yield run
    for claim_id in open_claims:
        if contoso.read(claim_id)["status"] != "Rejected":
            assert contoso.act(claim_id, "withdraw").status_code == 200


def item(product: str, subscription: int | None = None) -> Json:
    """A line of a claim, of a sample subscription where one is named."""
    return {"productId": product, **({"subscriptionId": subscription_id(subscription)} if subscription else {})}


def findings(claim: Json) -> dict[str, str]:
    """Each check that did not pass, and its result."""
    return {check["code"]: check["result"] for check in claim["checks"] if check["result"] != "pass"}


def test_the_only_subscription_is_filled_in(verify: Verify) -> None:
    """Birch has one subscription for Sales: the claim gets it in silence and goes to the customer."""
    claim = verify(BIRCH.dynamics(item("dynamics-365-sales")), BIRCH.proof("Dynamics 365 Sales"))
    assert claim["status"] == "PendingCustomer", findings(claim)
    assert [one["subscriptionId"] for one in claim["items"]] == [subscription_id(21)]
    assert claim["customer"]["name"] == BIRCH.name


def test_one_of_several_subscriptions_must_be_named(verify: Verify) -> None:
    """Birch has two for Customer Service: without one named the claim is rejected, with one it passes."""
    proof = BIRCH.proof("Dynamics 365 Customer Service")
    claim = verify(BIRCH.dynamics(item("dynamics-365-customer-service")), proof)
    assert (claim["status"], claim["reasons"]) == ("Rejected", ["subscription-required"])
    claim = verify(BIRCH.dynamics(item("dynamics-365-customer-service", 22)), proof)
    assert claim["status"] == "PendingCustomer", findings(claim)


def test_usage_and_presales_are_two_items_of_one_claim(verify: Verify) -> None:
    """Claimed together, one subscription makes an item for each programme, and neither stands in the other's way."""
    claim = verify(
        BIRCH.dynamics(item("power-bi", 24), activities=["usage", "presales"]),
        BIRCH.proof("Power BI"),
    )
    assert claim["status"] == "PendingCustomer", findings(claim)
    assert sorted(one["programme"] for one in claim["items"]) == ["osa-sell", "osu-business-applications"]


@pytest.mark.parametrize(
    ("customer", "wanted", "code"),
    [
        (CEDAR, item("dynamics-365-finance", 31), "subscription-csp"),
        (CEDAR, item("dynamics-365-sales", 32), "subscription-inactive"),
        (CEDAR, item("dynamics-365-sales", 21), "subscription-other-tenant"),
        (CEDAR, item("dynamics-365-sales", 99), "subscription-unknown"),
        (CEDAR, item("dynamics-365-commerce"), "subscription-unknown"),
        (BIRCH, item("dynamics-365-sales", 22), "subscription-other-product"),
    ],
)
def test_an_unfit_subscription_is_rejected_and_says_why(
    verify: Verify, contoso: Person, customer: Customer, wanted: Json, code: str
) -> None:
    """CSP, suspended, another customer's, unknown, or for another product: each with its own reason."""
    claim = verify(customer.dynamics(wanted), customer.proof(wanted["productId"]))
    assert claim["status"] == "Rejected"
    assert code in claim["reasons"]
    assert contoso.act(claim["claimId"], "withdraw").status_code == 409


def test_every_reason_is_given_not_just_the_first(verify: Verify) -> None:
    """A claim with a foreign domain and three unfit subscriptions is told all four reasons."""
    claim = CEDAR.dynamics(
        item("dynamics-365-finance"), item("dynamics-365-sales"), item("dynamics-365-customer-service")
    )
    claim["customer"]["domain"] = "alpine.example"
    rejected = verify(claim, CEDAR.proof("Dynamics 365"))
    assert set(rejected["reasons"]) == {
        "tenant-domain-mismatch",
        "subscription-unknown",
        "subscription-csp",
        "subscription-inactive",
    }


def test_few_seats_are_a_flag(verify: Verify) -> None:
    """Dogwood has 40 seats, fewer than the policy's 50: a reviewer looks, nothing is rejected."""
    claim = verify(DOGWOOD.claim(), DOGWOOD.proof())
    assert (claim["status"], findings(claim)) == ("UnderReview", {"seats-below-minimum": "flag"})
    assert claim["nextActor"] == "reviewer"


def test_a_domain_of_another_tenant_is_rejected(verify: Verify, customer: Customer) -> None:
    """A domain that resolves to another directory, or to none, is a fail."""
    for domain in ("alpine.example", "nobody.example"):
        claim = verify(customer.claim(customer={"tenantId": customer.tenant_id, "domain": domain}), customer.proof())
        assert (claim["status"], claim["reasons"]) == ("Rejected", ["tenant-domain-mismatch"])


def test_a_second_claim_of_ones_own_is_rejected(verify: Verify, customer: Customer) -> None:
    """What one's own organisation is asking for already cannot be claimed again, from its other location either."""
    assert verify(customer.claim(), customer.proof())["status"] == "PendingCustomer"
    second = verify(customer.claim(mpn_id="1000002"), customer.proof())
    assert (second["status"], second["reasons"]) == ("Rejected", ["already-associated-to-you"])


@pytest.mark.parametrize("address", ["ida@gmail.com", "ida@elsewhere.example"])
def test_a_contact_elsewhere_is_a_flag(verify: Verify, customer: Customer, address: str) -> None:
    """An address that is not on the customer's domains may be right: a reviewer looks."""
    contact = {"name": "Ida", "title": "IT manager", "email": address}
    claim = verify(customer.claim(customerContact=contact), customer.proof())
    assert (claim["status"], findings(claim)) == ("UnderReview", {"contact-domain-not-customer": "flag"})


def said(customer: Customer, /, **changes: Any) -> dict[str, Any]:
    """What a good proof of Teams work says, with changes."""
    return {"customer": customer.name, "products": ["Microsoft Teams"], "dated": TODAY, **changes}


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda one: ("p.docx", sample_proofs.docx_proof(**said(one)), WORD), set()),
        (lambda one: ("p.pdf", sample_proofs.signed_field_pdf(**said(one)), PDF), set()),
        (lambda one: ("p.pdf", sample_proofs.pdf_proof(**said(one, language="pl")), PDF), set()),
        (lambda one: ("p.pdf", sample_proofs.pdf_proof(**said(one, customer=one.domain)), PDF), set()),
        (lambda _: ("p.pdf", sample_proofs.scan_pdf(), PDF), {"poe-not-machine-readable"}),
        (lambda _: ("p.png", sample_proofs.picture(), "image/png"), {"poe-not-machine-readable"}),
        (lambda _: ("p.jpg", sample_proofs.picture("JPEG"), "image/jpeg"), {"poe-not-machine-readable"}),
        (lambda one: ("p.pdf", sample_proofs.pdf_proof(**said(one, signed_by=None)), PDF), {"poe-no-signature-found"}),
        (lambda one: ("p.docx", sample_proofs.docx_proof(**said(one, dated=None)), WORD), {"poe-no-date"}),
        (
            lambda one: ("p.pdf", sample_proofs.pdf_proof(**said(one, dated=TODAY - timedelta(days=400))), PDF),
            {"poe-older-than-12-months"},
        ),
        (
            lambda one: ("p.pdf", sample_proofs.pdf_proof(**said(one, customer="X", products=["Y"])), PDF),
            {"poe-no-customer-name", "poe-no-product-mentioned"},
        ),
        (lambda one: ("p.pdf", sample_proofs.pdf_with_javascript(**said(one)), PDF), {"poe-active-content"}),
    ],
    ids=["docx", "field", "polish", "domain", "scan", "png", "jpeg", "unsigned", "undated", "old", "other", "script"],
)
def test_a_proof_is_read_for_what_it_says(
    verify: Verify, customer: Customer, make: Callable[[Customer], File], found: set[str]
) -> None:
    """A good proof goes to the customer; each doubt is a flag of its own, and exactly the doubts there are."""
    claim = verify(customer.claim(), make(customer))
    assert findings(claim) == dict.fromkeys(found, "flag")
    assert claim["status"] == ("UnderReview" if found else "PendingCustomer")
    assert set(claim["reasons"]) == found
