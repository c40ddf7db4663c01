"""Rows of a file that become claims and drafts: plain values, and what an archive of proofs must answer."""

from dataclasses import dataclass
from typing import Protocol

from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault

ROWS_AT_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One row as read: `row` counts from 1 without the header, `key` is the row's own in its organisation ("": none).

    `fields` is null, and `mpn_id` what could be read of it, where the values' own shape is wrong. `faults` have
    pointers into the claim request that the row stands for, or already `/rows/N/…`. `files` are names in the archive,
    `submits` whether a claim or a draft is wanted, `request` is the row's request as JSON values.
    """

    row: int
    key: str
    fields: ClaimFields | None
    mpn_id: str | None
    faults: tuple[Fault, ...]
    files: tuple[str, ...]
    submits: bool
    request: object


class ProofArchive(Protocol):
    """The proofs that came with the file; names are compared as text and never used as paths.

    InvalidClaimError (pointer `/proofs`) for a file that cannot be had: not there, there twice, locked or damaged.
    """

    def size_of(self, name: str) -> int:
        """How many bytes the file holds at most. InvalidClaimError."""

    def shown_name(self, name: str) -> str:
        """The name that people are shown."""

    def content(self, name: str) -> bytes:
        """The file, never more than `size_of` says. Slow: call it in a thread, and one at a time. InvalidClaimError."""
