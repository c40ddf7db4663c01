"""Why a day did not count, in the reader's language."""

from datetime import date

import pytest

from shared.texts import texts
from shared.texts.skipped_days import skipped_reason

INDEPENDENCE = date(2026, 11, 11)


@pytest.mark.parametrize(
    ("language", "country", "reason", "day", "said"),
    [
        ("pl", "PL", "National Independence Day", INDEPENDENCE, "Narodowe Święto Niepodległości"),
        ("en", "PL", "National Independence Day", INDEPENDENCE, "National Independence Day"),
        ("pl", "US", "Thanksgiving Day", date(2026, 11, 26), "Thanksgiving Day"),
        ("pl", "PL", "Saturday", date(2026, 11, 14), "sobota"),
        ("pl", None, "Sunday", date(2026, 11, 15), "niedziela"),
        ("pl", "PL", "A day that the calendar of today does not know", date(2026, 11, 12), None),
    ],
)
def test_a_day_is_named_as_the_reader_says_it(
    language: str, country: str | None, reason: str, day: date, said: str | None
) -> None:
    """Weekdays by our own words, holidays by the calendar's where it has them, else by the name that was promised."""
    assert skipped_reason(texts(language), day, reason, country) == (said or reason)
