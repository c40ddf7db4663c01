"""Texts by language: messages, plural forms, dates and lists."""

from datetime import UTC, date, datetime

import pytest

from shared.domain.reasons import all_reasons
from shared.texts import Texts, language_for, texts
from shared.texts.counts import WEEKEND, business_days, days, products

DEADLINE = datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC)
ENGLISH, POLISH = texts("en"), texts("pl")


@pytest.mark.parametrize(
    ("wish", "country", "language"),
    [
        ("pl", None, "pl"),
        ("PL-pl", None, "pl"),
        ("pl_PL", "US", "pl"),
        ("en", "PL", "en"),
        (None, "PL", "pl"),
        (None, "pl ", "pl"),
        ("de", "PL", "pl"),
        ("de", "DE", "en"),
        ("../../etc", None, "en"),
        ("", "", "en"),
        (None, None, "en"),
    ],
)
def test_language_suits_the_reader(wish: str | None, country: str | None, language: str) -> None:
    """The reader's own wish comes first, then the country's language, then English."""
    assert language_for(wish, country=country) == language


def test_unknown_language_is_english() -> None:
    """A language that there is none of gives English texts, and the same object every time."""
    assert texts("xx") is texts("en")
    assert texts(None) is texts("en-GB")


def test_date_and_time_name_their_zone() -> None:
    """An instant is shown in the zone asked for, with its name, as PAGES.md writes it."""
    assert ENGLISH.date_time(DEADLINE, "Europe/Warsaw") == "Thu 26 Nov 2026, 23:59 (Europe/Warsaw)"
    assert ENGLISH.date_time(DEADLINE, "America/New_York") == "Thu 26 Nov 2026, 17:59 (America/New_York)"
    assert ENGLISH.date_time(DEADLINE, "UTC") == "Thu 26 Nov 2026, 22:59 (UTC)"
    assert POLISH.date_time(DEADLINE, "Europe/Warsaw") == "czw. 26 listopada 2026, 23:59 (Europe/Warsaw)"


def test_date_and_time_across_a_change_of_clocks() -> None:
    """Before and after the change of the clocks the local hour is the right one."""
    assert "01:30" in ENGLISH.date_time(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Warsaw")
    assert "03:30" in ENGLISH.date_time(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Europe/Warsaw")


def test_naive_instant_is_refused() -> None:
    """An instant without its offset is refused rather than guessed."""
    with pytest.raises(ValueError, match="offset"):
        ENGLISH.date_time(datetime(2026, 11, 26), "UTC")  # noqa: DTZ001 - that is what is tested


def test_date_without_time() -> None:
    """A day is shown with its weekday in both languages."""
    assert ENGLISH.date(date(2026, 5, 3)) == "Sun 3 May 2026"
    assert POLISH.date(date(2026, 5, 3)) == "niedz. 3 maja 2026"


@pytest.mark.parametrize(
    ("language", "entries", "text"),
    [
        (ENGLISH, [], ""),
        (ENGLISH, ["a"], "a"),
        (ENGLISH, ["a", "b"], "a and b"),
        (ENGLISH, ["a", "b", "c"], "a, b and c"),
        (POLISH, ["a", "b"], "a i b"),
        (POLISH, ["a", "b", "c"], "a, b i c"),
    ],
)
def test_lists_read_as_sentences(language: Texts, entries: list[str], text: str) -> None:
    """Lists are joined as each language joins them."""
    assert language.listing(entries) == text


@pytest.mark.parametrize(
    ("count", "product", "business_day", "day"),
    [
        (0, "0 produktów", "0 dni roboczych", "0 dni"),
        (1, "1 produkt", "1 dzień roboczy", "1 dzień"),
        (2, "2 produkty", "2 dni robocze", "2 dni"),
        (4, "4 produkty", "4 dni robocze", "4 dni"),
        (5, "5 produktów", "5 dni roboczych", "5 dni"),
        (12, "12 produktów", "12 dni roboczych", "12 dni"),
        (14, "14 produktów", "14 dni roboczych", "14 dni"),
        (20, "20 produktów", "20 dni roboczych", "20 dni"),
        (22, "22 produkty", "22 dni robocze", "22 dni"),
        (101, "101 produktów", "101 dni roboczych", "101 dni"),
    ],
)
def test_polish_counts(count: int, product: str, business_day: str, day: str) -> None:
    """Polish counts take their three forms."""
    assert (products(POLISH, count), business_days(POLISH, count), days(POLISH, count)) == (product, business_day, day)


def test_english_counts() -> None:
    """English counts take their two forms."""
    assert [business_days(ENGLISH, count) for count in (0, 1, 2)] == [
        "0 business days",
        "1 business day",
        "2 business days",
    ]
    assert (products(ENGLISH, 1), days(ENGLISH, 30)) == ("1 product", "30 days")


def test_every_reason_is_said_in_polish() -> None:
    """Each reason's title, explanation and what to do have Polish words of their own."""
    for one in all_reasons():
        for message in (one.title, one.explanation, one.what_to_do):
            assert POLISH.gettext(message) != message, message
            assert ENGLISH.gettext(message) == message


def test_weekend_is_said_in_polish() -> None:
    """The days that a receipt skips have Polish names."""
    assert [POLISH.gettext(day) for day in WEEKEND] == ["sobota", "niedziela"]


def test_unknown_message_stays_as_it_is() -> None:
    """A message that is in no catalogue (a product's name, a holiday's) is shown as it is."""
    assert POLISH.gettext("Exchange Online") == "Exchange Online"
