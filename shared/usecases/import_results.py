"""What became of each row of an import."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.errors import Fault


class RowOutcome(StrEnum):
    """The four ends of a row; the values are the API's."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """One row's end: `row` counts from 1 without the header, `key` names the thing as far as it could be read.

    `faults` are there for a failed row only, their pointers `/rows/N/column`; `claim_id` where the row is a claim.
    """

    row: int
    key: str
    outcome: RowOutcome
    faults: tuple[Fault, ...] = ()
    claim_id: str | None = None
