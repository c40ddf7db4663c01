"""Who and what the story is about: customers and products that nobody has yet, claims for them, and their proofs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tools import sample_proofs
from tools.local_client import PDF, File, Json, Person
from tools.sample_registry import tenant

HOLDING = {"Submitted", "PendingCustomer", "Approved"}
"""A claim in one of these has, or is about to have, the product of its customer for itself."""


class NothingFreeError(Exception):
    """Earlier claims hold every sample customer's products."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A sample customer whose seats are enough for Microsoft 365 claims, or not known."""

    tenant_id: str
    domain: str
    name: str


CUSTOMERS = (
    Customer(tenant(1), "alpine.example", "Alpine Outfitters"),
    Customer(tenant(3), "cedar.example", "Cedar Klinik GmbH"),
    Customer(tenant(2), "birch.example", "Birch Biuro Sp. z o.o."),
)
PARTNERS = {"1000001": "contoso.example", "2000001": "fabrikam.example"}


@dataclass(frozen=True, slots=True)
class Prize:
    """What a claim is about: a customer, and one of its products."""

    customer: Customer
    product_id: str
    product_name: str

    def __str__(self) -> str:
        return f"{self.product_name} at {self.customer.name}"


def free_prizes(partners: Sequence[Person], *, wanted: int) -> list[Prize]:
    """That many Microsoft 365 products that no partner has or is getting. NothingFreeError."""
    taken = {
        (row["customer"]["tenantId"], product_id)
        for partner in partners
        for status in sorted(HOLDING)
        for row in partner.listed(status=status, solutionArea="microsoft-365", top=200)
        for product_id in row["productIds"]
    }
    catalogue: Json = partners[0].http.get("/api/catalogue").raise_for_status().json()
    products = [one for one in catalogue["products"] if one["solutionArea"] == "microsoft-365"]
    products.sort(key=lambda one: one["id"] != "teams")
    free = [
        Prize(customer, one["id"], one["name"])
        for customer in CUSTOMERS
        for one in products
        if (customer.tenant_id, one["id"]) not in taken
    ]
    if len(free) < wanted:
        raise NothingFreeError(
            f"The story needs {wanted} products that nobody has claimed from a sample customer, and {len(free)} are "
            "left. Withdraw claims, or run the demo against a product without data (LOCAL_DATA=memory make run)."
        )
    return free[:wanted]


def claim_for(prize: Prize, *, contact: str, mpn_id: str = "1000001") -> Json:
    """A claim that has all it needs; `contact` is the local part of the customer contact's address."""
    return {
        "mpnId": mpn_id,
        "customer": {"tenantId": prize.customer.tenant_id, "domain": prize.customer.domain},
        "solutionArea": "microsoft-365",
        "activities": ["usage"],
        "claimName": f"{prize.product_name} rollout",
        "items": [{"productId": prize.product_id}],
        "customerContact": {
            "name": "Ida Manager",
            "title": "IT manager",
            "email": f"{contact}@{prize.customer.domain}",
        },
        "partnerContact": {"name": "Pat Partner", "email": f"pat-{uuid.uuid4().hex[:8]}@{PARTNERS[mpn_id]}"},
    }


def proof_for(prize: Prize, *, dated: date) -> File:
    """The proof that goes with it: a PDF that the customer signed."""
    content = sample_proofs.pdf_proof(customer=prize.customer.name, products=[prize.product_name], dated=dated)
    return "proof-of-execution.pdf", content, PDF


def contact_of(claim: Json) -> str:
    """The customer contact's address."""
    return str(claim["customerContact"]["email"])


def partner_of(claim: Json) -> str:
    """The partner contact's address."""
    return str(claim["partnerContact"]["email"])
