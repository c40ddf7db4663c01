"""Deadlines and their receipts, by example and against an independent day-by-day model."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.deadlines import (
    ClockKind,
    Receipt,
    SkippedDay,
    UnknownCalendarError,
    business_deadline,
    calendar_deadline,
    is_business_day,
    is_over,
    is_supported,
)

ZONES = (
    "UTC",
    "Etc/GMT+12",
    "Pacific/Kiritimati",
    "America/New_York",
    "Europe/Warsaw",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Nuuk",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
)
COUNTRIES = ("US", "PL", "DE", "GB", "JP", "IL")

instants = st.datetimes(datetime(2020, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)
countries = st.sampled_from(COUNTRIES)
lengths = st.integers(1, 15)


def at(text: str) -> datetime:
    """An instant, UTC where it says nothing else."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def window(starts_at: datetime, days: int, country: str, zone: str) -> Receipt:
    """A customer's window."""
    return business_deadline(
        kind=ClockKind.OPT_OUT, starts_at=starts_at, business_days=days, country=country, zone=zone
    )


def is_holiday(day: date, country: str) -> bool:
    """The model's own look at the calendar: a new one each time, asked for that one day."""
    return day in holidays.country_holidays(country, observed=True)


def local(instant: datetime, zone: str) -> datetime:
    """The instant as the zone's clocks show it."""
    return instant.astimezone(ZoneInfo(zone))


def test_thanksgiving_and_the_weekend_do_not_count() -> None:
    """The five days are full business days after the notice's, and the receipt says what was skipped and why."""
    receipt = window(at("2026-11-20T18:00"), 5, "US", "America/New_York")
    assert receipt == Receipt(
        kind="opt-out",
        starts_at=at("2026-11-20T18:00"),
        deadline_at=at("2026-11-30T23:59:59-05:00"),
        reminder_at=at("2026-11-30T09:00-05:00"),
        zone="America/New_York",
        country="US",
        calendar=f"holidays {holidays.__version__} US",
        business_days=5,
        counted=tuple(date(2026, 11, day) for day in (23, 24, 25, 27, 30)),
        skipped=(
            SkippedDay(day=date(2026, 11, 21), reason="Saturday"),
            SkippedDay(day=date(2026, 11, 22), reason="Sunday"),
            SkippedDay(day=date(2026, 11, 26), reason="Thanksgiving Day"),
            SkippedDay(day=date(2026, 11, 28), reason="Saturday"),
            SkippedDay(day=date(2026, 11, 29), reason="Sunday"),
        ),
    )
    assert receipt.deadline_at.tzinfo is UTC


def test_the_day_is_the_local_one() -> None:
    """A notice at 23:30 UTC on a Monday is Tuesday's in Warsaw, and still Monday's in New York."""
    notice = at("2026-09-14T23:30")
    assert window(notice, 1, "PL", "Europe/Warsaw").counted == (date(2026, 9, 16),)
    assert window(notice, 1, "US", "America/New_York").counted == (date(2026, 9, 15),)


def test_a_year_ends_inside_the_window() -> None:
    """Christmas, the New Year's holiday and Epiphany are all skipped in Poland, in two different years."""
    receipt = window(at("2026-12-23T10:00"), 5, "PL", "Europe/Warsaw")
    assert receipt.counted == (
        date(2026, 12, 28),
        date(2026, 12, 29),
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 4),
    )
    assert {(skipped.day, skipped.reason) for skipped in receipt.skipped if skipped.day.weekday() < 5} == {
        (date(2026, 12, 24), "Christmas Eve"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 1), "New Year's Day"),
    }


def test_a_holiday_on_a_weekend_is_observed_in_the_year_before() -> None:
    """New Year's Day 2028 is a Saturday: in the US the last Friday of 2027 does not count."""
    receipt = window(at("2027-12-30T12:00"), 1, "US", "UTC")
    assert receipt.counted == (date(2028, 1, 3),)
    assert receipt.skipped[0] == SkippedDay(day=date(2027, 12, 31), reason="New Year's Day (observed)")


@pytest.mark.parametrize(
    ("notice", "deadline", "reminder"),
    [
        ("2026-10-23T08:00", "2026-10-30T23:59:59+01:00", "2026-10-30T09:00+01:00"),
        ("2026-03-27T08:00", "2026-04-03T23:59:59+02:00", "2026-04-03T09:00+02:00"),
    ],
)
def test_a_change_of_the_clocks_moves_the_deadline_in_utc_only(notice: str, deadline: str, reminder: str) -> None:
    """The window ends at the end of the local day, whether an hour was added or left out within it."""
    receipt = window(at(notice), 5, "PL", "Europe/Warsaw")
    assert receipt.deadline_at == at(deadline)
    assert receipt.reminder_at == at(reminder)


@settings(deadline=None)
@given(instants, lengths, countries, zones)
def test_the_window_is_that_of_a_model_that_walks_day_by_day(
    starts_at: datetime, days: int, country: str, zone: str
) -> None:
    """Counted and skipped days are exactly those of a separate walk, each day once, and no counted day is a holiday."""
    receipt = window(starts_at, days, country, zone)
    first = local(starts_at, zone).date()
    last = local(receipt.deadline_at, zone).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    expected = [day for day in between if day.isoweekday() < 6 and not is_holiday(day, country)]
    assert list(receipt.counted) == expected
    assert len(expected) == days
    assert expected[-1] == last
    assert sorted([*receipt.counted, *(skipped.day for skipped in receipt.skipped)]) == between
    assert all(skipped.reason for skipped in receipt.skipped)


@settings(deadline=None)
@given(instants, lengths, countries, zones)
def test_the_window_ends_with_its_last_day(starts_at: datetime, days: int, country: str, zone: str) -> None:
    """The deadline is that day's last second and the reminder its nine o'clock, on whatever clocks the zone has."""
    receipt = window(starts_at, days, country, zone)
    last = receipt.counted[-1]
    assert local(receipt.deadline_at, zone).date() == last
    assert local(receipt.deadline_at + timedelta(seconds=1), zone).date() == last + timedelta(days=1)
    assert receipt.reminder_at is not None
    assert starts_at < receipt.reminder_at < receipt.deadline_at
    assert local(receipt.reminder_at, zone).time() == time(9)


@settings(deadline=None)
@given(instants, instants, lengths, countries, zones)
def test_a_later_start_never_ends_earlier(one: datetime, other: datetime, days: int, country: str, zone: str) -> None:
    """The deadline is monotone in the instant that started the clock."""
    earlier, later = sorted((one, other))
    assert window(earlier, days, country, zone).deadline_at <= window(later, days, country, zone).deadline_at


@settings(deadline=None)
@given(instants, st.integers(0, 60), zones, st.none() | st.integers(0, 70))
def test_a_calendar_window_ends_with_a_local_day(starts_at: datetime, days: int, zone: str, before: int | None) -> None:
    """It is the last second of the day that many days on, never short of them by more than a change of the clocks."""
    receipt = calendar_deadline(
        kind=ClockKind.DRAFT, starts_at=starts_at, days=days, zone=zone, remind_days_before=before
    )
    last = local(starts_at, zone).date() + timedelta(days=days)
    assert local(receipt.deadline_at, zone).date() == last
    assert local(receipt.deadline_at + timedelta(seconds=1), zone).date() == last + timedelta(days=1)
    assert receipt.deadline_at - starts_at > timedelta(days=days) - timedelta(hours=1, seconds=1)
    assert (receipt.business_days, receipt.counted, receipt.skipped, receipt.country) == (0, (), (), "")
    if receipt.reminder_at is not None:
        assert before is not None
        assert starts_at < receipt.reminder_at < receipt.deadline_at
        assert local(receipt.reminder_at, zone).date() == last - timedelta(days=before)


def test_an_hour_left_out_at_midnight_shortens_no_day() -> None:
    """In Nuuk the last hour of 30 March 2024 did not exist: the day ends with the second before it."""
    receipt = calendar_deadline(
        kind=ClockKind.DISPUTE,
        starts_at=at("2024-03-29T12:00"),
        days=1,
        zone="America/Nuuk",
        remind_days_before=None,
    )
    assert receipt.deadline_at == at("2024-03-31T00:59:59")


def test_an_hour_that_comes_twice_counts_to_its_second_end() -> None:
    """In Santiago the hour before midnight came twice on 4 April 2026: the window ends with the second of them."""
    receipt = calendar_deadline(
        kind=ClockKind.DISPUTE,
        starts_at=at("2026-04-03T12:00"),
        days=1,
        zone="America/Santiago",
        remind_days_before=None,
    )
    assert receipt.deadline_at == at("2026-04-05T03:59:59")


def test_a_draft_is_reminded_of_five_days_before() -> None:
    """The draft's clock reminds at 09:00 on the fifth day before its last."""
    receipt = calendar_deadline(kind=ClockKind.DRAFT, starts_at=at("2026-11-01T10:00"), days=30, remind_days_before=5)
    assert receipt.reminder_at == at("2026-11-26T09:00")
    assert receipt.deadline_at == at("2026-12-01T23:59:59")


@pytest.mark.parametrize("before", [None, 2, 3, 40])
def test_a_reminder_outside_the_window_is_dropped(before: int | None) -> None:
    """There is no reminder before or at the start of the clock."""
    receipt = calendar_deadline(
        kind=ClockKind.DRAFT, starts_at=at("2026-11-01T09:00"), days=2, remind_days_before=before
    )
    assert receipt.reminder_at is None


@pytest.mark.parametrize("negative", [-1, -5])
def test_a_reminder_after_the_deadline_is_dropped(negative: int) -> None:
    """A reminder that would come too late never goes out."""
    receipt = calendar_deadline(
        kind=ClockKind.DRAFT, starts_at=at("2026-11-01T09:00"), days=2, remind_days_before=negative
    )
    assert receipt.reminder_at is None


def test_the_margin_is_added_to_the_deadline() -> None:
    """Nothing is over one second before the deadline plus the margin; from that second on it is."""
    receipt = window(at("2026-09-14T10:00"), 5, "US", "UTC")
    over_at, margin = receipt.deadline_at + timedelta(hours=1), timedelta(hours=1)
    assert not is_over(receipt, now=over_at - timedelta(seconds=1), margin=margin)
    assert is_over(receipt, now=over_at, margin=margin)


@pytest.mark.parametrize("country", ["US", "PL", "DE", "GB"])
def test_countries_with_a_calendar(country: str) -> None:
    """The sample registry's countries can be counted by."""
    assert is_supported(country)


@pytest.mark.parametrize("country", ["", "us", "ZZ", "USA", "UK", "ŻŻ", "U1"])
def test_countries_without_a_calendar(country: str) -> None:
    """Only upper-case ISO codes of two letters name a calendar; anything else is refused when a clock starts."""
    assert not is_supported(country)
    with pytest.raises(UnknownCalendarError):
        window(at("2026-09-14T10:00"), 5, country, "UTC")


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "../etc", "/etc/localtime", "a\0b", "America"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """A zone that is not in the IANA data starts no clock, whatever its name looks like."""
    with pytest.raises(UnknownCalendarError):
        calendar_deadline(kind=ClockKind.DRAFT, starts_at=at("2026-09-14"), days=1, zone=zone, remind_days_before=None)


def test_a_naive_instant_is_refused() -> None:
    """An instant without an offset would be taken for this machine's local time."""
    with pytest.raises(ValueError, match="offset"):
        window(datetime(2026, 9, 14), 5, "US", "UTC")  # noqa: DTZ001


def test_windows_have_a_length() -> None:
    """No window of no business days, and none that ends before it starts."""
    with pytest.raises(ValueError, match="business day"):
        window(at("2026-09-14"), 0, "US", "UTC")
    with pytest.raises(ValueError, match="before it starts"):
        calendar_deadline(kind=ClockKind.DRAFT, starts_at=at("2026-09-14"), days=-1, remind_days_before=None)


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (date(2026, 11, 25), "US", True),
        (date(2026, 11, 26), "US", False),
        (date(2026, 11, 26), "PL", True),
        (date(2026, 11, 28), "PL", False),
        (date(2026, 11, 29), "PL", False),
    ],
)
def test_a_day_is_one_of_business_or_not(day: date, country: str, expected: bool) -> None:
    """Monday to Friday less the country's holidays are business days; a country without a calendar is an error."""
    assert is_business_day(day, country) is expected
    with pytest.raises(UnknownCalendarError):
        is_business_day(date(2026, 11, 25), "XX")
