"""Usage as charts: for each product the months in a row, with a gap where a month is not known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from shared.domain.usage import MarkedUsage
from shared.texts import Texts

_DECEMBER = 12
_UNBROKEN = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageChart:
    """One product's months (as people say them) and three figures for each, null where a month is not known."""

    product_id: str
    subscription_id: str | None
    months: tuple[str, ...]
    users: tuple[int | None, ...]
    units: tuple[int | None, ...]
    marks: tuple[int | None, ...]


def usage_charts(rows: Sequence[MarkedUsage], words: Texts) -> list[UsageChart]:
    """A chart for each product and subscription, in their order."""
    return [_chart(list(own), words) for _, own in groupby(rows, key=lambda row: row.usage.thing)]


def _chart(rows: list[MarkedUsage], words: Texts) -> UsageChart:
    known = {row.usage.month: row for row in rows}
    months = list(_between(rows[0].usage.month, rows[-1].usage.month))
    found = [known.get(month) for month in months]
    return UsageChart(
        product_id=rows[0].usage.product_id,
        subscription_id=rows[0].usage.subscription_id,
        months=tuple(words.month(date.fromisoformat(f"{month}-01")).replace(" ", _UNBROKEN) for month in months),
        users=tuple(one.usage.monthly_active_users if one else None for one in found),
        units=tuple(one.usage.paid_units if one else None for one in found),
        marks=tuple(one.high_water_mark if one else None for one in found),
    )


def _between(first: str, last: str) -> Iterator[str]:
    """Every month from the first to the last."""
    year, number = int(first[:4]), int(first[5:])
    while (month := f"{year:04}-{number:02}") <= last:
        yield month
        year, number = (year + 1, 1) if number == _DECEMBER else (year, number + 1)


def months_back(today: date, count: int) -> str:
    """The month that many before today's, as `YYYY-MM`."""
    months = today.year * _DECEMBER + today.month - 1 - count
    return f"{months // _DECEMBER:04}-{months % _DECEMBER + 1:02}"
