"""Cells of registry files, made canonical: lists, truth, numbers, zones, countries and ends (PROCESS.md, Fields)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator

from shared.domain.catalogue import Programme, catalogue
from shared.domain.identifiers import InvalidIdentifierError, canonical_domain
from shared.domain.registry import Channel, SubscriptionStatus
from shared.domain.sayings import say
from shared.forms.texts import Country, refusal

LIST_SEPARATOR = "|"
MOST_DOMAINS = 100
MOST_SEATS = 10_000_000
YEARS = range(2000, 2200)
_SEPARATORS = re.compile(r"[|,;\s]+")
_SEATS = re.compile(r"[0-9]{1,8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_END_OF_DAY = time(23, 59, 59, tzinfo=UTC)
# Codes that people's lists of countries hold, and that are no countries (ISO 3166-1, user-assigned and reserved).
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def listed(text: str) -> tuple[str, ...]:
    """The words of a cell, each once, in their order; they are kept apart by `|`, commas, semicolons or spaces."""
    return tuple(dict.fromkeys(part for part in _SEPARATORS.split(text) if part))


def _domains(text: str) -> tuple[str, ...]:
    parts = listed(text)
    if len(parts) > MOST_DOMAINS:
        raise refusal("too-many", say("At most %(most)d fit here.", most=MOST_DOMAINS))
    found: dict[str, None] = {}
    for part in parts:
        try:
            found[canonical_domain(part)] = None
        except InvalidIdentifierError as error:
            message = say("“%(text)s” is not a domain name such as alpine.example.", text=part[:100])
            raise refusal("invalid-domain", message) from error
    return tuple(found)


def _programmes(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(part.lower() for part in listed(text)))
    known = frozenset(Programme)
    for word in words:
        if word not in known:
            raise _no_choice(Programme, word)
    return words


def _one_of(known: Callable[[], frozenset[str]]) -> Callable[[str], str]:
    def check(text: str) -> str:
        word = text.strip().lower()
        if word not in known():
            raise _no_choice(sorted(known()), word)
        return word

    return check


def _no_choice(known: Any, word: str) -> Exception:
    message = say("“%(text)s” is none of these: %(known)s.", text=word[:100], known=", ".join(known))
    return refusal("invalid-choice", message)


@cache
def _products() -> frozenset[str]:
    """Everything that a subscription may be to: each product, and each bundle that products are held by."""
    return frozenset(name for product in catalogue().products for name in product.held_by)


def _truth(text: str) -> bool:
    found = _TRUTH.get(text.strip().lower())
    if found is None:
        raise refusal("invalid-choice", say("This must be true or false."))
    return found


def _seats(text: str) -> int:
    number = text.strip()
    if not _SEATS.fullmatch(number) or int(number) > MOST_SEATS:
        raise refusal("out-of-range", say("Seats are a whole number from 0 to %(most)d.", most=MOST_SEATS))
    return int(number)


def _end(text: str) -> datetime:
    """The instant in UTC; a day alone means its last second there."""
    written = text.strip()
    try:
        if _DAY.fullmatch(written):
            found = datetime.combine(datetime.fromisoformat(written).date(), _END_OF_DAY)
        elif _INSTANT.fullmatch(written):
            found = datetime.fromisoformat(written.upper()).astimezone(UTC)
        else:
            raise _no_end()
    except (ValueError, OverflowError) as error:
        raise _no_end() from error
    if found.year not in YEARS:
        raise _no_end()
    return found


def _no_end() -> Exception:
    return refusal("invalid-time", say("Give a day such as 2026-11-22, or a time such as 2026-11-22T09:30:00Z."))


@cache
def _zones() -> dict[str, str]:
    """Each zone's name by its small letters: those of places, and UTC; the old abbreviations are no places."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


def _zone(text: str) -> str:
    found = _zones().get(text.strip().lower())
    if found is None:
        raise refusal("invalid-choice", say("This is no time zone of the IANA's list, such as Europe/Warsaw."))
    return found


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2) - _NO_COUNTRIES  # noqa: PLR2004 - ISO 3166-1 alpha-2


def _known_country(code: str) -> str:
    if code not in _countries():
        raise refusal("invalid-country", say("There is no country of that code. Give two letters, such as PL."))
    return code


Domains = Annotated[tuple[str, ...], BeforeValidator(_domains)]
Programmes = Annotated[tuple[str, ...], BeforeValidator(_programmes)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Seats = Annotated[int, BeforeValidator(_seats)]
End = Annotated[datetime, BeforeValidator(_end)]
Zone = Annotated[str, AfterValidator(_zone)]
KnownCountry = Annotated[Country, AfterValidator(_known_country)]
ProductWord = Annotated[str, AfterValidator(_one_of(_products))]
StatusWord = Annotated[str, AfterValidator(_one_of(lambda: frozenset(SubscriptionStatus)))]
ChannelWord = Annotated[str, AfterValidator(_one_of(lambda: frozenset(Channel)))]
