"""The file of claims: each row is the claim request that it stands for, with its faults by row and cell."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.catalogue import catalogue
from shared.domain.claim import Contact, Customer, RequestedProduct, Revenue
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import InvalidClaimError
from shared.forms.claim_file import COLUMNS, REQUIRED, cell_of, claim_rows
from shared.forms.claim_form import ClaimForm, ContactForm, CustomerForm, PartnerContactForm, RevenueForm
from shared.forms.csv_table import CsvWriter
from shared.forms.parse_claim import parse_claim
from shared.usecases.claim_rows import ROWS_AT_MOST, ClaimRow
from tools.sample_registry import subscription_id, tenant

NEEDED = {"rowKey": "k", "mpnId": "1000001", "customerTenantId": tenant(2), "customerDomain": "birch.example"}


def read(*rows: Mapping[str, str]) -> list[ClaimRow]:
    """The rows of a file that holds these cells."""
    writer = CsvWriter(COLUMNS)
    for row in rows:
        writer.add([row.get(column) for column in COLUMNS])
    return list(claim_rows(writer.content(), catalogue=catalogue()))


def one(**cells: str) -> ClaimRow:
    """The row with what is needed, and these cells."""
    (row,) = read({**NEEDED, **cells})
    return row


def faults(row: ClaimRow) -> set[tuple[str, str]]:
    """Pointer and code of each fault."""
    return {(fault.pointer, fault.code) for fault in row.faults}


def test_every_column_is_a_field_of_the_claim() -> None:
    """A row that fills every column is the claim with every field."""
    row = one(
        submit="yes",
        customerName="Birch Biuro",
        customerCountry="pl",
        customerLanguage="pl",
        solutionArea="business-applications",
        activities="usage | presales",
        claimName="Sales",
        items=f"power-bi|dynamics-365-sales@{subscription_id(21).upper()}",
        customerContactName="Anna",
        customerContactTitle="IT",
        customerContactEmail="anna@birch.example",
        technicalContactName="Jan",
        technicalContactTitle="Admin",
        technicalContactEmail="jan@birch.example",
        partnerContactName="Pat",
        partnerContactEmail="pat@contoso.example",
        comment="Two\nlines",
        proofs="a/b.pdf | c, d.pdf",
    )
    assert row.faults == ()
    assert row.fields == ClaimFields(
        mpn_id="1000001",
        customer=Customer(tenant_id=tenant(2), domain="birch.example", name="Birch Biuro", country="PL", language="pl"),
        solution_area="business-applications",
        activities=("usage", "presales"),
        claim_name="Sales",
        requested=(
            RequestedProduct(product_id="power-bi"),
            RequestedProduct(product_id="dynamics-365-sales", subscription_id=subscription_id(21)),
        ),
        customer_contact=Contact(name="Anna", title="IT", email="anna@birch.example"),
        technical_contact=Contact(name="Jan", title="Admin", email="jan@birch.example"),
        partner_contact=Contact(name="Pat", email="pat@contoso.example"),
        comment="Two\nlines",
    )
    assert (row.key, row.submits, row.files) == ("k", True, ("a/b.pdf", "c, d.pdf"))


def test_no_field_is_without_a_column() -> None:
    """Whatever a claim's JSON may say, a row can say too."""
    objects = {
        "customer": CustomerForm,
        "customerContact": ContactForm,
        "technicalContact": ContactForm,
        "partnerContact": PartnerContactForm,
        "revenue": RevenueForm,
    }
    for name in ClaimForm.names() - {"comments"}:
        inside = objects[name].names() if name in objects else ()
        for pointer in [f"/{name}/{part}" for part in inside] or [f"/{name}"]:
            assert cell_of(pointer) in COLUMNS
    cells = [cell_of(f"/{name}/{part}") for name, form in objects.items() for part in form.names()]
    assert len(set(cells)) == len(cells)


def test_revenue_has_columns_of_its_own() -> None:
    """The extra fields of a revenue association, without a product."""
    row = one(
        solutionArea="business-applications",
        activities="revenue",
        revenueSolutionSeller="Seller",
        revenueCustomerName="Birch",
        revenueSolutionName="ISV",
    )
    assert row.fields is not None
    assert row.fields.revenue == Revenue(solution_seller="Seller", customer_name="Birch", solution_name="ISV")
    assert row.faults == ()


def test_four_columns_are_enough_for_a_draft() -> None:
    """The location, the customer and the row's key; all else may come later."""
    row = one()
    assert row.fields == ClaimFields(mpn_id="1000001", customer=Customer(tenant_id=tenant(2), domain="birch.example"))
    assert not row.submits
    with pytest.raises(InvalidClaimError) as caught:
        claim_rows(b"claimName\nx", catalogue=catalogue())
    assert {fault.pointer for fault in caught.value.faults} == {f"/columns/{name}" for name in REQUIRED}


@pytest.mark.parametrize(
    ("submit", "proofs", "submits", "wrong"),
    [
        ("", "", False, set()),
        ("no", "", False, set()),
        ("", "a.pdf", True, None),
        ("yes", "a.pdf", True, None),
        ("TRUE", "", True, {("/proofs", "poe-missing")}),
        ("0", "a.pdf", False, {("/proofs", "not-asked")}),
        ("perhaps", "", False, {("/rows/1/submit", "invalid-choice")}),
        ("", "a.pdf|a.pdf", True, {("/proofs", "duplicate")}),
    ],
)
def test_proofs_or_the_column_decide_whether_to_submit(
    submit: str, proofs: str, submits: bool, wrong: set[tuple[str, str]] | None
) -> None:
    """With proofs a row is submitted, without it becomes a draft; `submit` says otherwise, but for a draft's proofs."""
    row = one(submit=submit, proofs=proofs)
    assert row.submits is submits
    of_the_row = {fault for fault in faults(row) if fault[0] in {"/proofs", "/rows/1/submit"}}
    assert of_the_row == (wrong or set())
    assert ("/claimName", "required") in faults(row) or not submits


def test_the_rules_are_those_of_a_claim_in_json() -> None:
    """The same request as JSON has the same faults, word by word."""
    row = one(solutionArea="surface", items="teams|teams@x", customerContactName="Anna", activities="usage,usage")
    request: dict[str, Any] = {
        "mpnId": "1000001",
        "customer": {"tenantId": tenant(2), "domain": "birch.example"},
        "solutionArea": "surface",
        "activities": ["usage", "usage"],
        "items": [{"productId": "teams"}, {"productId": "teams", "subscriptionId": "x"}],
        "customerContact": {"name": "Anna"},
    }
    assert row.request == {"submit": False, "claim": request}
    assert row.faults == parse_claim(request, complete=False, catalogue=catalogue()).faults


def test_a_mark_without_a_subscription_is_told() -> None:
    """Whoever began to write a subscription meant one."""
    assert faults(one(items="power-bi@")) == {("/items/0/subscriptionId", "invalid-guid")}


@pytest.mark.parametrize("key", ["", "x" * 101, "a\x07b"])
def test_a_row_needs_a_key(key: str) -> None:
    """Without a key that can be kept, a row could not be told from the next one; its other faults are told with it."""
    row = one(rowKey=key, mpnId="x")
    assert row.key == ""
    assert {pointer for pointer, _ in faults(row)} == {"/rows/1/rowKey", "/mpnId"}


def test_a_row_that_cannot_be_read_is_not_guessed_at() -> None:
    """A cell too many shifts all others: nothing is said of them."""
    content = f"{','.join(REQUIRED)}\nk,1000001,{tenant(2)},birch.example,more\n".encode()
    (row,) = claim_rows(content, catalogue=catalogue())
    assert (row.fields, row.key, faults(row)) == (None, "k", {("/rows/1", "too-many-cells")})


def test_five_hundred_rows_are_enough() -> None:
    """One more is refused before any row is looked at."""
    assert len(read(*[NEEDED] * ROWS_AT_MOST)) == ROWS_AT_MOST
    with pytest.raises(InvalidClaimError) as caught:
        read(*[NEEDED] * (ROWS_AT_MOST + 1))
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/rows", "too-many")]


@pytest.mark.parametrize(
    ("pointer", "cell"),
    [
        ("/mpnId", "mpnId"),
        ("/customer", "customerTenantId"),
        ("/customer/domain", "customerDomain"),
        ("/activities/1", "activities/1"),
        ("/items", "items"),
        ("/items/3/subscriptionId", "items/3"),
        ("/customerContact", "customerContactName"),
        ("/customerContact/title", "customerContactTitle"),
        ("/partnerContact/email", "partnerContactEmail"),
        ("/revenue", "revenueSolutionSeller"),
        ("/revenue/customerName", "revenueCustomerName"),
        ("/proofs/0", "proofs/0"),
        ("/comment", "comment"),
        ("", ""),
        ("/nothing", ""),
    ],
)
def test_every_pointer_leads_to_a_cell(pointer: str, cell: str) -> None:
    """What is wrong with the request is wrong with a cell; of a whole contact it is the first one."""
    assert cell_of(pointer) == cell
