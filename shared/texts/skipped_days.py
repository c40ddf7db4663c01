"""Why a day of a window did not count, in the reader's language.

The receipt keeps the holiday's English name, for it is part of what was promised; the calendar itself knows the name in
the languages of its country.
"""

from datetime import date
from functools import lru_cache

from shared.texts.texts import Texts


def skipped_reason(words: Texts, day: date, reason: str, country: str | None) -> str:
    """The weekday or the holiday's name as the reader says it; the English name where the calendar knows no other.

    `country` is ISO 3166-1 alpha-2, null where calendar days were counted.
    """
    translated = words.gettext(reason)
    if translated != reason or not country or words.language == "en":
        return translated
    return _native_name(country, day, words.language) or reason


@lru_cache(maxsize=1024)
def _native_name(country: str, day: date, language: str) -> str | None:
    """The calendar's own name of the day in that language, null where it has none."""
    import holidays

    calendar = holidays.country_holidays(country, observed=True)
    if language not in calendar.supported_languages:
        return None
    return holidays.country_holidays(country, years=day.year, observed=True, language=language).get(day)
