"""What a customer used, month by month (PROCESS.md, After approval: Usage)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyUsage:
    """One product's month at one customer; `subscription_id` null for what the tenant holds as a whole.

    `month` is `YYYY-MM`; both figures are whole numbers of people and of licences. ValueError for another month.
    """

    tenant_id: str
    product_id: str
    subscription_id: str | None
    month: str
    monthly_active_users: int
    paid_units: int

    def __post_init__(self) -> None:
        if not MONTH.fullmatch(self.month):
            raise ValueError(f"{self.month!r} is no month")

    @property
    def thing(self) -> tuple[str, str]:
        """What the figures are of: product and subscription ("" for none)."""
        return self.product_id, self.subscription_id or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedUsage:
    """A month with its high-water mark: the most monthly active users of any month up to and including this one."""

    usage: MonthlyUsage
    high_water_mark: int


def marked(rows: Iterable[MonthlyUsage]) -> tuple[MarkedUsage, ...]:
    """The months with their marks, by product, subscription and month; each product and subscription by itself.

    Hand in every month there is: a mark that does not know the earlier ones is too low.
    """
    found: list[MarkedUsage] = []
    ordered = sorted(rows, key=lambda row: (row.thing, row.month))
    for _, months in groupby(ordered, key=lambda row: row.thing):
        highest = 0
        for month in months:
            highest = max(highest, month.monthly_active_users)
            found.append(MarkedUsage(usage=month, high_water_mark=highest))
    return tuple(found)
