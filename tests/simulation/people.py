"""Who uses the product, and what they file: Microsoft 365 workloads, and one subscription of one customer."""

from dataclasses import replace
from datetime import timedelta

from shared.domain.claim import Contact, Customer, RequestedProduct
from shared.domain.claim_fields import ClaimFields
from shared.usecases.callers import Caller, Role
from tools.sample_registry import CONTOSO, FABRIKAM, customers, subscription_id, tenant

OPERATOR = "00000000-0000-4000-8000-0000000000aa"
REVIEWER = Caller(organisation=OPERATOR, object_id="r1", name="Rey", roles=frozenset({Role.REVIEWER}))
LOCATIONS = {CONTOSO: "1000001", FABRIKAM: "2000001"}
MOVED = "1000002"
SALES = "dynamics-365-sales"
SOLD = subscription_id(21)
SOLD_TO = 2
"""The subscription of Dynamics 365 Sales, and the customer that has it."""
PRODUCTS = (("teams",), ("intune",), ("teams", "intune"), (SALES,))
ENDS = (timedelta(days=-1), timedelta(days=10), timedelta(days=20), timedelta(days=400))


def admin(organisation: str) -> Caller:
    """The organisation's incentives admin."""
    return Caller(organisation=organisation, object_id="p1", name="Pat", roles=frozenset({Role.PARTNER_ADMIN}))


def fields(organisation: str, customer: int, products: tuple[str, ...]) -> ClaimFields:
    """A complete Microsoft 365 claim; one for Sales is for the customer that has its subscription."""
    is_sale = products == (SALES,)
    number = SOLD_TO if is_sale else customer
    domain = customers()[number - 1].domains[0]
    contact = Contact(name="Ida", email=f"ida@{domain}", title="IT")
    claim = ClaimFields(
        mpn_id=LOCATIONS[organisation],
        customer=Customer(tenant_id=tenant(number), domain=domain),
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Rollout",
        requested=tuple(RequestedProduct(product_id=product) for product in products),
        customer_contact=contact,
        partner_contact=Contact(name="Pat", email="pat@partner.example"),
    )
    return replace(claim, solution_area="business-applications", technical_contact=contact) if is_sale else claim
