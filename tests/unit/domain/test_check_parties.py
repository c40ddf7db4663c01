"""Whose location, which tenant, what product, who is asked: PROCESS.md's checks 1 to 3, 7 and 8."""

from dataclasses import replace

import pytest

from shared.domain.claim import CheckOutcome, Contact, Outcome
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from tests.unit.domain.cases import (
    ALPINE,
    FABRIKAM,
    FAIL,
    FLAG,
    LOCATION,
    M365,
    OTHER_TENANT,
    PASS,
    POWER_BI,
    TENANT,
    a_claim,
    checked,
    findings,
    of,
    subscription,
)


@pytest.mark.parametrize(
    ("location", "says"),
    [
        (None, "not registered"),
        (replace(LOCATION, organisation=FABRIKAM), "not registered"),
        (replace(LOCATION, mpn_id="1000002"), "not registered"),
        (replace(LOCATION, active=False), "not active"),
        (replace(LOCATION, programmes=frozenset({"osa-sell"})), "Online Services Usage: Microsoft 365"),
    ],
)
def test_a_location_must_be_the_organisations_active_and_enrolled(location: PartnerLocation | None, says: str) -> None:
    """Check 1 fails for each way in which the MPN ID cannot claim, and says which."""
    results = checked(a_claim("teams"), location=location)
    assert findings(results) == {"mpn-not-enrolled": FAIL}
    assert says in of(results, "mpn-not-enrolled")[0].message


def test_each_programme_that_is_missing_is_named_once() -> None:
    """Usage and pre-sales are two programmes; a location that is not active and not enrolled hears of both."""
    claim = a_claim(
        "power-bi",
        area="business-applications",
        activities=("usage", "presales"),
        subscriptions=(POWER_BI,),
    )
    results = checked(claim, location=replace(LOCATION, active=False, programmes=frozenset()))
    rows = of(results, "mpn-not-enrolled")
    assert [row.item_ids for row in rows] == [(), ("power-bi-usage",), ("power-bi-presales",)]


def test_refused_items_are_not_checked_again() -> None:
    """An item that a reviewer refused, or a customer declined, asks for nothing any more."""
    claim = a_claim("teams", "clippy")
    items = (claim.items[0], replace(claim.items[1], outcome=Outcome.REFUSED))
    assert findings(checked(replace(claim, items=items))) == {}


@pytest.mark.parametrize(
    ("directory", "tenant", "customer", "outcome", "says"),
    [
        ("resolved", TENANT, None, PASS, "belongs to the customer's directory"),
        ("resolved", OTHER_TENANT, ALPINE, FAIL, "another directory"),
        ("resolved", None, ALPINE, FAIL, "another directory"),
        ("unknown-domain", None, ALPINE, FAIL, "no directory"),
        ("down", None, ALPINE, FLAG, "By the registry"),
        ("down", None, None, FLAG, "nobody confirmed"),
        ("down", None, replace(ALPINE, domains=("other.example",)), FAIL, "none of the domains"),
    ],
)
def test_the_domain_must_resolve_to_the_tenant(
    directory: str, tenant: str | None, customer: RegisteredCustomer | None, outcome: CheckOutcome, says: str
) -> None:
    """Check 2: the directory decides; the registry only backs it up when it is down, and that is never a pass."""
    results = checked(a_claim("teams"), directory=directory, directory_tenant_id=tenant, customer=customer)
    (row,) = of(results, "tenant-domain-mismatch")
    assert row.result is outcome
    assert says in row.message
    assert OTHER_TENANT not in row.message


def test_products_must_be_of_the_area() -> None:
    """Check 3 names each product that is not, and one that nobody knows."""
    results = checked(a_claim("teams", "power-bi", "clippy"))
    assert [(row.result, row.item_ids) for row in of(results, "product-not-in-area")] == [
        (FAIL, ("power-bi-usage",)),
        (FAIL, ("clippy-usage",)),
    ]
    assert "Power BI" in of(results, "product-not-in-area")[0].message


@pytest.mark.parametrize(
    ("area", "activities"),
    [
        ("microsoft-365", ("usage", "presales")),
        ("microsoft-365", ()),
        ("business-applications", ("usage", "revenue")),
        (None, ("usage",)),
    ],
)
def test_activities_must_go_together(area: str | None, activities: tuple[str, ...]) -> None:
    """Check 3 fails for combinations that the area does not take, for none at all, and without an area."""
    claim = replace(a_claim("teams"), solution_area=area, activities=activities, items=())
    assert findings(checked(claim)) == {"activity-not-allowed": FAIL}


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("anna@alpine.example", {}),
        ("anna@it.alpine-shops.example", {}),
        ("anna@elsewhere.example", {"contact-domain-not-customer": FLAG}),
        ("anna@gmail.com", {"contact-domain-not-customer": FLAG}),
        ("anna@contoso.example", {"contact-domain-not-customer": FLAG, "contact-is-partner": FAIL}),
        ("PIET@contoso.example", {"contact-domain-not-customer": FLAG, "contact-is-partner": FAIL}),
    ],
)
def test_the_contact_must_be_the_customers(email: str, expected: dict[str, CheckOutcome]) -> None:
    """Check 7 flags an address that is not the customer's, and fails one that is the partner's."""
    claim = a_claim("teams", customer_contact=Contact(name="Anna", email=email))
    assert findings(checked(claim)) == expected


def test_which_domains_are_the_customers() -> None:
    """The registry's; and the claimed one where the directory confirmed it or the customer is not registered."""
    claim = a_claim("teams")
    elsewhere = replace(ALPINE, domains=("alpine-shops.example",))
    assert findings(checked(claim, customer=elsewhere)) == {}
    assert findings(checked(claim, customer=None)) == {}
    assert "contact-domain-not-customer" in findings(
        checked(claim, customer=elsewhere, directory_tenant_id=OTHER_TENANT)
    )
    assert "contact-domain-not-customer" in findings(
        checked(claim, customer=elsewhere, directory="down", directory_tenant_id=None)
    )


def test_a_claim_without_a_contact_is_not_judged_by_one() -> None:
    """The door asks for a contact; the pre-check of an unfinished claim goes on without one."""
    assert findings(checked(a_claim("teams", customer_contact=None))) == {}


@pytest.mark.parametrize(
    ("held", "flagged"),
    [
        ((M365,), False),
        ((replace(M365, seats=50),), False),
        ((replace(M365, seats=49),), True),
        ((replace(M365, seats=30), subscription(12, "microsoft-365", seats=30)), False),
        ((replace(M365, seats=40), subscription(12, "microsoft-365", seats=30, status="ended")), True),
        ((replace(M365, seats=40), subscription(12, seats=30)), True),
        ((replace(M365, seats=None),), False),
        ((), False),
    ],
)
def test_seats_are_counted_where_they_are_known(held: tuple[Subscription, ...], *, flagged: bool) -> None:
    """Check 8 flags fewer than the policy's 50 usable Microsoft 365 seats, and nothing where nobody knows them."""
    results = checked(a_claim("teams"), subscriptions=held)
    assert findings(results) == ({"seats-below-minimum": FLAG} if flagged else {})


def test_seats_are_no_matter_for_business_applications() -> None:
    """The minimum is Microsoft 365's."""
    few = replace(POWER_BI, seats=3)
    claim = a_claim("power-bi", area="business-applications", subscriptions=(few,))
    assert findings(checked(claim, subscriptions=(few,))) == {}
