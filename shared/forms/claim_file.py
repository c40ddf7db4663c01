"""The file of claims to import: its columns, and each row as the claim request that it stands for.

A row is made into the JSON that a request would have, and read by the same forms: every rule and every sentence is the
same, only that a fault names the row and the column.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from shared.domain.catalogue import Catalogue
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.csv_table import CsvRow, csv_rows
from shared.forms.form import Form, parse
from shared.forms.parse_claim import parse_claim
from shared.forms.registry_cells import Truth
from shared.forms.texts import Word
from shared.usecases.claim_rows import ROWS_AT_MOST, ClaimRow

ROW_KEY, SUBMIT, PROOFS, ACTIVITIES, ITEMS = "rowKey", "submit", "proofs", "activities", "items"
SUBSCRIPTION_MARK = "@"
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "mpnId": ("mpnId",),
    "customerTenantId": ("customer", "tenantId"),
    "customerDomain": ("customer", "domain"),
    "customerName": ("customer", "name"),
    "customerCountry": ("customer", "country"),
    "customerLanguage": ("customer", "language"),
    "solutionArea": ("solutionArea",),
    ACTIVITIES: ("activities",),
    "claimName": ("claimName",),
    ITEMS: ("items",),
    "customerContactName": ("customerContact", "name"),
    "customerContactTitle": ("customerContact", "title"),
    "customerContactEmail": ("customerContact", "email"),
    "technicalContactName": ("technicalContact", "name"),
    "technicalContactTitle": ("technicalContact", "title"),
    "technicalContactEmail": ("technicalContact", "email"),
    "partnerContactName": ("partnerContact", "name"),
    "partnerContactEmail": ("partnerContact", "email"),
    "revenueSolutionSeller": ("revenue", "solutionSeller"),
    "revenueCustomerName": ("revenue", "customerName"),
    "revenueSolutionName": ("revenue", "solutionName"),
    "comment": ("comment",),
    PROOFS: ("proofs",),
}
"""Where in a claim request each column's value stands."""
COLUMNS = (ROW_KEY, SUBMIT, *_WITHIN)
REQUIRED = (ROW_KEY, "mpnId", "customerTenantId", "customerDomain")
_WORDS = re.compile(r"[|,;\n]")
_NAMES = re.compile(r"[|]")


class RowForm(Form):
    """What a row says of itself: its key, once in the file and for good, and whether it is to be submitted."""

    row_key: Word
    submit: Truth | None = None


def claim_rows(content: bytes, *, catalogue: Catalogue) -> Iterator[ClaimRow]:
    """The file's rows, read as they are asked for; its header and how many there are at once.

    InvalidClaimError for a file that cannot be read, or has more than 500 rows.
    """
    found = list(islice(csv_rows(content, columns=COLUMNS, required=REQUIRED), ROWS_AT_MOST + 1))
    if len(found) > ROWS_AT_MOST:
        message = say("A file may have at most %(most)d rows. Send the others in a second one.", most=ROWS_AT_MOST)
        raise InvalidClaimError((Fault(pointer="/rows", code="too-many", message=message),))
    return (_row(row, catalogue) for row in found)


def cell_of(pointer: str) -> str:
    """The cell that a pointer into a claim request is about, and where it holds a list, which part: `items/1`.

    Of a whole contact it is the first cell; "" where it is about the row.
    """
    steps = pointer.split("/")[1:]
    path = tuple(step for step in steps if not step.isdecimal())
    number = next((f"/{step}" for step in steps if step.isdecimal()), "")
    for column, within in _WITHIN.items():
        if path and (path[: len(within)] == within or within[: len(path)] == path):
            return column + number
    return ""


def _row(row: CsvRow, catalogue: Catalogue) -> ClaimRow:
    key, submit, own = _told(row)
    files = tuple(_parts(row.values.get(PROOFS, ""), _NAMES))
    submits = bool(files) if submit is None else submit
    if files and not submits:
        message = say("A draft takes no proofs here. Leave this empty, or say that the row is to be submitted.")
        own = (*own, Fault(pointer="/proofs", code="not-asked", message=message))
    if len(set(files)) < len(files):
        message = say("A file is named twice.")
        own = (*own, Fault(pointer="/proofs", code="duplicate", message=message))
    data = _request(row.values)
    if row.faults:
        return ClaimRow(
            row=row.number,
            key=key,
            fields=None,
            mpn_id=None,
            faults=row.faults,
            files=(),
            submits=submits,
            request=data,
        )
    parsed = parse_claim(data, complete=submits, catalogue=catalogue, proofs_count=len(files) if submits else None)
    return ClaimRow(
        row=row.number,
        key=key,
        fields=parsed.fields,
        mpn_id=parsed.mpn_id,
        faults=(*own, *parsed.faults),
        files=files,
        submits=submits,
        request={"submit": submits, "claim": data},
    )


def _told(row: CsvRow) -> tuple[str, bool | None, tuple[Fault, ...]]:
    """The row's key ("" where there is none that can be used), whether to submit, and what is wrong with them."""
    told = {name: row.values[name] for name in (ROW_KEY, SUBMIT) if name in row.values}
    try:
        form = parse(RowForm, told)
    except InvalidClaimError as error:
        wrong = {fault.pointer for fault in error.faults}
        key = "" if f"/{ROW_KEY}" in wrong else told[ROW_KEY]
        faults = tuple(replace(fault, pointer=f"/rows/{row.number}{fault.pointer}") for fault in error.faults)
        return key, None, faults
    return form.row_key, form.submit, ()


def _request(values: Mapping[str, str]) -> dict[str, Any]:
    """The claim request that the cells write, with nothing where a cell is blank."""
    request: dict[str, Any] = {"customer": {}}
    for column, within in _WITHIN.items():
        value = values.get(column)
        if value is None or column == PROOFS:
            continue
        holder = request
        for step in within[:-1]:
            holder = holder.setdefault(step, {})
        holder[within[-1]] = _value(column, value)
    return request


def _value(column: str, value: str) -> object:
    if column == ACTIVITIES:
        return _parts(value, _WORDS)
    if column == ITEMS:
        return [_item(part) for part in _parts(value, _WORDS)]
    return value


def _parts(cell: str, separator: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in separator.split(cell) if part.strip()]


def _item(text: str) -> dict[str, str]:
    """`productId` or `productId@subscriptionId`; a mark with nothing behind it is told, and not overlooked."""
    product, mark, subscription = text.partition(SUBSCRIPTION_MARK)
    return {"productId": product, "subscriptionId": subscription.strip() or "?"} if mark else {"productId": product}
