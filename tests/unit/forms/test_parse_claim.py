"""Claim requests: every fault at once, each with its pointer and code."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalogue import catalogue
from shared.domain.claim import Contact, RequestedProduct
from shared.forms.claim_form import ClaimForm, request_json
from shared.forms.parse_claim import Parsed, parse_claim
from tests.unit.forms.requests import CLAIM, with_value

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def parsed(data: object, *, complete: bool = True, proofs_count: int | None = 1) -> Parsed:
    """The request as the functions read it."""
    return parse_claim(data, complete=complete, catalogue=catalogue(), proofs_count=proofs_count)


def found(data: object, **options: Any) -> list[tuple[str, str]]:
    """Pointer and code of every fault, in order."""
    return [(fault.pointer, fault.code) for fault in parsed(data, **options).faults]


def test_good_claim_becomes_canonical_fields() -> None:
    """Values arrive trimmed, in one spelling, and in the domain's own types."""
    request = with_value("customer/domain", " Alpine.EXAMPLE ")
    request["customer"]["tenantId"] = "A1A1A1A1-0000-4000-8000-000000000001"
    request["claimName"] = "  Cafe\u0301 "
    request["comments"] = " one\r\ntwo\t "
    fields = parsed(request).fields
    assert fields is not None
    assert fields.customer.domain == "alpine.example"
    assert fields.customer.tenant_id == CLAIM["customer"]["tenantId"]
    assert fields.claim_name == "Caf\u00e9"
    assert fields.comment == "one\ntwo"
    assert fields.requested == (RequestedProduct(product_id="teams"),)
    assert fields.partner_contact == Contact(name="Piet", email="piet@contoso.example")


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("mpnId", 1000001, "wrong-type"),
        ("mpnId", "0123", "invalid-mpn-id"),
        ("mpnId", "12345678901", "invalid-mpn-id"),
        ("mpnId", " ", "required"),
        ("mpnId", None, "required"),
        ("customer", [], "wrong-type"),
        ("customer/tenantId", "{a1a1a1a1-0000-4000-8000-000000000001}", "invalid-guid"),
        ("customer/tenantId", "a1a1a1a1", "invalid-guid"),
        ("customer/domain", "alpine", "invalid-domain"),
        ("customer/domain", "https://alpine.example/", "invalid-domain"),
        ("customer/domain", "10.0.0.1", "invalid-domain"),
        ("customer/name", "x" * 201, "too-long"),
        ("customer/country", "Poland", "invalid-country"),
        ("customer/country", "12", "invalid-country"),
        ("customer/language", "polski!", "invalid-language"),
        ("customer/language", "pl-" + "a" * 9, "invalid-language"),
        ("customer/language", "1x", "invalid-language"),
        ("solutionArea", 5, "wrong-type"),
        ("solutionArea", "x" * 101, "too-long"),
        ("activities", "usage", "wrong-type"),
        ("activities/0", 1, "wrong-type"),
        ("activities", ["usage"] * 11, "too-many"),
        ("claimName", "a\nb", "control-characters"),
        ("claimName", "a\u202eb", "control-characters"),
        ("claimName", "a\u2028b", "control-characters"),
        ("claimName", "a\ufffdb", "control-characters"),
        ("claimName", "a\x00b", "control-characters"),
        ("claimName", "\u200b\u2060", "required"),
        ("claimName", "x" * 201, "too-long"),
        ("claimName", {}, "wrong-type"),
        ("items", {}, "wrong-type"),
        ("items", [{"productId": "teams"}] * 21, "too-many"),
        ("items/0", "teams", "wrong-type"),
        ("items/0/subscriptionId", "x", "invalid-guid"),
        ("items/0/quantity", 2, "unknown-field"),
        ("customerContact", "Anna", "wrong-type"),
        ("customerContact/name", "", "required"),
        ("customerContact/name", "x" * 121, "too-long"),
        ("customerContact/email", "anna", "invalid-email"),
        ("customerContact/email", "Anna <anna@alpine.example>", "invalid-email"),
        ("customerContact/email", "a@alpine.example, b@alpine.example", "invalid-email"),
        ("customerContact/email", "anna@alpine.example\r\nBcc: x@y.example", "control-characters"),
        ("customerContact/email", "a" * 250 + "@alpine.example", "too-long"),
        ("customerContact/email", "\u00fcmit@alpine.example", "invalid-email"),
        ("customerContact/email", "a" * 60 + "@" + ".".join(["\u017c" * 40] * 4) + ".example", "invalid-email"),
        ("customerContact/phone", "1", "unknown-field"),
        ("partnerContact/title", "CEO", "unknown-field"),
        ("technicalContact/email", "x", "invalid-email"),
        ("revenue/solutionName", "a\tb", "control-characters"),
        ("comment", "x" * 2001, "too-long"),
        ("comment", "a\x07", "control-characters"),
        ("status", "Approved", "unknown-field"),
        ("a/b~c", 1, "unknown-field"),
    ],
)
def test_each_wrong_value_has_its_code_and_pointer(path: str, value: object, code: str) -> None:
    """One wrong value makes its fault at its place, in words of our own."""
    request = {**CLAIM, path: value} if path == "a/b~c" else with_value(path, value)
    pointer = "/a~1b~0c" if path == "a/b~c" else f"/{path}"
    result = parsed(request)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in result.faults]
    assert result.fields is None
    assert all(fault.message and "Input should" not in fault.message for fault in result.faults)


def test_faults_of_fields_and_between_fields_come_together() -> None:
    """Rules across fields do not wait until every field is right, and point into the request as it was sent."""
    request = with_value("customer/tenantId", "x")
    request |= {
        "solutionArea": "csp",
        "activities": [7, "golf"],
        "items": [{"productId": 5}, {"productId": "teams"}, {"productId": "excel"}, {"productId": "teams"}],
        "customerContact": {"name": "x" * 121, "email": "piet@contoso.example"},
    }
    assert found(request, proofs_count=0) == [
        ("/customer/tenantId", "invalid-guid"),
        ("/solutionArea", "co-op-claim"),
        ("/activities/0", "wrong-type"),
        ("/activities/1", "activity-not-allowed"),
        ("/items/0/productId", "wrong-type"),
        ("/items/2/productId", "product-not-in-area"),
        ("/items/3", "duplicate-item"),
        ("/customerContact/name", "too-long"),
        ("/customerContact/email", "contact-is-partner"),
        ("/customerContact/title", "required"),
        ("/proofs", "poe-missing"),
    ]


def test_what_follows_from_a_fault_is_not_told_again() -> None:
    """A contact that cannot be read is not called missing as well."""
    assert found(with_value("customerContact", 5)) == [("/customerContact", "wrong-type")]
    assert found(with_value("items", 5)) == [("/items", "wrong-type")]
    assert found(with_value("customerContact/email", "x")) == [("/customerContact/email", "invalid-email")]


def test_nothing_at_all_hears_of_everything() -> None:
    """An empty request names each field that a claim needs."""
    assert [pointer for pointer, code in found({}) if code == "required"] == [
        "/mpnId",
        "/customer",
        "/solutionArea",
        "/activities",
        "/claimName",
        "/items",
        "/customerContact",
        "/partnerContact",
    ]


@pytest.mark.parametrize("data", [None, [], "x", 5, True])
def test_request_that_is_no_object(data: object) -> None:
    """What is no object has one fault, about the whole."""
    assert found(data) == [("", "wrong-type")]


def test_draft_needs_location_and_customer_alone() -> None:
    """A draft with the two is fine; without them both are named."""
    bare = {"mpnId": CLAIM["mpnId"], "customer": CLAIM["customer"]}
    assert parsed(bare, complete=False, proofs_count=None).fields is not None
    assert found({}, complete=False, proofs_count=None) == [("/mpnId", "required"), ("/customer", "required")]


def test_blank_is_the_same_as_left_out() -> None:
    """A form's empty fields are no values: null, blank texts, contacts nobody filled in."""
    request = {**CLAIM, "technicalContact": {"name": "", "email": " "}, "revenue": None, "comment": "  "}
    assert found(request) == []
    assert found({**CLAIM, "customerContact": {"name": "", "email": "", "title": ""}}) == [
        ("/customerContact", "required")
    ]


def test_unknown_field_of_an_unfilled_contact_is_told() -> None:
    """Leaving out a contact that nobody filled in hides no misspelt field."""
    faults = found({**CLAIM, "customerContact": {"name": "", "emial": ""}})
    assert ("/customerContact/emial", "unknown-field") in faults


@pytest.mark.parametrize(
    ("path", "sent", "kept"),
    [
        ("country", " pl ", "PL"),
        ("language", "PL", "pl"),
        ("language", "EN-GB", "en-GB"),
        ("domain", "\u017b\u00f3\u0142w.Example", "xn--w-uga1v8h.example"),
    ],
)
def test_what_is_keyed_or_looked_up_has_one_spelling(path: str, sent: str, kept: str) -> None:
    """Country, language and domain of the customer are kept in one canonical form."""
    fields = parsed(with_value(f"customer/{path}", sent)).fields
    assert fields is not None
    assert getattr(fields.customer, path) == kept


def test_mail_address_keeps_its_mailbox_and_has_its_domain_in_ascii() -> None:
    """The mailbox may tell letters apart, the domain does not: only that one is made canonical."""
    fields = parsed(with_value("customerContact/email", " Anna@\u017b\u00f3\u0142w.EXAMPLE ")).fields
    assert fields is not None
    assert fields.customer_contact is not None
    assert fields.customer_contact.email == "Anna@xn--w-uga1v8h.example"


def test_comment_is_said_once() -> None:
    """`comment` and `comments` are one field: both together are one too many."""
    assert found({**CLAIM, "comments": "a"}) == []
    assert found({**CLAIM, "comment": "a", "comments": "b"}) == [("/comments", "unknown-field")]


def test_location_is_read_from_a_faulty_request() -> None:
    """The MPN ID can be looked up although something else is wrong, but never a stand-in for a wrong one."""
    assert parsed({**CLAIM, "claimName": 5}).mpn_id == "1000001"
    assert parsed({**CLAIM, "mpnId": "x"}).mpn_id is None
    assert parsed({**CLAIM, "mpnId": None, "claimName": 5}).mpn_id is None


def test_request_of_the_fields_is_the_request() -> None:
    """Writing the fields back gives the request that they came from, so that a patch meets what a caller knows."""
    request = {
        **CLAIM,
        "technicalContact": {"name": "Tom", "email": "tom@alpine.example", "title": "Admin"},
        "revenue": {"solutionSeller": "a", "customerName": "b", "solutionName": "c"},
    }
    assert request_json(ClaimForm.model_validate(request).fields()) == request


def test_schema_tells_the_limits() -> None:
    """The models say in their JSON Schema what they hold callers to, in the API's names."""
    schema = ClaimForm.model_json_schema(by_alias=True)
    assert schema["properties"]["claimName"]["anyOf"][0]["maxLength"] == 200
    assert schema["required"] == ["mpnId", "customer"]
    assert schema["additionalProperties"] is False


@given(
    st.dictionaries(
        st.sampled_from([*CLAIM, "technicalContact", "revenue", "comment", "comments"]) | st.text(), ANY_JSON
    )
    | ANY_JSON
)
def test_whatever_is_sent_is_answered(data: object) -> None:
    """No JSON value makes the reading fail, and one without fields is always told why, in JSON that can be sent."""
    result = parsed(data)
    assert (result.fields is None) <= bool(result.faults)
    json.dumps([[fault.pointer, fault.code, fault.message] for fault in result.faults])
    assert len({(fault.pointer, fault.code) for fault in result.faults}) == len(result.faults)


@given(st.sampled_from(sorted(CLAIM)), ANY_JSON, st.booleans())
def test_one_field_of_anything(name: str, value: object, complete: bool) -> None:
    """Any value in one field leaves the other fields without a fault, but for what the rules between them say."""
    result = parsed({**CLAIM, name: value}, complete=complete)
    tops = {fault.pointer.split("/")[1] for fault in result.faults}
    related = {"solutionArea": {"activities", "items"}, "activities": {"items"}, "partnerContact": {"customerContact"}}
    assert tops <= {name} | related.get(name, set()) | {"technicalContact", "revenue"}
