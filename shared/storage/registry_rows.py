"""Rows of the registries: values to entities and back."""

from collections.abc import Mapping
from typing import Any

from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.storage import keys
from shared.storage.entities import instant
from shared.storage.upgrades import SCHEMA_VERSION

CUSTOMER_ROW = "customer"
OWNER_ROW = "owner"
Row = dict[str, Any]


def location_row(location: PartnerLocation) -> Row:
    """The location in its organisation's partition."""
    return {
        "PartitionKey": location.organisation,
        "RowKey": location.mpn_id,
        "SchemaVersion": SCHEMA_VERSION,
        "OrganisationName": location.organisation_name,
        "LocationName": location.name,
        "Programmes": ",".join(sorted(location.programmes)),
        "Active": location.active,
        "Domains": ",".join(location.domains),
    }


def location_owner_row(location: PartnerLocation) -> Row:
    """The row that finds the location's organisation by its MPN ID alone."""
    return {
        "PartitionKey": keys.location_index(location.mpn_id),
        "RowKey": OWNER_ROW,
        "SchemaVersion": SCHEMA_VERSION,
        "Organisation": location.organisation,
    }


def location_of(entity: Mapping[str, Any]) -> PartnerLocation:
    """The location of a row."""
    return PartnerLocation(
        mpn_id=entity["RowKey"],
        organisation=entity["PartitionKey"],
        organisation_name=entity["OrganisationName"],
        name=entity["LocationName"],
        programmes=frozenset(_split(entity["Programmes"])),
        active=bool(entity["Active"]),
        domains=_split(entity["Domains"]),
    )


def customer_row(customer: RegisteredCustomer) -> Row:
    """The customer in its tenant's partition."""
    return {
        "PartitionKey": customer.tenant_id,
        "RowKey": CUSTOMER_ROW,
        "SchemaVersion": SCHEMA_VERSION,
        "CustomerName": customer.name,
        "Domains": ",".join(customer.domains),
        "Country": customer.country,
        "Zone": customer.zone,
        "Language": customer.language,
    }


def domain_owner_rows(customer: RegisteredCustomer) -> list[Row]:
    """The rows that find the customer by each of its domains."""
    return [
        {
            "PartitionKey": keys.domain_index(domain),
            "RowKey": OWNER_ROW,
            "SchemaVersion": SCHEMA_VERSION,
            "TenantId": customer.tenant_id,
        }
        for domain in customer.domains
    ]


def customer_of(entity: Mapping[str, Any]) -> RegisteredCustomer:
    """The customer of a row."""
    return RegisteredCustomer(
        tenant_id=entity["PartitionKey"],
        name=entity["CustomerName"],
        domains=_split(entity["Domains"]),
        country=entity["Country"],
        zone=entity["Zone"],
        language=entity["Language"],
    )


def subscription_rows(subscription: Subscription) -> list[Row]:
    """The subscription in its tenant's partition, and in the row that finds it by its ID alone."""
    columns: Row = {
        "SchemaVersion": SCHEMA_VERSION,
        "SubscriptionId": subscription.subscription_id,
        "TenantId": subscription.tenant_id,
        "ProductId": subscription.product_id,
        "SubscriptionStatus": subscription.status,
        "Channel": subscription.channel,
        "Seats": subscription.seats,
        "EndsAt": subscription.ends_at,
    }
    known = {name: value for name, value in columns.items() if value is not None}
    owner = keys.subscription_index(subscription.subscription_id)
    return [
        {"PartitionKey": subscription.tenant_id, "RowKey": subscription.subscription_id, **known},
        {"PartitionKey": owner, "RowKey": OWNER_ROW, **known},
    ]


def subscription_of(entity: Mapping[str, Any]) -> Subscription:
    """The subscription of either row."""
    return Subscription(
        subscription_id=entity["SubscriptionId"],
        tenant_id=entity["TenantId"],
        product_id=entity["ProductId"],
        status=entity["SubscriptionStatus"],
        channel=entity["Channel"],
        seats=entity.get("Seats"),
        ends_at=instant(entity, "EndsAt"),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
