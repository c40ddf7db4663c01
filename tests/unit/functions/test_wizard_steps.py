"""The steps of the wizard: each one's fields, what the draft lacks, and what happens to answers that fit no more."""

from dataclasses import replace

import pytest

from functions.page_forms import Posted
from functions.wizard_products import Row, posted_rows, stored_rows, takes_subscriptions, with_another
from functions.wizard_steps import FIELDS, Step, fitted, part_of, seen_of, step_of, step_states, with_part
from shared.domain.catalogue import catalogue
from shared.domain.claim import Claim, Customer, RequestedProduct
from tests.unit.functions.test_claim_fields_form import FULL
from tests.unit.notifications.sample_claims import NOW


def draft(**values: object) -> Claim:
    """A draft that says nothing but its customer, unless more is said."""
    made = Claim(
        claim_id="x" * 48,
        number="CPOR-AAAA-AAAA",
        organisation="o",
        mpn_id="1000001",
        customer=Customer(tenant_id="a1a1a1a1-0000-4000-8000-000000000002", domain="birch.example"),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(made, **values)  # type: ignore[arg-type]


def test_the_steps_hold_the_whole_request() -> None:
    """Every field of a request is asked in exactly one step, and putting the parts together gives it back."""
    put: dict[str, object] = {}
    for step in Step:
        put = with_part(put, step, part_of(FULL, step))
    assert put == FULL
    fields = [field for step in Step for field in FIELDS[step]]
    assert len(fields) == len(set(fields))


def test_a_step_leaves_the_others_alone() -> None:
    """What one step says replaces its own answers, also by nothing, and no other step's."""
    changed = with_part(FULL, Step.DETAILS, {"claimName": "New"})
    assert changed["claimName"] == "New"
    assert changed["customer"] == {key: FULL["customer"][key] for key in ("tenantId", "domain")}
    assert {step: part_of(changed, step) for step in Step if step is not Step.DETAILS} == {
        step: part_of(FULL, step) for step in Step if step is not Step.DETAILS
    }


@pytest.mark.parametrize(
    ("pointer", "step"),
    [
        ("/customer/domain", Step.CUSTOMER),
        ("/customer/country", Step.DETAILS),
        ("/activities/1", Step.ACTIVITY),
        ("/items/3/subscriptionId", Step.PRODUCTS),
        ("/technicalContact/email", Step.CONTACTS),
        ("/proofs", Step.PROOFS),
        ("/itemsandmore", None),
        ("", None),
    ],
)
def test_a_fault_belongs_to_the_step_that_asks_its_field(pointer: str, step: Step | None) -> None:
    """Each pointer leads to its step; what is about the whole leads to none."""
    assert step_of(pointer) is step


def test_another_area_takes_its_former_products_off() -> None:
    """Products of the former area go, and so do the fields that only its activities asked for."""
    business = {**FULL, "activities": ["revenue"]}
    assert "technicalContact" not in fitted(business, catalogue=catalogue())
    assert "revenue" in fitted(business, catalogue=catalogue())
    online = {
        **FULL,
        "solutionArea": "microsoft-365",
        "activities": ["usage"],
        "items": [*FULL["items"], {"productId": "teams"}],
    }
    assert fitted(online, catalogue=catalogue())["items"] == [{"productId": "teams"}]
    assert "revenue" not in fitted(online, catalogue=catalogue())


def test_the_mark_of_a_step_changes_with_its_answers_alone() -> None:
    """Two tabs on different steps do not disturb each other; on the same step the mark tells."""
    before = draft()
    after = replace(before, claim_name="Birch", revision=7)
    assert seen_of(before, Step.DETAILS) != seen_of(after, Step.DETAILS)
    assert seen_of(before, Step.CUSTOMER) == seen_of(after, Step.CUSTOMER)


def test_the_list_of_steps_says_what_is_done() -> None:
    """What is complete is done, what depends on the activity is closed until that is known, and says so."""
    states = {one.words: one.state for one in step_states(draft(), Step.DETAILS, catalogue=catalogue())}
    assert list(states.values()) == ["done", "todo", "current", "closed", "closed", "todo", "todo"]
    known = draft(solution_area="microsoft-365", activities=("usage",))
    assert [one.state for one in step_states(known, None, catalogue=catalogue())][1:4] == ["done", "todo", "todo"]
    assert {one.state for one in step_states(None, Step.CUSTOMER, catalogue=catalogue())} == {"current", "closed"}


def test_every_product_of_the_area_has_a_line() -> None:
    """All products of the area can be chosen; one with two subscriptions stands there twice."""
    twice = tuple(RequestedProduct(product_id="power-bi", subscription_id=one) for one in ("a", "b"))
    claim = draft(solution_area="business-applications", activities=("usage",), requested=twice)
    rows = stored_rows(claim, catalogue())
    assert [row for row in rows if row.chosen] == [
        Row(product_id="power-bi", subscription_id=one, chosen=True) for one in ("a", "b")
    ]
    area = {one.id for one in catalogue().products if one.solution_area == "business-applications"}
    assert {row.product_id for row in rows} == area
    assert takes_subscriptions(claim, catalogue())
    assert not takes_subscriptions(replace(claim, activities=("revenue",)), catalogue())


def test_another_line_stands_behind_its_product() -> None:
    """One more subscription is one more chosen line right behind; what was typed stays."""
    posted = Posted(
        values={
            "row.0": ["power-bi"],
            "row.1": ["power-apps"],
            "items.0.subscriptionId": ["abc"],
            "items.1.productId": ["power-apps"],
        }
    )
    rows = with_another(posted_rows(posted), "power-bi")
    assert [(row.product_id, row.subscription_id, row.chosen) for row in rows] == [
        ("power-bi", "abc", True),
        ("power-bi", "", True),
        ("power-apps", "", True),
    ]
    assert with_another(rows, "nope") == rows
