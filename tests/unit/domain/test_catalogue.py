"""The catalogue's data, its schema, and what a request's products expand to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.catalogue import Activity, Programme, SlotKind, SolutionArea, catalogue, expand_items
from shared.domain.claim import Item, RequestedProduct
from shared.domain.registry import Subscription
from tools.catalogue_schema import CATALOGUE, SCHEMA, CatalogueFile, schema_text

AREA = SolutionArea.BUSINESS_APPLICATIONS
PRODUCT_IDS = [
    "exchange-online",
    "sharepoint-online",
    "teams",
    "teams-calling",
    "teams-meetings",
    "teams-platform",
    "microsoft-365-apps",
    "intune",
    "entra-id-premium",
    "purview-information-protection",
    "viva-engage",
    "dynamics-365-sales",
    "dynamics-365-customer-service",
    "dynamics-365-field-service",
    "dynamics-365-project-operations",
    "dynamics-365-customer-insights",
    "dynamics-365-finance",
    "dynamics-365-supply-chain-management",
    "dynamics-365-commerce",
    "dynamics-365-human-resources",
    "dynamics-365-team-members",
    "dynamics-365-business-central",
    "power-bi",
    "power-apps",
    "power-automate",
]


def subscription(number: int, product_id: str = "power-bi", status: str = "active") -> Subscription:
    """A subscription of the tenant."""
    return Subscription(
        subscription_id=f"5b5b5b5b-0000-4000-8000-0000000000{number:02}",
        tenant_id="a1a1a1a1-0000-4000-8000-000000000002",
        product_id=product_id,
        status=status,
        channel="volume-licensing",
    )


def expanded(
    *requested: RequestedProduct,
    area: str = AREA,
    activities: tuple[str, ...] = ("usage",),
    subscriptions: tuple[Subscription, ...] = (),
) -> tuple[Item, ...]:
    """The items of a request."""
    return expand_items(requested, area=area, activities=activities, catalogue=catalogue(), subscriptions=subscriptions)


def wanted(product_id: str, subscription_id: str | None = None) -> RequestedProduct:
    """One line of a request."""
    return RequestedProduct(product_id=product_id, subscription_id=subscription_id)


def test_the_file_is_what_its_schema_says() -> None:
    """The shipped file validates, and the committed schema is the one drawn from the shape."""
    CatalogueFile.model_validate_json(CATALOGUE.read_bytes())
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("broken", ["products", "claimTypes", "together", "$schema"])
def test_a_broken_file_is_told(broken: str) -> None:
    """A catalogue without one of its parts does not validate."""
    data = json.loads(CATALOGUE.read_bytes())
    del data[broken]
    with pytest.raises(ValidationError):
        CatalogueFile.model_validate(data)


def test_the_products_are_those_of_the_contract() -> None:
    """Every product ID of API.md is there once, in its order, with a name, and in one of the two areas."""
    products = catalogue().products
    assert [product.id for product in products] == PRODUCT_IDS
    assert [product.solution_area for product in products].count(SolutionArea.MICROSOFT_365) == 11
    assert len({product.name for product in products}) == len(products)


def test_a_product_is_found_by_its_id() -> None:
    """A known ID gives the product with the names that a proof may use; an unknown one gives nothing."""
    teams = catalogue().product("teams")
    assert teams is not None
    assert {teams.name, *teams.aliases} == {"Microsoft Teams", "Teams"}
    assert catalogue().product("clippy") is None


@pytest.mark.parametrize(
    ("area", "activity", "programme", "slot", "technical_contact", "revenue_fields"),
    [
        ("microsoft-365", "usage", Programme.OSU_MICROSOFT_365, SlotKind.WORKLOAD, False, False),
        ("business-applications", "usage", Programme.OSU_BUSINESS_APPLICATIONS, SlotKind.SUBSCRIPTION, True, False),
        ("business-applications", "presales", Programme.OSA_SELL, SlotKind.SUBSCRIPTION, True, False),
        ("business-applications", "revenue", Programme.REVENUE_ASSOCIATION, SlotKind.NONE, False, True),
    ],
)
def test_the_claim_types_are_those_of_the_process(
    area: str, activity: str, programme: Programme, slot: SlotKind, *, technical_contact: bool, revenue_fields: bool
) -> None:
    """Each row of PROCESS.md's table: programme, slot, extra fields; proof is always required."""
    kind = catalogue().claim_type(area, activity)
    assert kind is not None
    assert (kind.programme, kind.slot, kind.poe_required) == (programme, slot, True)
    assert (kind.technical_contact, kind.revenue_fields) == (technical_contact, revenue_fields)


def test_there_are_no_other_claim_types() -> None:
    """Microsoft 365 has no pre-sales and no revenue, and unknown areas have nothing."""
    assert len(catalogue().claim_types) == 4
    assert catalogue().claim_type("microsoft-365", "presales") is None
    assert catalogue().claim_type("surface", "usage") is None


@given(
    st.sampled_from(["microsoft-365", "business-applications", "surface"]),
    st.lists(st.sampled_from(["usage", "presales", "revenue", "dancing"]), max_size=5),
)
def test_which_activities_go_together(area: str, activities: list[str]) -> None:
    """One activity of the area alone, or usage with pre-sales for business applications, in any order; nothing else."""
    allowed = {
        "microsoft-365": [{"usage"}],
        "business-applications": [{"usage"}, {"presales"}, {"revenue"}, {"usage", "presales"}],
        "surface": [],
    }
    assert catalogue().activities_allowed_together(area, activities) == (set(activities) in allowed[area])


def test_foreign_programmes_are_no_areas_of_ours() -> None:
    """The words that get the answer co-op-claim include the four of PROCESS.md and none of our own."""
    foreign = catalogue().foreign_programmes
    assert {"csp", "managed-reseller", "hosting", "surface"} <= foreign
    assert not foreign & {*SolutionArea, *Programme, *Activity}


def test_every_id_has_a_name() -> None:
    """Areas, activities and programmes are all named, in the order of their enums."""
    assert [named.id for named in catalogue().solution_areas] == list(SolutionArea)
    assert [named.id for named in catalogue().activities] == list(Activity)
    assert [named.id for named in catalogue().programmes] == list(Programme)


def test_a_workload_is_claimed_for_the_whole_tenant() -> None:
    """A Microsoft 365 product takes the workload's slot, and no subscription is filled in for it."""
    items = expanded(
        wanted("teams"), area=SolutionArea.MICROSOFT_365, subscriptions=(subscription(11, "microsoft-365"),)
    )
    assert items == (
        Item(
            item_id="teams-usage",
            product_id="teams",
            subscription_id=None,
            activity="usage",
            programme="osu-microsoft-365",
            resource="workload~teams",
        ),
    )


def test_usage_and_presales_share_the_subscriptions_slot() -> None:
    """Two activities make two items with two programmes on one resource."""
    items = expanded(wanted("power-bi"), activities=("usage", "presales"), subscriptions=(subscription(24),))
    assert [(item.item_id, item.programme) for item in items] == [
        ("power-bi-usage", "osu-business-applications"),
        ("power-bi-presales", "osa-sell"),
    ]
    assert {item.resource for item in items} == {"subscription~5b5b5b5b-0000-4000-8000-000000000024"}


@pytest.mark.parametrize(
    ("held", "filled"),
    [
        ((), None),
        ((subscription(24),), 24),
        ((subscription(24), subscription(25)), None),
        ((subscription(24), subscription(25, "power-apps")), 24),
        ((subscription(24), subscription(25, status="ended")), 24),
        ((subscription(24, status="ended"),), 24),
        ((subscription(24, status="suspended"),), 24),
        ((subscription(24, status="ended"), subscription(25, status="ended")), None),
    ],
)
def test_the_only_subscription_is_filled_in(held: tuple[Subscription, ...], filled: int | None) -> None:
    """Exactly one of the product is taken in silence; ended ones do not count while there are others."""
    (item,) = expanded(wanted("power-bi"), subscriptions=held)
    assert item.subscription_id == (f"5b5b5b5b-0000-4000-8000-0000000000{filled}" if filled else None)
    assert item.resource == (f"subscription~{item.subscription_id}" if filled else None)


def test_a_named_subscription_is_kept() -> None:
    """What the partner named is never replaced by what the registry knows."""
    (item,) = expanded(wanted("power-bi", "named"), subscriptions=(subscription(24),))
    assert item.subscription_id == "named"


def test_revenue_needs_no_product() -> None:
    """A revenue association without a product is one item whose product is null, without a slot."""
    (item,) = expanded(activities=("revenue",))
    assert (item.item_id, item.product_id, item.resource) == ("revenue", None, None)
    (named,) = expanded(wanted("power-bi"), activities=("revenue",), subscriptions=(subscription(24),))
    assert (named.item_id, named.subscription_id, named.resource) == ("power-bi-revenue", None, None)


def test_what_cannot_be_expanded_makes_no_item() -> None:
    """Usage without a product, and activities that the area does not have, make nothing."""
    assert expanded() == ()
    assert expanded(wanted("teams"), area="microsoft-365", activities=("presales", "dancing")) == ()


def test_an_unknown_product_has_no_slot() -> None:
    """What is not in the catalogue can never become part of a key."""
    (item,) = expanded(wanted("a/b#c"), area="microsoft-365")
    assert (item.product_id, item.resource) == ("a/b#c", None)


@given(
    st.lists(
        st.builds(
            RequestedProduct,
            product_id=st.sampled_from(["power-bi", "power-apps", "dynamics-365-sales"]),
            subscription_id=st.none() | st.sampled_from(["one", "two"]),
        ),
        max_size=6,
    ),
    st.sampled_from([("usage",), ("usage", "presales"), ("presales",)]),
    st.lists(st.builds(subscription, st.integers(10, 13), st.sampled_from(["power-bi", "power-apps"])), max_size=4),
)
def test_item_ids_are_unique_and_do_not_depend_on_the_registry(
    requested: list[RequestedProduct], activities: tuple[str, ...], subscriptions: list[Subscription]
) -> None:
    """Expanding again with what the registry knows fills in subscriptions under the same IDs, in the same order."""
    before = expanded(*requested, activities=activities)
    after = expanded(*requested, activities=activities, subscriptions=tuple(subscriptions))
    ids = [item.item_id for item in before]
    assert len(set(ids)) == len(ids) == len(requested) * len(activities)
    assert [item.item_id for item in after] == ids
    assert [(item.product_id, item.activity) for item in after] == [
        (line.product_id, activity) for line in requested for activity in activities
    ]
