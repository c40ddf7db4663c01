"""The checks of PROCESS.md: each finding by example, and what holds for every combination of facts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalogue import catalogue, expand_items
from shared.domain.checks import PASSED, Facts, ProofFacts, run_checks, verdict
from shared.domain.claim import (
    CheckOutcome,
    CheckResult,
    Claim,
    Contact,
    Customer,
    Item,
    Outcome,
    Proof,
    RequestedProduct,
    Revenue,
    Scan,
)
from shared.domain.policy import Policy
from shared.domain.reasons import reason
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.slots import Slot, SlotEntry, SlotParty

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
OTHER_TENANT = "a1a1a1a1-0000-4000-8000-000000000009"
CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
FABRIKAM = "fabfabfa-0000-4000-8000-000000000002"
RIVAL_CLAIM = "rival-claim-id"
TEXT_CODES = {
    "poe-older-than-12-months",
    "poe-no-date",
    "poe-no-customer-name",
    "poe-no-product-mentioned",
    "poe-no-signature-found",
}
PASS, FLAG, FAIL = CheckOutcome.PASS, CheckOutcome.FLAG, CheckOutcome.FAIL


def subscription(number: int, product_id: str = "power-bi", **changes: Any) -> Subscription:
    """An active Volume Licensing subscription of the customer, unless said otherwise."""
    known = Subscription(
        subscription_id=f"5b5b5b5b-0000-4000-8000-0000000000{number}",
        tenant_id=TENANT,
        product_id=product_id,
        status="active",
        channel="volume-licensing",
    )
    return replace(known, **changes)


POWER_BI, SECOND_POWER_BI = subscription(24), subscription(25)
M365 = subscription(11, "microsoft-365", seats=300)
PROOF = Proof(
    proof_id="p1", file_name="poe.pdf", content_type="application/pdf", size=9, sha256="0" * 64, uploaded_at=NOW
)


def a_claim(
    *products: str | tuple[str, str | None],
    area: str = "microsoft-365",
    activities: tuple[str, ...] = ("usage",),
    subscriptions: tuple[Subscription, ...] = (),
    **changes: Any,
) -> Claim:
    """A submitted claim of Contoso's on Alpine, as the verification sees it."""
    requested = tuple(
        RequestedProduct(product_id=line)
        if isinstance(line, str)
        else RequestedProduct(product_id=line[0], subscription_id=line[1])
        for line in products
    )
    claim = Claim(
        claim_id="own-claim-id",
        number="CPOR-0000-0000",
        organisation=CONTOSO,
        mpn_id="1000001",
        customer=Customer(tenant_id=TENANT, domain="alpine.example"),
        created_at=NOW,
        updated_at=NOW,
        solution_area=area,
        activities=activities,
        claim_name="A claim",
        requested=requested,
        items=expand_items(
            requested, area=area, activities=activities, catalogue=catalogue(), subscriptions=subscriptions
        ),
        customer_contact=Contact(name="Anna", email="anna@alpine.example", title="IT manager"),
        partner_contact=Contact(name="Piet", email="piet@contoso.example"),
        proofs=(PROOF,),
    )
    return replace(claim, **changes)


LOCATION = PartnerLocation(
    mpn_id="1000001",
    organisation=CONTOSO,
    organisation_name="Contoso",
    name="Contoso Berlin",
    programmes=frozenset({"osu-microsoft-365", "osu-business-applications", "osa-sell", "revenue-association"}),
)
ALPINE = RegisteredCustomer(
    tenant_id=TENANT,
    name="Alpine Outfitters",
    domains=("alpine.example", "alpine-shops.example"),
    country="US",
    zone="America/New_York",
    language="en",
)
FACTS = Facts(
    location=LOCATION,
    directory="resolved",
    directory_tenant_id=TENANT,
    customer=ALPINE,
    subscriptions=(M365, POWER_BI),
    proofs=(ProofFacts(proof_id="p1"),),
    partner_domains=("contoso.example",),
)


def checked(claim: Claim, **changes: Any) -> tuple[CheckResult, ...]:
    """The results for a claim, where the world is as it should be but for the changes."""
    return run_checks(claim, replace(FACTS, **changes), catalogue=catalogue(), policy=Policy())


def findings(results: tuple[CheckResult, ...]) -> dict[str, CheckOutcome]:
    """What did not pass."""
    return {result.code: result.result for result in results if result.result is not PASS}


def of(results: tuple[CheckResult, ...], code: str) -> list[CheckResult]:
    """The rows of one check."""
    return [result for result in results if result.code == code]


def slot(
    resource: str, programme: str, *, organisation: str = FABRIKAM, claim_id: str = RIVAL_CLAIM
) -> Mapping[str, Slot]:
    """A slot that a claim holds."""
    party = SlotParty(claim_id=claim_id, organisation=organisation, item_id="1")
    return {resource: Slot(resource=resource, epoch=1, entries={programme: SlotEntry(holder=party)})}


def test_a_proper_claim_passes_every_check() -> None:
    """Every check has its pass, in the order of PROCESS.md, with a sentence."""
    results = checked(a_claim("teams", "intune"))
    assert [result.code for result in results] == [code.value for code in PASSED]
    assert {result.result for result in results} == {PASS}
    assert all(result.message.endswith(".") for result in results)
    assert verdict(results) == "pass"


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
    ("named", "held", "elsewhere", "codes"),
    [
        (None, (POWER_BI,), (), set()),
        (None, (POWER_BI, SECOND_POWER_BI), (), {"subscription-required"}),
        (None, (), (), {"subscription-unknown"}),
        (POWER_BI, (POWER_BI, SECOND_POWER_BI), (), set()),
        (POWER_BI, (SECOND_POWER_BI,), (), {"subscription-unknown"}),
        (POWER_BI, (SECOND_POWER_BI,), (replace(POWER_BI, tenant_id=OTHER_TENANT),), {"subscription-other-tenant"}),
        (POWER_BI, (replace(POWER_BI, product_id="power-apps"),), (), {"subscription-other-product"}),
        (POWER_BI, (replace(POWER_BI, channel="csp"),), (), {"subscription-csp"}),
        (POWER_BI, (replace(POWER_BI, status="grace"),), (), set()),
        (POWER_BI, (replace(POWER_BI, status="suspended"),), (), {"subscription-inactive"}),
        (None, (replace(POWER_BI, status="ended"),), (), {"subscription-inactive"}),
        (
            POWER_BI,
            (replace(POWER_BI, product_id="power-apps", channel="csp", status="ended"),),
            (),
            {"subscription-other-product", "subscription-csp", "subscription-inactive"},
        ),
    ],
)
def test_subscriptions_must_fit(
    named: Subscription | None,
    held: tuple[Subscription, ...],
    elsewhere: tuple[Subscription, ...],
    codes: set[str],
) -> None:
    """Check 4 fails with every code that applies to the subscription, named or filled in."""
    claim = a_claim(
        ("power-bi", named.subscription_id if named else None), area="business-applications", subscriptions=held
    )
    results = checked(claim, subscriptions=held, other_subscriptions={one.subscription_id: one for one in elsewhere})
    assert findings(results) == dict.fromkeys(codes, FAIL)
    assert all(row.item_ids == ("power-bi-usage",) for code in codes for row in of(results, code))


def test_a_claim_whose_subscription_was_not_filled_in_yet_is_checked_by_it() -> None:
    """The pre-check of a claim as it was sent looks at the one subscription that would be filled in."""
    claim = a_claim("power-bi", area="business-applications")
    assert claim.items[0].subscription_id is None
    assert findings(checked(claim)) == {}
    assert findings(checked(claim, subscriptions=(replace(POWER_BI, channel="csp"),))) == {"subscription-csp": FAIL}


def test_a_workload_needs_no_subscription_but_a_named_one_must_hold_it() -> None:
    """Microsoft 365 is claimed for the tenant; a subscription that the partner names anyway is looked at."""
    assert findings(checked(a_claim("teams"), subscriptions=())) == {}
    assert findings(checked(a_claim(("teams", M365.subscription_id)))) == {}
    assert findings(checked(a_claim(("teams", POWER_BI.subscription_id)))) == {"subscription-other-product": FAIL}


def test_a_revenue_claim_needs_neither_product_nor_subscription() -> None:
    """Revenue without a product passes, with one it needs no subscription, and a named one must be the customer's."""
    revenue = Revenue(solution_seller="Contoso", customer_name="Alpine", solution_name="Shop")
    common: dict[str, Any] = {"area": "business-applications", "activities": ("revenue",), "revenue": revenue}
    assert findings(checked(a_claim(**common), subscriptions=())) == {}
    assert findings(checked(a_claim("power-bi", **common), subscriptions=())) == {}
    item = Item(
        item_id="revenue",
        product_id=None,
        subscription_id=POWER_BI.subscription_id,
        activity="revenue",
        programme="revenue-association",
        resource=None,
    )
    claim = a_claim(**common, items=(item,))
    assert findings(checked(claim)) == {}
    assert findings(checked(claim, subscriptions=())) == {"subscription-unknown": FAIL}


def test_two_lines_that_mean_the_same_subscription_are_found() -> None:
    """One line names the only subscription, the other has it filled in: one slot cannot be taken twice by a claim."""
    claim = a_claim(
        "power-bi",
        ("power-bi", POWER_BI.subscription_id),
        area="business-applications",
        subscriptions=(POWER_BI,),
    )
    results = checked(claim)
    assert findings(results) == {"duplicate-item": FAIL}
    assert of(results, "duplicate-item")[0].item_ids == ("power-bi-usage", "power-bi-usage-2")


def test_a_rival_makes_it_contested_and_is_never_named() -> None:
    """Check 5 flags a slot that another organisation has, and tells nothing whatever about it."""
    results = checked(a_claim("teams", "intune"), slots=slot("workload~teams", "osu-microsoft-365"))
    assert findings(results) == {"contested": FLAG}
    (row,) = of(results, "contested")
    assert row.item_ids == ("teams-usage",)
    for secret in (FABRIKAM, RIVAL_CLAIM, "abrikam", "holder", "pending"):
        assert secret not in repr(results)


def test_what_the_own_organisation_has_fails() -> None:
    """Check 5 fails where another claim of the same organisation stands, and not for the claim itself."""
    mine = slot("workload~teams", "osu-microsoft-365", organisation=CONTOSO)
    assert findings(checked(a_claim("teams"), slots=mine)) == {"already-associated-to-you": FAIL}
    itself = slot("workload~teams", "osu-microsoft-365", organisation=CONTOSO, claim_id="own-claim-id")
    assert findings(checked(a_claim("teams"), slots=itself)) == {}


def test_several_items_with_the_same_words_make_one_row() -> None:
    """Usage and pre-sales of one contested subscription are one row about two items."""
    claim = a_claim(
        "power-bi",
        area="business-applications",
        activities=("usage", "presales"),
        subscriptions=(POWER_BI,),
    )
    resource = f"subscription~{POWER_BI.subscription_id}"
    results = checked(claim, slots=slot(resource, "osu-business-applications"))
    (row,) = of(results, "contested")
    assert row.item_ids == ("power-bi-usage", "power-bi-presales")


def test_a_slot_of_a_product_that_left_the_catalogue_is_still_checked() -> None:
    """An item stored with its resource keeps its exclusivity, though its product has no name any more."""
    claim = a_claim("teams")
    item = replace(claim.items[0], product_id="retired", resource="workload~retired")
    results = checked(replace(claim, items=(item,)), slots=slot("workload~retired", "osu-microsoft-365"))
    assert findings(results) == {"product-not-in-area": FAIL, "contested": FLAG}


def test_a_second_revenue_claim_for_the_same_solution_fails() -> None:
    """Revenue has no slot; the organisation's other live claim for the tenant and solution is found all the same."""
    results = checked(a_claim(area="business-applications", activities=("revenue",)), revenue_rival=True)
    assert findings(results) == {"already-associated-to-you": FAIL}
    assert of(results, "already-associated-to-you")[0].item_ids == ("revenue",)


@pytest.mark.parametrize(
    ("found", "code", "outcome"),
    [
        ("poe-missing", "poe-missing", FAIL),
        ("poe-unreadable", "poe-unreadable", FAIL),
        ("poe-type", "poe-unreadable", FAIL),
        ("poe-empty", "poe-unreadable", FAIL),
        ("poe-infected", "poe-infected", FAIL),
        ("poe-active-content", "poe-active-content", FLAG),
        ("poe-older-than-12-months", "poe-older-than-12-months", FLAG),
        ("poe-no-date", "poe-no-date", FLAG),
        ("poe-no-customer-name", "poe-no-customer-name", FLAG),
        ("poe-no-product-mentioned", "poe-no-product-mentioned", FLAG),
        ("poe-no-signature-found", "poe-no-signature-found", FLAG),
        ("poe-not-machine-readable", "poe-not-machine-readable", FLAG),
    ],
)
def test_what_reading_the_proof_found(found: str, code: str, outcome: CheckOutcome) -> None:
    """Check 6 takes over each finding with its weight, and names the proofs it is about."""
    proofs = (ProofFacts(proof_id="p1"), ProofFacts(proof_id="p2", codes=(found,)))
    results = checked(a_claim("teams"), proofs=proofs)
    assert findings(results) == {code: outcome}
    assert of(results, code)[0].proof_ids == ("p2",)


@pytest.mark.parametrize("code", ["poe-missing", "poe-unreadable", "poe-not-machine-readable"])
def test_a_proof_without_text_passes_no_check_of_the_text(code: str) -> None:
    """Where no text was read nothing is said of dates, names or signatures: no pass that nobody looked at."""
    results = checked(a_claim("teams"), proofs=(ProofFacts(proof_id="p1", codes=(code,)),))
    assert not TEXT_CODES & {result.code for result in results}


def test_a_claim_without_proof_fails() -> None:
    """No proof, or replaced ones only: the claim fails, and no text is said to be fine."""
    for proofs in ((), (replace(PROOF, replaced=True),)):
        results = checked(a_claim("teams", proofs=proofs), proofs=())
        assert findings(results) == {"poe-missing": FAIL}
        assert not TEXT_CODES & {result.code for result in results}


def test_a_proof_that_was_not_read_is_looked_at_by_a_person() -> None:
    """Facts without a word on the proofs are no pass."""
    assert findings(checked(a_claim("teams"), proofs=())) == {"poe-not-machine-readable": FLAG}


def test_the_products_that_the_proof_does_not_name_are_told() -> None:
    """The row names products and items, also where the reader gave the products alone."""
    proofs = (ProofFacts(proof_id="p1", products_missing=("intune",)),)
    results = checked(a_claim("teams", "intune"), proofs=proofs)
    assert findings(results) == {"poe-no-product-mentioned": FLAG}
    (row,) = of(results, "poe-no-product-mentioned")
    assert (row.message, row.item_ids) == ("Not named in the proof: Microsoft Intune.", ("intune-usage",))


@pytest.mark.parametrize("by_scan", [True, False])
def test_malware_fails_the_claim(*, by_scan: bool) -> None:
    """Whether the scan's word is on the claim's row or among the facts, an infected proof rejects the claim."""
    claim = a_claim("teams", proofs=(replace(PROOF, scan=Scan.INFECTED if by_scan else Scan.PENDING),))
    results = checked(claim, proofs=(ProofFacts(proof_id="p1", infected=not by_scan),))
    assert findings(results) == {"poe-infected": FAIL}


def test_a_proof_finding_must_be_a_reason() -> None:
    """A code that nobody can explain is refused where it is made, and not passed over."""
    with pytest.raises(ValueError, match="poe-whatever"):
        ProofFacts(proof_id="p1", codes=("poe-whatever",))


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


def test_every_reason_is_given_never_just_the_first() -> None:
    """A claim with something wrong in every group is told everything, in the order of PROCESS.md."""
    claim = a_claim("teams", "power-bi", customer_contact=Contact(name="Anna", email="piet@contoso.example"))
    claim = replace(claim, activities=("usage", "revenue"))
    results = checked(
        claim,
        location=None,
        directory_tenant_id=OTHER_TENANT,
        subscriptions=(replace(M365, seats=1),),
        slots=slot("workload~teams", "osu-microsoft-365"),
        proofs=(ProofFacts(proof_id="p1", codes=("poe-active-content", "poe-unreadable"), infected=True),),
    )
    assert list(findings(results)) == [
        "mpn-not-enrolled",
        "tenant-domain-mismatch",
        "product-not-in-area",
        "activity-not-allowed",
        "contested",
        "poe-unreadable",
        "poe-infected",
        "poe-active-content",
        "contact-domain-not-customer",
        "contact-is-partner",
        "seats-below-minimum",
    ]
    assert verdict(results) == "fail"


@pytest.mark.parametrize("code", [*PASSED, "a-check-of-tomorrow"])
def test_a_check_that_could_not_run_is_a_flag(code: str) -> None:
    """No check passes in silence because its service was down, not even one that is not known here."""
    results = checked(a_claim("teams"), unavailable=frozenset({code}))
    assert findings(results) == {code: FLAG}
    assert "could not be run" in of(results, code)[0].message
    assert verdict(results) == "flag"


def test_what_was_found_weighs_more_than_what_could_not_run() -> None:
    """A fail stays a fail though a part of its check could not run."""
    results = checked(a_claim("teams"), location=None, unavailable=frozenset({"mpn-not-enrolled"}))
    assert findings(results) == {"mpn-not-enrolled": FAIL}
    assert len(of(results, "mpn-not-enrolled")) == 1


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([PASS, PASS], "pass"),
        ([PASS, FLAG], "flag"),
        ([FLAG, FAIL, PASS], "fail"),
        ([], "flag"),
    ],
)
def test_the_verdict_is_the_worst_result(outcomes: list[CheckOutcome], expected: str) -> None:
    """One fail rejects, one flag asks for a person, and nothing checked is nothing passed."""
    assert verdict(CheckResult(code="c", result=outcome, message="m") for outcome in outcomes) == expected


@given(
    location=st.sampled_from([None, LOCATION, replace(LOCATION, active=False)]),
    directory=st.sampled_from(
        [("resolved", TENANT), ("resolved", OTHER_TENANT), ("unknown-domain", None), ("down", None)]
    ),
    customer=st.sampled_from([None, ALPINE]),
    subscriptions=st.lists(st.sampled_from([M365, POWER_BI, SECOND_POWER_BI]), unique=True).map(tuple),
    products=st.lists(st.sampled_from(["teams", "power-bi", "clippy"]), min_size=1, unique=True),
    area=st.sampled_from(["microsoft-365", "business-applications"]),
    codes=st.lists(st.sampled_from([code.value for code in PASSED if code.startswith("poe-")]), unique=True),
    email=st.sampled_from(["anna@alpine.example", "anna@gmail.com", "piet@contoso.example"]),
    unavailable=st.frozensets(st.sampled_from([code.value for code in PASSED])),
    revenue_rival=st.booleans(),
)
def test_what_holds_whatever_the_facts(
    *,
    location: PartnerLocation | None,
    directory: tuple[str, str | None],
    customer: RegisteredCustomer | None,
    subscriptions: tuple[Subscription, ...],
    products: list[str],
    area: str,
    codes: list[str],
    email: str,
    unavailable: frozenset[str],
    revenue_rival: bool,
) -> None:
    """The rows keep the order, every code has words, no check both passes and fails, none that did not run passes."""
    claim = a_claim(
        *products, area=area, subscriptions=subscriptions, customer_contact=Contact(name="Anna", email=email)
    )
    results = checked(
        claim,
        location=location,
        directory=directory[0],
        directory_tenant_id=directory[1],
        customer=customer,
        subscriptions=subscriptions,
        proofs=(ProofFacts(proof_id="p1", codes=tuple(codes)),),
        unavailable=unavailable,
        revenue_rival=revenue_rival,
    )
    order = [code.value for code in PASSED]
    seen = [result.code for result in results]
    assert seen == sorted(seen, key=order.index)
    passed = {result.code for result in results if result.result is PASS}
    assert not passed & set(findings(results))
    assert not passed & unavailable
    assert all(reason(result.code) for result in results)
    assert set(order) - set(seen) <= TEXT_CODES
    known = {item.item_id for item in claim.items}
    assert all(set(result.item_ids) <= known for result in results)
    assert (verdict(results) == "pass") == (not findings(results))
