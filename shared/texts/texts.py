"""One language's texts: messages by gettext from compiled catalogues, dates and lists by Babel."""

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.texts.languages import language_for

LOCALE = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "messages"
_DATE = {"en": "EEE d MMM y", "pl": "EEE d MMMM y"}
_TIME = "HH:mm"
_LISTS = {"en": "en_001", "pl": "pl"}
"""English lists without the comma before "and", as in "a, b and c"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one language; get one from `texts`."""

    language: str
    translations: gettext.GNUTranslations

    def gettext(self, message: str) -> str:
        """The message in this language; the message itself where it is not in the catalogue."""
        return self.translations.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form of the message for that count, by this language's rules."""
        return self.translations.ngettext(singular, plural, count)

    def date_time(self, instant: datetime, zone: str) -> str:
        """An aware instant in that zone (IANA name), as in "Thu 26 Nov 2026, 23:59 (Europe/Warsaw)".

        ValueError for a naive instant: the reader could not know which one is meant.
        """
        from babel.dates import format_datetime

        if instant.tzinfo is None:
            raise ValueError("an instant needs its offset from UTC")
        local = instant.astimezone(ZoneInfo(zone))
        pattern = f"{_DATE[self.language]}, {_TIME}"
        return f"{format_datetime(local, pattern, tzinfo=local.tzinfo, locale=self.language)} ({zone})"

    def month(self, day: date) -> str:
        """A day's month, as in "Nov 2026"."""
        from babel.dates import format_date

        return format_date(day, "LLL y", locale=self.language)

    def date(self, day: date) -> str:
        """A day, as in "Thu 26 Nov 2026". For the day of an instant say in which zone first."""
        from babel.dates import format_date

        return format_date(day, _DATE[self.language], locale=self.language)

    def number(self, value: float) -> str:
        """A number with its groups of digits, as in "12,345"."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.language)

    def listing(self, entries: Sequence[str]) -> str:
        """A list in running text, as in "a, b and c"; empty for no entries."""
        from babel.lists import format_list

        return format_list(list(entries), locale=_LISTS[self.language])


def texts(language: str | None) -> Texts:
    """The texts of a language such as "pl" or "pl-PL"; English where there is no such language."""
    return _texts(language_for(language))


@cache
def _texts(language: str) -> Texts:
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as compiled:
        return Texts(language=language, translations=gettext.GNUTranslations(compiled))
