"""What is refused at the door, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.catalogue import catalogue
from shared.domain.claim import Contact, Customer, RequestedProduct, Revenue
from shared.domain.claim_fields import ClaimFields
from shared.domain.door import MOST_ITEMS, door_faults

TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
ONE, TWO = "5b5b5b5b-0000-4000-8000-000000000021", "5b5b5b5b-0000-4000-8000-000000000022"
BARE = ClaimFields(mpn_id="1000001", customer=Customer(tenant_id=TENANT, domain="alpine.example"))
CUSTOMER = Contact(name="Anna", email="anna@alpine.example", title="IT manager")
PARTNER = Contact(name="Piet", email="piet@contoso.example")
REVENUE = Revenue(solution_seller="Contoso", customer_name="Alpine", solution_name="Slopes")


def product(product_id: str | None, subscription_id: str | None = None) -> RequestedProduct:
    """One line of the request."""
    return RequestedProduct(product_id=product_id, subscription_id=subscription_id)


M365 = replace(
    BARE,
    solution_area="microsoft-365",
    activities=("usage",),
    claim_name="Rollout",
    requested=(product("teams"), product("exchange-online")),
    customer_contact=CUSTOMER,
    partner_contact=PARTNER,
)
APPS = replace(
    M365,
    solution_area="business-applications",
    activities=("usage", "presales"),
    requested=(product("power-bi"), product("dynamics-365-sales", ONE)),
    technical_contact=CUSTOMER,
)
REVENUE_CLAIM = replace(APPS, activities=("revenue",), requested=(), technical_contact=None, revenue=REVENUE)


def found(fields: ClaimFields, *, complete: bool = True, proofs_count: int | None = 1) -> set[tuple[str, str]]:
    """Pointer and code of every fault."""
    faults = door_faults(fields, catalogue=catalogue(), complete=complete, proofs_count=proofs_count)
    return {(fault.pointer, fault.code) for fault in faults}


@pytest.mark.parametrize(
    "fields", [M365, APPS, REVENUE_CLAIM, replace(REVENUE_CLAIM, requested=(product("power-bi"),))]
)
def test_complete_claims_pass(fields: ClaimFields) -> None:
    """A claim of each type with all that it needs is let in."""
    assert found(fields) == set()


def test_draft_needs_nothing_but_location_and_customer() -> None:
    """What is missing is no fault of a draft."""
    assert found(BARE, complete=False, proofs_count=None) == set()


def test_every_missing_field_is_named_at_once() -> None:
    """A claim with nothing in it hears of everything that it lacks."""
    assert found(BARE, proofs_count=0) == {
        ("/solutionArea", "required"),
        ("/activities", "required"),
        ("/claimName", "required"),
        ("/items", "required"),
        ("/customerContact", "required"),
        ("/partnerContact", "required"),
        ("/proofs", "poe-missing"),
    }


@pytest.mark.parametrize(
    ("fields", "changes", "expected"),
    [
        (M365, {"solution_area": "csp"}, ("/solutionArea", "co-op-claim")),
        (M365, {"solution_area": "Managed Reseller"}, ("/solutionArea", "co-op-claim")),
        (M365, {"solution_area": "cloud_solution-provider"}, ("/solutionArea", "co-op-claim")),
        (M365, {"solution_area": "azure"}, ("/solutionArea", "unknown-solution-area")),
        (M365, {"activities": ("presales",)}, ("/activities/0", "activity-not-allowed")),
        (M365, {"activities": ("usage", "golf")}, ("/activities/1", "activity-not-allowed")),
        (M365, {"activities": ("usage", "usage")}, ("/activities/1", "duplicate")),
        (REVENUE_CLAIM, {"activities": ("usage", "revenue")}, ("/activities", "activity-not-allowed")),
        (M365, {"requested": (product("power-bi"),)}, ("/items/0/productId", "product-not-in-area")),
        (M365, {"requested": (product("excel"),)}, ("/items/0/productId", "product-not-in-area")),
        (M365, {"requested": (product("teams"), product("teams"))}, ("/items/1", "duplicate-item")),
        (M365, {"requested": (product("teams", ONE), product("teams", TWO))}, ("/items/1", "duplicate-item")),
        (APPS, {"requested": (product("power-bi", ONE), product("power-bi", ONE))}, ("/items/1", "duplicate-item")),
        (APPS, {"requested": (product("power-bi"), product(None))}, ("/items/1/productId", "required")),
        (REVENUE_CLAIM, {"requested": (product(None, ONE),)}, ("/items/0/productId", "required")),
        (M365, {"customer_contact": replace(CUSTOMER, title=None)}, ("/customerContact/title", "required")),
        (APPS, {"technical_contact": None}, ("/technicalContact", "required")),
        (APPS, {"technical_contact": replace(CUSTOMER, title=None)}, ("/technicalContact/title", "required")),
        (REVENUE_CLAIM, {"revenue": None}, ("/revenue", "required")),
        (M365, {"revenue": REVENUE}, ("/revenue", "not-asked")),
        (M365, {"customer_contact": replace(PARTNER, title="x")}, ("/customerContact/email", "contact-is-partner")),
    ],
)
def test_each_fault_is_found(fields: ClaimFields, changes: dict[str, Any], expected: tuple[str, str]) -> None:
    """One thing wrong makes its own fault, at its own place."""
    assert expected in found(replace(fields, **changes))


def test_one_wrong_thing_makes_one_fault() -> None:
    """A fault does not draw others behind it where nothing else is wrong."""
    assert found(replace(M365, solution_area="surface")) == {("/solutionArea", "co-op-claim")}
    assert found(replace(M365, activities=("golf",))) == {("/activities/0", "activity-not-allowed")}


def test_what_is_wrong_in_a_draft_is_told_in_a_draft() -> None:
    """A draft hears of what is present and wrong."""
    draft = replace(BARE, solution_area="hosting", requested=(product("excel"), product("excel")))
    assert found(draft, complete=False, proofs_count=None) == {
        ("/solutionArea", "co-op-claim"),
        ("/items/0/productId", "product-not-in-area"),
        ("/items/1/productId", "product-not-in-area"),
        ("/items/1", "duplicate-item"),
    }


def test_two_subscriptions_of_one_product_are_two_items() -> None:
    """The same product by two subscriptions is no duplicate where subscriptions are what is exclusive."""
    assert found(replace(APPS, requested=(product("power-bi", ONE), product("power-bi", TWO)))) == set()


def test_twenty_products_fit_and_no_more() -> None:
    """The 21st product is one too many."""
    ids = [f"5b5b5b5b-0000-4000-8000-{number:012}" for number in range(MOST_ITEMS + 1)]
    lines = tuple(product("power-bi", one) for one in ids)
    assert found(replace(APPS, requested=lines[:-1])) == set()
    assert found(replace(APPS, requested=lines)) == {("/items", "too-many")}


def test_foreign_programmes_are_sent_to_the_co_op_process() -> None:
    """The answer to a foreign programme names the process that it belongs to."""
    faults = door_faults(replace(M365, solution_area="CSP"), catalogue=catalogue(), complete=True, proofs_count=1)
    assert "co-op claim process" in faults[0].message


def test_proofs_are_not_asked_for_where_nobody_counted_them() -> None:
    """Without a count nothing is said about proofs."""
    assert found(M365, proofs_count=None) == set()
    assert found(M365, proofs_count=0) == {("/proofs", "poe-missing")}
