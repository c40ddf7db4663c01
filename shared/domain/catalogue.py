"""What can be claimed: products, claim types and programmes, read from catalogue.json (PROCESS.md, Claim types).

The file is data: a product or a claim type is added there, without code. catalogue.schema.json describes it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from shared.domain.claim import Item, RequestedProduct
from shared.domain.identifiers import SlotKind, slot_resource
from shared.domain.registry import Subscription

__all__ = [
    "Activity",
    "Catalogue",
    "ClaimType",
    "Named",
    "Product",
    "Programme",
    "SlotKind",
    "SolutionArea",
    "catalogue",
    "expand_items",
    "subscriptions_for",
]


class SolutionArea(StrEnum):
    """The two solution areas."""

    MICROSOFT_365 = "microsoft-365"
    BUSINESS_APPLICATIONS = "business-applications"


class Activity(StrEnum):
    """What the partner did for the customer."""

    USAGE = "usage"
    PRESALES = "presales"
    REVENUE = "revenue"


class Programme(StrEnum):
    """The programmes that a claim can belong to."""

    OSU_MICROSOFT_365 = "osu-microsoft-365"
    OSU_BUSINESS_APPLICATIONS = "osu-business-applications"
    OSA_SELL = "osa-sell"
    REVENUE_ASSOCIATION = "revenue-association"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An ID of the contract and its English name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product: `aliases` are further names that a proof may use, `held_by` the product IDs of subscriptions to it."""

    id: str
    name: str
    solution_area: SolutionArea
    aliases: tuple[str, ...]
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimType:
    """One row of PROCESS.md's table of claim types: what an activity in a solution area asks for, and what it takes."""

    programme: Programme
    solution_area: SolutionArea
    activity: Activity
    slot: SlotKind
    poe_required: bool
    technical_contact: bool
    revenue_fields: bool


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The whole catalogue; `together` are the sets of activities that one claim may combine, by solution area.

    `foreign_programmes` are words for programmes that do not belong here: they get the answer `co-op-claim`.
    """

    products: tuple[Product, ...]
    claim_types: tuple[ClaimType, ...]
    together: frozenset[tuple[str, frozenset[str]]]
    foreign_programmes: frozenset[str]
    solution_areas: tuple[Named, ...]
    activities: tuple[Named, ...]
    programmes: tuple[Named, ...]

    def product(self, product_id: str) -> Product | None:
        """The product of that ID, null where there is none."""
        return next((product for product in self.products if product.id == product_id), None)

    def claim_type(self, area: str, activity: str) -> ClaimType | None:
        """The claim type of one activity in a solution area, null where the area has no such activity."""
        wanted = (area, activity)
        return next((kind for kind in self.claim_types if (kind.solution_area, kind.activity) == wanted), None)

    def activities_allowed_together(self, area: str, activities: Iterable[str]) -> bool:
        """Whether one claim may hold exactly these activities: each known in the area, and combined as allowed."""
        chosen = frozenset(activities)
        if not chosen or any(self.claim_type(area, activity) is None for activity in chosen):
            return False
        return len(chosen) == 1 or (area, chosen) in self.together


@cache
def catalogue() -> Catalogue:
    """The catalogue that the product ships."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    return _catalogue(json.loads(text))


def _catalogue(data: dict[str, Any]) -> Catalogue:
    return Catalogue(
        products=tuple(
            Product(
                id=row["id"],
                name=row["name"],
                solution_area=SolutionArea(row["solutionArea"]),
                aliases=tuple(row["aliases"]),
                held_by=tuple(row["heldBy"]),
            )
            for row in data["products"]
        ),
        claim_types=tuple(
            ClaimType(
                programme=Programme(row["programme"]),
                solution_area=SolutionArea(row["solutionArea"]),
                activity=Activity(row["activity"]),
                slot=SlotKind(row["slot"]),
                poe_required=row["poeRequired"],
                technical_contact=row["technicalContact"],
                revenue_fields=row["revenueFields"],
            )
            for row in data["claimTypes"]
        ),
        together=frozenset((row["solutionArea"], frozenset(row["activities"])) for row in data["together"]),
        foreign_programmes=frozenset(data["foreignProgrammes"]),
        solution_areas=tuple(Named(**row) for row in data["solutionAreas"]),
        activities=tuple(Named(**row) for row in data["activities"]),
        programmes=tuple(Named(**row) for row in data["programmes"]),
    )


def subscriptions_for(product: Product, subscriptions: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """The subscriptions by which a customer holds the product; ended ones only where there are no others."""
    held = tuple(one for one in subscriptions if one.product_id in product.held_by)
    return tuple(one for one in held if not one.ended) or held


def expand_items(
    requested: Sequence[RequestedProduct],
    *,
    area: str,
    activities: Iterable[str],
    catalogue: Catalogue,
    subscriptions: Sequence[Subscription],
) -> tuple[Item, ...]:
    """The items that a request's products make with its activities, in order of product, then activity.

    Item IDs are `{product}-{activity}`, numbered from the second where a product is named again; they do not depend on
    `subscriptions` (the tenant's, as far as known), from which the subscription of a product held by just one is filled
    in. A claim type without a slot may name no product: it then makes one item whose product is null. Activities that
    the area does not have make no item.
    """
    kinds = [kind for activity in activities if (kind := catalogue.claim_type(area, activity))]
    seen: Counter[str] = Counter()
    items: list[Item] = []
    for wanted in requested or (RequestedProduct(product_id=None),):
        for kind in kinds:
            if wanted.product_id is None and kind.slot is not SlotKind.NONE:
                continue
            name = f"{wanted.product_id}-{kind.activity}" if wanted.product_id else kind.activity.value
            seen[name] += 1
            items.append(_item(wanted, kind, catalogue, subscriptions, name=name, time=seen[name]))
    return tuple(items)


def _item(
    wanted: RequestedProduct,
    kind: ClaimType,
    catalogue: Catalogue,
    subscriptions: Sequence[Subscription],
    *,
    name: str,
    time: int,
) -> Item:
    product = catalogue.product(wanted.product_id) if wanted.product_id else None
    subscription_id = wanted.subscription_id
    if subscription_id is None and product and kind.slot is SlotKind.SUBSCRIPTION:
        held = subscriptions_for(product, subscriptions)
        subscription_id = held[0].subscription_id if len(held) == 1 else None
    return Item(
        item_id=name if time == 1 else f"{name}-{time}",
        product_id=wanted.product_id,
        subscription_id=subscription_id,
        activity=kind.activity.value,
        programme=kind.programme.value,
        resource=slot_resource(kind.slot, product_id=product.id if product else None, subscription_id=subscription_id),
    )
