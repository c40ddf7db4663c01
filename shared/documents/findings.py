"""What a proof's text says of what check 6 looks for (PROCESS.md, Checks).

All patterns are linear: each looks at a bounded piece of a line, so that no text can make them slow.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.documents.proof_text import ProofText
from shared.domain.reasons import ReasonCode

_SIGNED = re.compile(
    r"(?:signed by|podpisa[lł](?:\(a\)|a)?) ?:[ \t]{0,20}([^\n]{0,200})(?:\n([^\n]{0,200}))?", re.IGNORECASE
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_LABELLED = re.compile(r"\b(?:date|data) ?:[ \t\n]{0,20}([^\n]{4,60})", re.IGNORECASE)
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})\.? ([a-ząćęłńóśźż]{3,14}),? (\d{4})(?!\d)", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([a-z]{3,14}) (\d{1,2}),? (\d{4})(?!\d)", re.IGNORECASE)
_PLACEHOLDERS = frozenset({"name", "name and title", "imie i nazwisko", "n/a", "tbd"})
_LABELS = ("date", "data", "title", "stanowisko", "signature", "podpis", "name", "imie")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "stycznia"),
            ("february", "feb", "lutego"),
            ("march", "mar", "marca"),
            ("april", "apr", "kwietnia"),
            ("may", "maj", "maja"),
            ("june", "jun", "czerwca"),
            ("july", "jul", "lipca"),
            ("august", "aug", "sierpnia"),
            ("september", "sep", "wrzesnia"),
            ("october", "oct", "pazdziernika"),
            ("november", "nov", "listopada"),
            ("december", "dec", "grudnia"),
        ),
        start=1,
    )
    for name in names
}
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFindings:
    """What one proof holds, or several together: `newest_date` is the newest that is not in the future."""

    machine_readable: bool
    customer_named: bool = False
    products_named: frozenset[str] = frozenset()
    signed: bool = False
    newest_date: date | None = None
    active_content: bool = False


def find(
    proof: ProofText, *, customer_names: Sequence[str], product_names: Mapping[str, Sequence[str]], submitted_on: date
) -> ProofFindings:
    """Look for the customer, the products, a signature and a date. `product_names` maps product IDs to their names."""
    if not proof.machine_readable:
        return ProofFindings(machine_readable=False, active_content=proof.active_content)
    folded = f" {_folded(proof.text)} "
    known = [found for found in _dates(proof.text) if found <= submitted_on + _A_DAY]
    return ProofFindings(
        machine_readable=True,
        customer_named=any(_is_in(name, folded) for name in customer_names),
        products_named=frozenset(
            product_id for product_id, names in product_names.items() if any(_is_in(name, folded) for name in names)
        ),
        signed=proof.signature_field_filled or _signer(proof.text) is not None,
        newest_date=max(known, default=None),
        active_content=proof.active_content,
    )


def merge(findings: Sequence[ProofFindings]) -> ProofFindings:
    """What the proofs of one claim hold together: what any of them says is said; active content in any one counts."""
    return ProofFindings(
        machine_readable=any(found.machine_readable for found in findings),
        customer_named=any(found.customer_named for found in findings),
        products_named=frozenset().union(*(found.products_named for found in findings)),
        signed=any(found.signed for found in findings),
        newest_date=max((found.newest_date for found in findings if found.newest_date), default=None),
        active_content=any(found.active_content for found in findings),
    )


def codes(found: ProofFindings, *, products: Sequence[str], submitted_on: date, age_months: int) -> tuple[str, ...]:
    """The reason codes that stand against the findings, in the order of PROCESS.md."""
    against: list[str] = []
    if found.active_content:
        against.append(ReasonCode.POE_ACTIVE_CONTENT)
    if not found.machine_readable:
        return (*against, ReasonCode.POE_NOT_MACHINE_READABLE)
    if found.newest_date is None:
        against.append(ReasonCode.POE_NO_DATE)
    elif found.newest_date < months_before(submitted_on, age_months):
        against.append(ReasonCode.POE_OLDER_THAN_12_MONTHS)
    if not found.customer_named:
        against.append(ReasonCode.POE_NO_CUSTOMER_NAME)
    if set(products) - found.products_named:
        against.append(ReasonCode.POE_NO_PRODUCT_MENTIONED)
    if not found.signed:
        against.append(ReasonCode.POE_NO_SIGNATURE_FOUND)
    return tuple(against)


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - _A_DAY).day  # noqa: PLR2004 - December
    return date(year, month + 1, min(day.day, last))


def _folded(text: str) -> str:
    """Lower case, without accents, every run of other characters one space: line breaks and hyphens do not matter."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    kept = "".join(
        character if character.isalnum() else " " for character in plain if not unicodedata.combining(character)
    )
    return " ".join(kept.split())


def _is_in(name: str, folded: str) -> bool:
    wanted = _folded(name)
    return bool(wanted) and f" {wanted} " in folded


def _signer(text: str) -> str | None:
    """The name on a signature line; underscores, dots, labels and placeholders are none."""
    for match in _SIGNED.finditer(text):
        for line in match.groups():
            name = _folded(line or "")
            if name in _PLACEHOLDERS or any(name.startswith(label) for label in _LABELS):
                break
            if sum(character.isalpha() for character in name) > 1:
                return (line or "").strip()
    return None


def _dates(text: str) -> Iterator[date]:
    """Every ISO date, and those in other spellings behind `Date:` or `Data:`; day before month where it is unclear."""
    for match in _ISO.finditer(text):
        yield from _valid(int(match[1]), int(match[2]), int(match[3]))
    for label in _LABELLED.finditer(text):
        written = unicodedata.normalize("NFC", label[1])
        for match in _DOTTED.finditer(written):
            yield from _valid(int(match[3]), int(match[2]), int(match[1]))
        for match in _NAMED.finditer(written):
            yield from _valid(int(match[3]), _month(match[2]), int(match[1]))
        for match in _NAMED_FIRST.finditer(written):
            yield from _valid(int(match[3]), _month(match[1]), int(match[2]))


def _month(name: str) -> int:
    return _MONTHS.get(_folded(name), 0)


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
