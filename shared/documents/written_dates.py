"""The dates that a text holds. Every pattern looks at a bounded piece, so that no text can make it slow."""

import re
from collections.abc import Iterator
from datetime import date

_ISO = re.compile(r"(?<![\d-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?!-?\d)")
_LABELLED = re.compile(r"\b(date|data)(?: [^\W\d_]{1,15}){0,2} ?:[ \t\n]{0,20}([^\n]{4,60})", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\d.])([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?![\d/])")
_DAY_FIRST = re.compile(r"(?<!\d)([0-9]{1,2})(?:st|nd|rd|th|\.)? ([^\W\d_]{3,14})\.?,? ([0-9]{4})(?!\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,14})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})(?!\d)", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "stycznia", "styczeń"),
            ("february", "feb", "lutego", "luty"),
            ("march", "mar", "marca", "marzec"),
            ("april", "apr", "kwietnia", "kwiecień"),
            ("may", "maja", "maj"),
            ("june", "jun", "czerwca", "czerwiec"),
            ("july", "jul", "lipca", "lipiec"),
            ("august", "aug", "sierpnia", "sierpień"),
            ("september", "sept", "sep", "września", "wrzesień"),
            ("october", "oct", "października", "październik"),
            ("november", "nov", "listopada", "listopad"),
            ("december", "dec", "grudnia", "grudzień"),
        ),
        start=1,
    )
    for name in names
}


def written_dates(text: str) -> tuple[date, ...]:
    """Every ISO date, and behind a label `Date:` or `Data:` those in other spellings, oldest first, each once.

    `11/12/2026` is told two ways. Behind the Polish label the day comes first; behind the English one, where both
    readings are dates, the older counts: a proof is never taken for newer than it may be.
    """
    found = {day for match in _ISO.finditer(text) for day in _days(match[1], match[2], match[3])}
    for match in _LABELLED.finditer(text):
        found.update(_other_spellings(match[2], polish=match[1].casefold() == "data"))
    return tuple(sorted(found))


def _other_spellings(written: str, *, polish: bool) -> Iterator[date]:
    for match in _DOTTED.finditer(written):
        yield from _days(match[3], match[2], match[1])
    for match in _DAY_FIRST.finditer(written):
        yield from _days(match[3], _month(match[2]), match[1])
    for match in _MONTH_FIRST.finditer(written):
        yield from _days(match[3], _month(match[1]), match[2])
    for match in _SLASHED.finditer(written):
        readings = [*_days(match[3], match[2], match[1]), *(() if polish else _days(match[3], match[1], match[2]))]
        yield from sorted(readings)[:1]


def _month(name: str) -> int:
    return _MONTHS.get(name.casefold(), 0)


def _days(year: str, month: str | int, day: str) -> Iterator[date]:
    """The date, where there is such a day."""
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return
