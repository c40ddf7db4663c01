"""Months, and the mark that the best of them left."""

import pytest

from shared.domain.usage import MonthlyUsage, marked


def usage(month: str, users: int, *, product: str = "teams", subscription: str | None = None) -> MonthlyUsage:
    """One month of a product."""
    return MonthlyUsage(
        tenant_id="t",
        product_id=product,
        subscription_id=subscription,
        month=month,
        monthly_active_users=users,
        paid_units=1,
    )


def test_the_mark_is_the_highest_month_so_far() -> None:
    """It rises with a better month and never falls, in whatever order the months come."""
    months = [usage("2026-03", 5), usage("2026-01", 7), usage("2026-04", 9), usage("2026-02", 3)]
    assert [(one.usage.month, one.high_water_mark) for one in marked(months)] == [
        ("2026-01", 7),
        ("2026-02", 7),
        ("2026-03", 7),
        ("2026-04", 9),
    ]


def test_a_month_without_anybody_leaves_no_mark() -> None:
    """Nobody used it: its mark is nought."""
    assert [one.high_water_mark for one in marked([usage("2026-01", 0)])] == [0]


def test_each_product_and_subscription_has_its_own_mark() -> None:
    """What one product reached says nothing of another, nor one subscription of the next."""
    rows = [
        usage("2026-01", 9),
        usage("2026-02", 1, product="intune"),
        usage("2026-02", 2, product="power-bi", subscription="a"),
        usage("2026-02", 3, product="power-bi", subscription="b"),
    ]
    assert sorted(one.high_water_mark for one in marked(rows)) == [1, 2, 3, 9]
    assert marked([]) == ()


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "2026", "26-01", "2026-01-01", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    """A month is a year and one of twelve."""
    with pytest.raises(ValueError, match="no month"):
        usage(month, 1)
