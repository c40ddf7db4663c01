"""Deadlines with the receipt that explains them (PROCESS.md, Clocks).

A deadline is computed once, stored with its receipt, and never computed again: a later release of the holiday calendar
must not move a promise that was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shared.domain.errors import DomainError
from shared.domain.sayings import say

REMINDER_TIME = time(9)
_LAST_SECOND = time(23, 59, 59, fold=1)
_ONE_DAY = timedelta(days=1)
_WEEKEND = {5: "Saturday", 6: "Sunday"}
_COUNTRY_CODE_LENGTH = 2


class UnknownCalendarError(DomainError):
    """There is no holiday calendar for that country, or no such time zone."""

    code = "unknown-calendar"


class ClockKind(StrEnum):
    """The clocks that can run on a claim; the stored values never change."""

    OPT_OUT = "opt-out"
    ACTION_REQUIRED = "action-required"
    REVIEW = "review"
    DISPUTE = "dispute"
    DRAFT = "draft"
    INCUMBENT_RESPONSE = "incumbent-response"
    SUBSCRIPTION_END = "subscription-end"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDay:
    """A day inside the window that did not count; `reason` is "Saturday", "Sunday" or the holiday's English name."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Why a deadline is when it is; partner, customer and reviewer see the same one.

    `kind` is a ClockKind's value. `starts_at` is the instant that started the clock, `deadline_at` the last second in
    which an answer is in time, `reminder_at` when to remind (null: never); all UTC. `zone` is the IANA name of the
    zone whose days were counted, `country` the ISO 3166-1 alpha-2 code of the holidays ("" where calendar days were
    counted), `calendar` the calendar and its version. `counted` are the business days of the window and `skipped` the
    days between that were none; both are empty for clocks of calendar days, as is `business_days` zero.
    """

    kind: str
    starts_at: datetime
    deadline_at: datetime
    reminder_at: datetime | None
    zone: str
    country: str
    calendar: str
    business_days: int
    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]


def business_deadline(
    *, kind: ClockKind | str, starts_at: datetime, business_days: int, country: str, zone: str
) -> Receipt:
    """The window of `business_days` full business days after the local day of `starts_at` (PROCESS.md, Clocks).

    Business days are Monday to Friday less the country's public holidays, substitutes for those on a weekend included.
    The window ends at 23:59:59 local time on the last of them; the reminder is due at 09:00 local time that day.
    `starts_at` is an aware instant, `country` ISO 3166-1 alpha-2, `zone` an IANA name. Raises UnknownCalendarError,
    and ValueError for a naive instant or a window of no days.
    """
    if business_days < 1:
        raise ValueError("a window has at least one business day")
    local_zone = _zone(zone)
    day = _local_day(starts_at, local_zone)
    counted: list[date] = []
    skipped: list[SkippedDay] = []
    while len(counted) < business_days:
        day += _ONE_DAY
        reason = _why_no_business_day(day, country)
        if reason is None:
            counted.append(day)
        else:
            skipped.append(SkippedDay(day=day, reason=reason))
    deadline_at = _instant(day, _LAST_SECOND, local_zone)
    return Receipt(
        kind=str(kind),
        starts_at=starts_at.astimezone(UTC),
        deadline_at=deadline_at,
        reminder_at=_reminder(day, local_zone, starts_at=starts_at, deadline_at=deadline_at),
        zone=zone,
        country=country,
        calendar=f"holidays {_calendar_version()} {country}",
        business_days=business_days,
        counted=tuple(counted),
        skipped=tuple(skipped),
    )


def calendar_deadline(
    *,
    kind: ClockKind | str,
    starts_at: datetime,
    days: int,
    zone: str = "UTC",
    remind_days_before: int | None,
) -> Receipt:
    """The window of `days` calendar days, weekends and holidays included.

    It ends with the local day: at 23:59:59 local time, `days` days after the local day of `starts_at`, so that it is
    never shorter than `days` times 24 hours less a change of the clocks. The reminder is due at 09:00 local time
    `remind_days_before` days earlier; there is none where that is null or not inside the window. Raises
    UnknownCalendarError for an unknown zone, ValueError for a naive instant or a negative number of days.
    """
    if days < 0:
        raise ValueError("a window cannot end before it starts")
    local_zone = _zone(zone)
    last_day = _local_day(starts_at, local_zone) + timedelta(days=days)
    deadline_at = _instant(last_day, _LAST_SECOND, local_zone)
    reminder_at = None
    if remind_days_before is not None:
        reminder_day = last_day - timedelta(days=remind_days_before)
        reminder_at = _reminder(reminder_day, local_zone, starts_at=starts_at, deadline_at=deadline_at)
    return Receipt(
        kind=str(kind),
        starts_at=starts_at.astimezone(UTC),
        deadline_at=deadline_at,
        reminder_at=reminder_at,
        zone=zone,
        country="",
        calendar="calendar days",
        business_days=0,
        counted=(),
        skipped=(),
    )


def is_over(receipt: Receipt, *, now: datetime, margin: timedelta) -> bool:
    """Whether the deadline passed at least `margin` ago: only then may anything be decided by it."""
    return now >= receipt.deadline_at + margin


def is_business_day(day: date, country: str) -> bool:
    """Whether it is Monday to Friday and none of the country's public holidays. UnknownCalendarError."""
    return _why_no_business_day(day, country) is None


def is_supported(country: str) -> bool:
    """Whether there is a holiday calendar for the country (ISO 3166-1 alpha-2, upper case; no other names)."""
    if len(country) != _COUNTRY_CODE_LENGTH or not country.isascii() or not country.isupper():
        return False
    import holidays

    try:
        return holidays.country_holidays(country).country == country
    except NotImplementedError:
        return False


def _why_no_business_day(day: date, country: str) -> str | None:
    return _WEEKEND.get(day.weekday()) or _public_holidays(country, day.year).get(day)


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> Mapping[date, str]:
    if not is_supported(country):
        raise UnknownCalendarError(say("There is no holiday calendar for the country '%(name)s'.", name=country))
    import holidays

    return MappingProxyType(
        dict(holidays.country_holidays(country, years=year, observed=True, language="en_US").items())
    )


def _calendar_version() -> str:
    from holidays.version import __version__

    return __version__


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise UnknownCalendarError(say("There is no time zone '%(name)s'.", name=name)) from error


def _local_day(instant: datetime, zone: ZoneInfo) -> date:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset from UTC")
    return instant.astimezone(zone).date()


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time.

    With fold=1 the last second of a day is right also where the clocks change at that hour: of two such seconds it is
    the later, and where the hour is left out it is the second before the change.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _reminder(day: date, zone: ZoneInfo, *, starts_at: datetime, deadline_at: datetime) -> datetime | None:
    reminder_at = _instant(day, REMINDER_TIME, zone)
    return reminder_at if starts_at < reminder_at < deadline_at else None
