"""A claim's proofs with what the malware scan says of them (STORAGE.md, Invariants, 11).

The scan's words lie beside the claims, not in them: they come at any time, even for bytes whose claim is not committed
yet, and must get in nobody's way who edits.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Scan
from shared.usecases.records import Queue, WorkMessage
from shared.usecases.services import Services

SCAN_STEP = "scan"
PATIENCE = timedelta(minutes=15)
"""So long after its upload the checks wait for the scan of a proof; it takes seconds as a rule."""
_LOOK_AGAIN = timedelta(minutes=1)


async def with_scans(services: Services, claim: Claim, *, always: bool = False) -> Claim:
    """The claim, its proofs with the scan's latest word. One request, and none where nothing is ever scanned.

    Unless `always`: a file that was scanned on demand, or before scanning was switched off, may be infected all the
    same, which whoever hands it out must know.
    """
    scanned = services.scanning or any(proof.scan is not Scan.NOT_SCANNED for proof in claim.proofs)
    if not claim.proofs or not (scanned or always):
        return claim
    words = await services.scans.of_claim(claim.claim_id)
    return replace(
        claim, proofs=tuple(replace(proof, scan=words.get(proof.sha256, proof.scan)) for proof in claim.proofs)
    )


def awaits_scan(services: Services, claim: Claim, *, now: datetime) -> bool:
    """Whether the scan has yet to speak of a proof that counts, and there is still patience for it."""
    return services.scanning and any(
        proof.scan is Scan.PENDING and now - proof.uploaded_at < PATIENCE for proof in claim.current_proofs
    )


def is_unscanned(services: Services, claim: Claim) -> bool:
    """Whether scanning is on, and a proof that counts was not looked at."""
    looked_at = {Scan.CLEAN, Scan.INFECTED}
    return services.scanning and any(proof.scan not in looked_at for proof in claim.current_proofs)


async def look_again_after_scan(services: Services, claim: Claim, *, now: datetime) -> None:
    """Have the claim checked in a minute; the scan's word comes sooner, as a rule, and has it checked at once."""
    message = WorkMessage(claim_id=claim.claim_id, step=SCAN_STEP, sent_at=now)
    await services.queue.send(Queue.VERIFY, message, delay=_LOOK_AGAIN)
