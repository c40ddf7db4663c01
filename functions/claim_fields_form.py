"""The claim form of the pages: its fields, and the claim request that they make."""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.page_forms import Faults, Posted, field_faults
from shared.domain.door import MOST_ITEMS
from shared.domain.errors import Fault
from shared.domain.reason_texts import N_

FIRST_ROWS, MORE_ROWS = 3, 4
_PLAIN = ("mpnId", "solutionArea", "claimName", "comment")
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "customer": ("tenantId", "domain", "name", "country", "language"),
    "customerContact": ("name", "title", "email"),
    "technicalContact": ("name", "title", "email"),
    "partnerContact": ("name", "email"),
    "revenue": ("solutionSeller", "customerName", "solutionName"),
}
_ITEM = ("productId", "subscriptionId")
_ON_THE_PAGE = (
    "",
    "mpnId",
    "claimName",
    "customer",
    "solutionArea",
    "activities",
    "items",
    "customerContact",
    "technicalContact",
    "partnerContact",
    "revenue",
    "proofs",
    "comment",
)
_CUSTOMER_S, _TECHNICAL, _OWN = (
    N_("Contact at the customer"),
    N_("Technical contact at the customer"),
    N_("Your own contact"),
)
_LABELS: Mapping[str, str] = {
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
    "technicalContact": _TECHNICAL,
    "partnerContact": _OWN,
    "revenue": N_("Revenue association"),
}


def _label(field: str) -> str:
    """The words by which the error summary names the field: its own, or those of its group."""
    while field and field not in _LABELS:
        field = field.rpartition(".")[0]
    return _LABELS.get(field, "")


def claim_request(posted: Posted) -> dict[str, Any]:
    """The JSON that the form stands for; fields and rows left blank are left out."""
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
    return [index for index in range(MOST_ITEMS) if _row(posted, index)]


def shown_rows(posted: Posted, *, more: bool = False) -> int:
    """How many rows for products the form shows: all that are used, and room for more."""
    used = max(_used_rows(posted), default=-1) + 1
    asked = posted.one("rows")
    shown = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else FIRST_ROWS  # noqa: PLR2004
    return min(max(FIRST_ROWS, used, shown) + (MORE_ROWS if more else 0), MOST_ITEMS)


def claim_form_faults(faults: Sequence[Fault], posted: Posted) -> Faults:
    """The faults of the request at the form's fields, whose rows may have gaps that the request has not."""
    known = _anchors(shown_rows(posted))
    moved = {f"/items/{place}": f"/items/{index}" for place, index in enumerate(_used_rows(posted))}
    found = field_faults(faults, known=known, moved=moved, labels={name: _label(name) for name in known})
    return Faults(sorted(found, key=lambda fault: _ON_THE_PAGE.index(fault.field.partition(".")[0])))


def _anchors(rows: int) -> dict[str, str]:
    """Every field, and every group of fields by its first."""
    known = {name: _anchor(name) for name in (*_PLAIN, "activities", "proofs")}
    for group, names in _GROUPS.items():
        known[group] = _anchor(f"{group}.{names[0]}")
        known |= {f"{group}.{name}": _anchor(f"{group}.{name}") for name in names}
    known["items"] = _anchor("items.0.productId")
    for index in range(rows):
        known[f"items.{index}"] = _anchor(f"items.{index}.productId")
        known |= {f"items.{index}.{name}": _anchor(f"items.{index}.{name}") for name in _ITEM}
    return known


def _anchor(field: str) -> str:
    return "f-" + field.replace(".", "-")


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
