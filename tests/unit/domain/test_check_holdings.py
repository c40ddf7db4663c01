"""Subscriptions and exclusivity: PROCESS.md's checks 4 and 5."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.claim import Item, Outcome, Revenue
from shared.domain.registry import Subscription
from tests.unit.domain.cases import (
    CONTOSO,
    FABRIKAM,
    FAIL,
    FLAG,
    M365,
    OTHER_TENANT,
    POWER_BI,
    RIVAL_CLAIM,
    SECOND_POWER_BI,
    a_claim,
    checked,
    findings,
    of,
    slot,
)


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


def test_what_was_refused_takes_no_subscription_and_no_slot() -> None:
    """An item that a reviewer refused is neither looked up nor held against the claim, not even as a duplicate."""
    claim = a_claim(
        ("power-bi", POWER_BI.subscription_id),
        ("power-bi", SECOND_POWER_BI.subscription_id),
        ("power-bi", POWER_BI.subscription_id),
        area="business-applications",
    )
    kept, *refused = claim.items
    items = (kept, *(replace(item, outcome=Outcome.REFUSED) for item in refused))
    assert findings(checked(claim)) == {"subscription-unknown": FAIL, "duplicate-item": FAIL}
    assert findings(checked(replace(claim, items=items))) == {}
