"""What a proof's text says of what check 6 looks for (PROCESS.md, Checks)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.documents.proof_text import ProofText
from shared.documents.signature_lines import signer
from shared.documents.written_dates import written_dates
from shared.documents.written_names import SearchedText
from shared.domain.reasons import ReasonCode

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFindings:
    """What one proof holds, or several together.

    `signed` is true as well for a filled signature field that names nobody. `newest_date` is the newest of `dates` that
    is not in the future; the signer's day may be one ahead of ours.
    """

    machine_readable: bool
    customer_named: bool = False
    products_named: frozenset[str] = frozenset()
    signed: bool = False
    signed_by: str | None = None
    dates: tuple[date, ...] = ()
    newest_date: date | None = None
    active_content: bool = False


def find(
    proof: ProofText, *, customer_names: Sequence[str], product_names: Mapping[str, Sequence[str]], submitted_on: date
) -> ProofFindings:
    """Look for the customer, the products, a signature and a date.

    `customer_names` are the tenant's name and domains, `product_names` maps product IDs to what they are called.
    """
    if not proof.machine_readable:
        return ProofFindings(
            machine_readable=False, signed=proof.signature_field_filled, active_content=proof.active_content
        )
    text = SearchedText(proof.text)
    signed_by = signer(proof.text)
    dates = written_dates(proof.text)
    return ProofFindings(
        machine_readable=True,
        customer_named=any(text.holds(name) for name in customer_names),
        products_named=frozenset(
            product_id for product_id, names in product_names.items() if any(text.holds(name) for name in names)
        ),
        signed=proof.signature_field_filled or signed_by is not None,
        signed_by=signed_by,
        dates=dates,
        newest_date=max((day for day in dates if day <= submitted_on + _A_DAY), default=None),
        active_content=proof.active_content,
    )


def merge(findings: Sequence[ProofFindings]) -> ProofFindings:
    """What the proofs of one claim hold together.

    What any of them says is said, so that a scan beside a letter, or one letter per product, is enough; active content
    in any one counts against all; only where none has text is there nothing that a program can read.
    """
    return ProofFindings(
        machine_readable=any(found.machine_readable for found in findings),
        customer_named=any(found.customer_named for found in findings),
        products_named=frozenset().union(*(found.products_named for found in findings)),
        signed=any(found.signed for found in findings),
        signed_by=next((found.signed_by for found in findings if found.signed_by), None),
        dates=tuple(sorted({day for found in findings for day in found.dates})),
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
