"""Claim requests to change one thing of."""

import copy
from typing import Any

CLAIM: dict[str, Any] = {
    "mpnId": "1000001",
    "customer": {"tenantId": "a1a1a1a1-0000-4000-8000-000000000001", "domain": "alpine.example"},
    "solutionArea": "microsoft-365",
    "activities": ["usage"],
    "claimName": "Rollout 2026",
    "items": [{"productId": "teams"}],
    "customerContact": {"name": "Anna", "email": "anna@alpine.example", "title": "IT manager"},
    "partnerContact": {"name": "Piet", "email": "piet@contoso.example"},
}


def with_value(path: str, value: object) -> dict[str, Any]:
    """The claim with the value at a path such as `customer/domain`."""
    request = copy.deepcopy(CLAIM)
    holder: Any = request
    *steps, last = path.split("/")
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    if isinstance(holder, list):
        holder[int(last)] = value
    else:
        holder[last] = value
    return request
