"""What the malware scan says of stored proofs (STORAGE.md, Invariants, 11)."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """The scan's word on one proof's bytes: `clean`, `infected`, or `not-scanned` where it could not look.

    `at` is when the scan ended, `names` what malware it recognised.
    """

    claim_id: str
    sha256: str
    scan: Scan
    at: datetime
    names: tuple[str, ...] = ()


def outweighs(finding: ScanFinding, known: ScanFinding | None) -> bool:
    """Whether the finding replaces the one that is known: the latest look counts, and none takes a word back."""
    if known is None:
        return True
    if Scan.NOT_SCANNED in (finding.scan, known.scan) and finding.scan is not known.scan:
        return known.scan is Scan.NOT_SCANNED
    return finding.at > known.at
