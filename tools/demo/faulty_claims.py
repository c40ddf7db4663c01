"""The claims of the third story: one that the door refuses, one that the checks do."""

from typing import Any

from tools.sample_registry import tenant

# What the door says of `wrong_claim`, as pairs of pointer and code.
WRONG = {
    ("/mpnId", "mpn-not-enrolled"),
    ("/customer/tenantId", "invalid-guid"),
    ("/customer/domain", "invalid-domain"),
    ("/activities/1", "activity-not-allowed"),
    ("/claimName", "required"),
    ("/items/1", "duplicate-item"),
    ("/items/2/productId", "product-not-in-area"),
    ("/customerContact/email", "invalid-email"),
    ("/customerContact/title", "required"),
    ("/proofs/0", "poe-type"),
    ("/proofs/1", "poe-empty"),
    ("/proofs/2", "poe-unreadable"),
}
# The checks that `untrue_claim` fails.
UNTRUE = {"tenant-domain-mismatch", "subscription-csp", "subscription-inactive", "subscription-unknown"}


def wrong_claim() -> dict[str, Any]:
    """A claim with a fault in nearly every field; `WRONG` names them."""
    return {
        "mpnId": "2000001",
        "customer": {"tenantId": "alpine", "domain": "-"},
        "solutionArea": "microsoft-365",
        "activities": ["usage", "golf"],
        "claimName": " ",
        "items": [{"productId": "teams"}, {"productId": "teams"}, {"productId": "abacus"}],
        "customerContact": {"name": "Ida Manager", "title": "", "email": "ida"},
        "partnerContact": {"name": "Pat Partner", "email": "pat@contoso.example"},
    }


def untrue_claim() -> dict[str, Any]:
    """A well-formed claim whose content is not so; `UNTRUE` names the checks that fail."""
    contact = {"name": "Ida Manager", "title": "IT manager", "email": "ida@cedar.example"}
    return {
        "mpnId": "1000001",
        "customer": {"tenantId": tenant(3), "domain": "alpine.example"},
        "solutionArea": "business-applications",
        "activities": ["usage"],
        "claimName": "Dynamics everywhere",
        "items": [
            {"productId": "dynamics-365-finance"},
            {"productId": "dynamics-365-sales"},
            {"productId": "dynamics-365-customer-service"},
        ],
        "customerContact": contact,
        "technicalContact": contact,
        "partnerContact": {"name": "Pat Partner", "email": "pat@contoso.example"},
    }
