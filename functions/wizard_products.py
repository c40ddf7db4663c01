"""The lines of the products' step: every product of the area, what is chosen of it, and whether it could be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from functions.claim_fields_form import MOST_ROWS, ROW
from functions.page_forms import Posted
from functions.routing import Call
from shared.domain.catalogue import Catalogue
from shared.domain.claim import Claim, RequestedProduct
from shared.domain.claim_fields import fields_of
from shared.domain.errors import DomainError, Fault
from shared.domain.identifiers import SlotKind, canonical_subscription_id
from shared.domain.reasons import ReasonCode
from shared.usecases import pre_check as checking
from shared.usecases.rate_limits import TooManyRequestsError
from shared.usecases.records import ServiceUnavailableError

_NEEDS_SUBSCRIPTION = frozenset(
    {
        ReasonCode.SUBSCRIPTION_REQUIRED.value,
        ReasonCode.SUBSCRIPTION_OTHER_TENANT.value,
        ReasonCode.SUBSCRIPTION_OTHER_PRODUCT.value,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a product, its subscription as it was typed, and whether it is chosen."""

    product_id: str
    subscription_id: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the pre-check says of the lines, by their place; `told` is null where it could not be asked.

    `of_the_claim` is what keeps it from telling anything: the location or the customer's domain.
    """

    told: bool
    availability: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, Sequence[Fault]] = field(default_factory=dict)
    of_the_claim: tuple[Fault, ...] = ()

    def asks_subscription(self, place: int) -> bool:
        """Whether the line cannot be told without its subscription."""
        return any(fault.code in _NEEDS_SUBSCRIPTION for fault in self.notes.get(place, ()))


def stored_rows(claim: Claim, catalogue: Catalogue) -> tuple[Row, ...]:
    """The area's products, the chosen ones as often as the draft names them."""
    rows: list[Row] = []
    for product in catalogue.products:
        if product.solution_area != claim.solution_area:
            continue
        chosen = [one for one in claim.requested if one.product_id == product.id]
        rows += [Row(product_id=product.id, subscription_id=one.subscription_id or "", chosen=True) for one in chosen]
        rows += [] if chosen else [Row(product_id=product.id)]
    return tuple(rows)


def posted_rows(posted: Posted) -> tuple[Row, ...]:
    """The lines as they were sent."""
    named = {index: posted.one(f"{ROW}{index}") for index in range(MOST_ROWS)}
    return tuple(
        Row(
            product_id=product_id,
            subscription_id=posted.one(f"items.{index}.subscriptionId"),
            chosen=bool(posted.one(f"items.{index}.productId")),
        )
        for index, product_id in named.items()
        if product_id
    )


def with_another(rows: Sequence[Row], product_id: str) -> tuple[Row, ...]:
    """The lines with one more for that product, behind those it has."""
    places = [index for index, row in enumerate(rows) if row.product_id == product_id]
    if not places or len(rows) >= MOST_ROWS:
        return tuple(rows)
    own = [replace(row, chosen=True) if row.product_id == product_id else row for row in rows]
    return (*own[: places[-1] + 1], Row(product_id=product_id, chosen=True), *own[places[-1] + 1 :])


def takes_subscriptions(claim: Claim, catalogue: Catalogue) -> bool:
    """Whether what is claimed is held by subscription."""
    kinds = [catalogue.claim_type(claim.solution_area or "", one) for one in claim.activities]
    return any(kind is not None and kind.slot is SlotKind.SUBSCRIPTION for kind in kinds)


async def look(call: Call, claim: Claim, rows: Sequence[Row]) -> Looked:
    """Ask the pre-check about every line, chosen or not."""
    asked = tuple(RequestedProduct(product_id=row.product_id, subscription_id=_subscription(row)) for row in rows)
    try:
        found = await checking.pre_check(
            call.services,
            caller=call.caller,
            fields=replace(fields_of(claim), requested=asked),
            mpn_id=claim.mpn_id,
            faults=(),
            missing=(),
            now=call.now,
        )
    except (TooManyRequestsError, ServiceUnavailableError):
        return Looked(told=False)
    notes: dict[int, list[Fault]] = {}
    for fault in (*found.errors, *found.warnings):
        steps = fault.pointer.split("/")
        if steps[1:2] == ["items"] and len(steps) > 2:  # noqa: PLR2004 - /items/N
            notes.setdefault(int(steps[2]), []).append(fault)
    return Looked(
        told=True,
        availability={index: product.availability.value for index, product in enumerate(found.products)},
        notes=notes,
        of_the_claim=tuple(one for one in found.errors if one.pointer in {"/mpnId", "/customer/domain"}),
    )


def _subscription(row: Row) -> str | None:
    try:
        return canonical_subscription_id(row.subscription_id) if row.subscription_id.strip() else None
    except DomainError:
        return None
