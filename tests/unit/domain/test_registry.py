"""The registries' values."""

import pytest

from shared.domain.registry import Subscription


@pytest.mark.parametrize(
    ("status", "usable", "ended"),
    [
        ("active", True, False),
        ("grace", True, False),
        ("suspended", False, False),
        ("ended", False, True),
        ("anything-else", False, False),
    ],
)
def test_what_a_subscriptions_status_allows(status: str, *, usable: bool, ended: bool) -> None:
    """Active and grace can be claimed; a status that nobody knows cannot."""
    subscription = Subscription(
        subscription_id="s", tenant_id="t", product_id="p", status=status, channel="volume-licensing"
    )
    assert (subscription.usable, subscription.ended) == (usable, ended)
