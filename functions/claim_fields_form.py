"""The claim's fields as forms of pages send them, and the claim request that they make."""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.page_forms import Faults, Posted, field_faults
from functions.wizard_steps import FIELDS, Step
from shared.domain.errors import Fault
from shared.domain.reason_texts import N_

MOST_ROWS = 60
"""Lines for products that a form may have: more than a claim takes, so that too many are told and not cut off."""
ROW = "row."
"""`row.N` says which product line N is about, chosen or not."""
_PLAIN = ("mpnId", "solutionArea", "claimName", "comment")
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "customer": ("domain", "tenantId", "name", "country", "language"),
    "customerContact": ("name", "title", "email"),
    "technicalContact": ("name", "title", "email"),
    "partnerContact": ("name", "email"),
    "revenue": ("solutionSeller", "customerName", "solutionName"),
}
_ITEM = ("productId", "subscriptionId")
_CUSTOMER_S, _TECHNICAL, _OWN = (
    N_("Contact at the customer"),
    N_("Technical contact at the customer"),
    N_("Your own contact"),
)
LABELS: Mapping[str, str] = {
    "mpnId": N_("MPN ID"),
    "solutionArea": N_("Solution area"),
    "activities": N_("Activities"),
    "claimName": N_("Name of the claim"),
    "comment": N_("Comment (optional)"),
    "items": N_("Products"),
    "proofs": N_("Proof of execution"),
    "customer.tenantId": N_("Directory (tenant) ID"),
    "customer.domain": N_("Domain"),
    "customer.name": N_("Name (optional)"),
    "customer.country": N_("Country (optional)"),
    "customer.language": N_("Language of the mails (optional)"),
    "customerContact": _CUSTOMER_S,
    "customerContact.name": N_("Contact at the customer, full name"),
    "customerContact.title": N_("Contact at the customer, job title"),
    "customerContact.email": N_("Contact at the customer, e-mail address"),
    "technicalContact": _TECHNICAL,
    "technicalContact.name": N_("Technical contact at the customer, full name"),
    "technicalContact.title": N_("Technical contact at the customer, job title"),
    "technicalContact.email": N_("Technical contact at the customer, e-mail address"),
    "partnerContact": _OWN,
    "partnerContact.name": N_("Your own contact, full name"),
    "partnerContact.email": N_("Your own contact, e-mail address"),
    "revenue": N_("Revenue association"),
    "revenue.solutionSeller": N_("Solution seller"),
    "revenue.customerName": N_("Customer's name in the contract"),
    "revenue.solutionName": N_("Product or solution"),
}


def label_of(field: str) -> str:
    """The words by which a field is named (a message ID): its own, or those of its group."""
    while field and field not in LABELS:
        field = field.rpartition(".")[0]
    return LABELS.get(field, "")


def claim_request(posted: Posted) -> dict[str, Any]:
    """The JSON that the form stands for; fields and lines left blank are left out."""
    data: dict[str, Any] = {name: posted.one(name) for name in _PLAIN if posted.one(name).strip()}
    for group, names in _GROUPS.items():
        written = {name: value for name in names if (value := posted.one(f"{group}.{name}")).strip()}
        if written or group == "customer":
            data[group] = written
    if activities := posted.many("activities"):
        data["activities"] = activities
    rows = [_row(posted, index) for index in _used_rows(posted)]
    if rows:
        data["items"] = rows
    return data


def _row(posted: Posted, index: int) -> dict[str, str]:
    return {name: value for name in _ITEM if (value := posted.one(f"items.{index}.{name}")).strip()}


def _used_rows(posted: Posted) -> list[int]:
    return [index for index in range(MOST_ROWS) if _row(posted, index)]


def _shown_rows(posted: Posted) -> int:
    """How many lines the form has; at least as many as say something."""
    named = [index for index in range(MOST_ROWS) if posted.one(f"{ROW}{index}")]
    return max((one + 1 for one in (*named, *_used_rows(posted))), default=0)


def step_faults(faults: Sequence[Fault], posted: Posted, step: Step) -> Faults:
    """The faults of the request at the step's fields, in their order; those of other steps stand in the summary alone.

    The form's lines for products may have gaps that the request has not.
    """
    known = _anchors(step, rows=_shown_rows(posted))
    moved = {f"/items/{place}": f"/items/{index}" for place, index in enumerate(_used_rows(posted))}
    found = field_faults(faults, known=known, moved=moved, labels={name: label_of(name) for name in known})
    order = list(known)
    return Faults(sorted(found, key=lambda fault: order.index(fault.field) if fault.field else -1))


def _anchors(step: Step, *, rows: int) -> dict[str, str]:
    """The step's fields, from top to bottom, and every group of fields by its first one."""
    known: dict[str, str] = {}
    for field in FIELDS[step]:
        if field in _GROUPS:
            known[field] = anchor_of(field)
            known |= {f"{field}.{name}": anchor_of(f"{field}.{name}") for name in _GROUPS[field]}
        elif field == "items":
            known[field] = anchor_of(field)
            for index in range(rows):
                known[f"items.{index}"] = f"f-items-{index}-productId"
                known |= {f"items.{index}.{name}": f"f-items-{index}-{name}" for name in _ITEM}
        else:
            known[field] = anchor_of(field)
    return known


def anchor_of(field: str) -> str:
    """The ID of a field's element; of a group's first field."""
    first = {"items": "items.0.productId"} | {group: f"{group}.{names[0]}" for group, names in _GROUPS.items()}
    return "f-" + first.get(field, field).replace(".", "-")


def typed_from(data: Mapping[str, Any]) -> Posted:
    """The form as if somebody had typed the request (parsed JSON) into it."""
    values: dict[str, list[str]] = {}

    def add(name: str, value: object) -> None:
        if isinstance(value, dict):
            for part, inner in value.items():
                add(f"{name}.{part}" if name else str(part), inner)
        elif isinstance(value, list) and name == "items":
            for index, inner in enumerate(value):
                add(f"items.{index}", inner)
        elif isinstance(value, list):
            values[name] = [str(one) for one in value]
        else:
            values[name] = [str(value)]

    add("", dict(data))
    return Posted(values=values)
