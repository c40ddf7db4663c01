"""Usage as it is charted: months in a row, gaps where nothing is known."""

from datetime import date

from functions.association_charts import months_back, usage_charts
from shared.domain.usage import MonthlyUsage, marked
from shared.texts import texts


def month(name: str, users: int, product: str = "teams", subscription: str | None = None) -> MonthlyUsage:
    """A month's figures."""
    return MonthlyUsage(
        tenant_id="t",
        product_id=product,
        subscription_id=subscription,
        month=name,
        monthly_active_users=users,
        paid_units=120,
    )


def test_months_that_are_not_known_are_gaps() -> None:
    """Over the turn of the year every month has its place; one without figures has none, and the mark stays known."""
    rows = marked([month("2025-11", 90), month("2026-02", 80)])
    (chart,) = usage_charts(rows, texts("en"))
    assert chart.months == ("Nov\xa02025", "Dec\xa02025", "Jan\xa02026", "Feb\xa02026")
    assert chart.users == (90, None, None, 80)
    assert chart.units == (120, None, None, 120)
    assert chart.marks == (90, None, None, 90)
    assert usage_charts(rows, texts("pl"))[0].months[0] == "lis\xa02025"


def test_each_product_and_subscription_has_its_own_chart() -> None:
    """Two subscriptions of one product are not added up."""
    rows = marked([month("2026-01", 1), month("2026-01", 2, "power-bi", "a"), month("2026-01", 3, "power-bi", "b")])
    charts = usage_charts(rows, texts("en"))
    assert [(one.product_id, one.subscription_id, one.users) for one in charts] == [
        ("power-bi", "a", (2,)),
        ("power-bi", "b", (3,)),
        ("teams", None, (1,)),
    ]


def test_twelve_months_begin_eleven_before() -> None:
    """Counting back crosses years and stays in the calendar."""
    assert months_back(date(2026, 11, 23), 11) == "2025-12"
    assert months_back(date(2026, 1, 1), 11) == "2025-02"
    assert months_back(date(2026, 12, 31), 0) == "2026-12"
