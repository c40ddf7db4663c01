"""What the malware scan said, in memory."""

import asyncio
from collections.abc import Mapping

from shared.domain.claim import Scan
from shared.usecases.scan_records import ScanFinding, outweighs


class FakeProofScans:
    """The ProofScans in memory."""

    def __init__(self) -> None:
        self.findings: dict[tuple[str, str], ScanFinding] = {}

    async def note(self, finding: ScanFinding) -> None:
        """Keep it where it outweighs what is known."""
        await asyncio.sleep(0)
        place = (finding.claim_id, finding.sha256)
        if outweighs(finding, self.findings.get(place)):
            self.findings[place] = finding

    async def of_claim(self, claim_id: str) -> Mapping[str, Scan]:
        """The words on the claim's contents."""
        await asyncio.sleep(0)
        return {sha256: found.scan for (of, sha256), found in self.findings.items() if of == claim_id}
