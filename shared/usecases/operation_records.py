"""What operators look at: plain values, no service's types (API.md, Reviewers and program admins)."""

from dataclasses import dataclass
from datetime import datetime

from shared.usecases.records import DeadLetter, DeadlineRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterPlace:
    """Where a letter lies: the UTC day it failed on (`2026-11-22`), and its ID on that day."""

    day: str
    letter_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterPage:
    """Some letters, oldest day first; `behind` is where to go on, null at the end."""

    items: tuple[DeadLetter, ...]
    behind: DeadLetterPlace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRowsPage:
    """Some due rows, oldest hour first; `behind` is the row to go on from, null at the end."""

    rows: tuple[DeadlineRow, ...]
    behind: DeadlineRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """The bytes of one proof as they lie in storage, whether or not a claim names them.

    `changed_at` is the storage's own time of the last write or renewal, at which the blob was `version`.
    """

    claim_id: str
    sha256: str
    version: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProofPage:
    """Some stored proofs, in the order of their names; `behind` is where to go on, null at the end."""

    items: tuple[StoredProof, ...]
    behind: str | None
