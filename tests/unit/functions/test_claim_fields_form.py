"""The claim form of the pages against the JSON that it stands for."""

from typing import Any

from functions.claim_fields_form import claim_request, step_faults, typed_from
from functions.page_forms import Posted, field_name
from functions.wizard_steps import Step
from shared.domain.catalogue import catalogue
from shared.domain.errors import Fault
from shared.forms.parse_claim import parse_claim

FULL: dict[str, Any] = {
    "mpnId": "1000001",
    "solutionArea": "business-applications",
    "claimName": "Birch",
    "comment": "Hello",
    "activities": ["usage", "presales"],
    "customer": {
        "tenantId": "a1a1a1a1-0000-4000-8000-000000000002",
        "domain": "birch.example",
        "name": "Birch",
        "country": "PL",
        "language": "pl",
    },
    "items": [
        {"productId": "dynamics-365-sales", "subscriptionId": "5b5b5b5b-0000-4000-8000-000000000021"},
        {"productId": "power-bi"},
    ],
    "customerContact": {"name": "Anna", "title": "CIO", "email": "anna@birch.example"},
    "technicalContact": {"name": "Tom", "title": "Admin", "email": "tom@birch.example"},
    "partnerContact": {"name": "Casey", "email": "casey@contoso.example"},
    "revenue": {"solutionSeller": "a", "customerName": "b", "solutionName": "c"},
}
_FIELDS_OF_CONTACTS = [
    f"{group}/{name}"
    for group in ("customerContact", "technicalContact", "partnerContact", "revenue")
    for name in FULL[group]
]


def test_form_and_request_are_the_same() -> None:
    """A full request typed into the form comes out of it as it was."""
    assert claim_request(typed_from(FULL)) == FULL


def test_blank_form_asks_for_what_is_needed() -> None:
    """An empty form is a request without anything, whose every fault has a field to stand at in its own step."""
    posted = Posted(values={"mpnId": [" "], "items.0.productId": [""], "row.0": ["teams"]})
    data = claim_request(posted)
    assert data == {"customer": {}}
    parsed = parse_claim(data, complete=True, catalogue=catalogue(), proofs_count=0)
    shown = {step: step_faults(parsed.faults, posted, step) for step in Step}
    fields = {fault.field for faults in shown.values() for fault in faults.all if fault.anchor}
    assert fields >= {"mpnId", "customer.tenantId", "items", "customerContact", "proofs", "activities"}


def test_faults_find_rows_behind_gaps() -> None:
    """A fault of the request's second item stands at the line that it was typed into, the fourth."""
    posted = Posted(values={"row.5": ["power-bi"], "items.1.productId": ["teams"], "items.3.productId": ["nope"]})
    assert [item["productId"] for item in claim_request(posted)["items"]] == ["teams", "nope"]
    faults = (
        Fault(pointer="/items/1/productId", code="x", message="second"),
        Fault(pointer="/items/0", code="x", message="first"),
    )
    shown = step_faults(faults, posted, Step.PRODUCTS)
    assert shown.of("items.3.productId") == ["second"]
    assert shown.of("items.1") == ["first"]
    assert [fault.anchor for fault in shown.all] == ["f-items-1-productId", "f-items-3-productId"]


def test_faults_are_listed_from_top_to_bottom() -> None:
    """The summary names the faults in the order of the step's fields, whatever order they were found in."""
    order = ["partnerContact/email", "technicalContact", "customerContact/title", "customerContact/name"]
    faults = tuple(Fault(pointer=f"/{name}", code="x", message=name) for name in order)
    shown = step_faults(faults, Posted(values={}), Step.CONTACTS)
    assert [fault.message for fault in shown.all] == order[::-1]


def test_each_fault_of_a_person_is_named_apart() -> None:
    """The summary tells a missing name from a missing address, and whose it is; every group's field has its words."""
    faults = tuple(
        Fault(pointer=f"/partnerContact/{name}", code="x", message="Fill this in.") for name in ("name", "email")
    )
    shown = step_faults(faults, Posted(values={}), Step.CONTACTS)
    assert [fault.label for fault in shown.all] == ["Your own contact, full name", "Your own contact, e-mail address"]
    everywhere = (Fault(pointer=f"/{step}", code="x", message="x") for step in _FIELDS_OF_CONTACTS)
    labels = [fault.label for fault in step_faults(tuple(everywhere), Posted(values={}), Step.CONTACTS).all]
    assert len(set(labels)) == len(_FIELDS_OF_CONTACTS)


def test_fault_of_another_place_is_still_told() -> None:
    """A fault that no field of the step is about stands in the summary, at the nearest field above if there is one."""
    faults = (
        Fault(pointer="/activities/1", code="x", message="a"),
        Fault(pointer="/proofs/3", code="x", message="p"),
        Fault(pointer="/strange~1name", code="x", message="s"),
        Fault(pointer="", code="x", message="whole"),
    )
    shown = step_faults(faults, Posted(values={}), Step.ACTIVITY)
    assert [(fault.field, fault.anchor) for fault in shown.all] == [("", "")] * 3 + [("activities", "f-activities")]
    assert field_name("/strange~1name/a~0b") == "strange/name.a~b"
