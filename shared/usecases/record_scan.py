"""The malware scan's word on a proof arrives (PROCESS.md, Checks, 6; STORAGE.md, Invariants, 11).

It is kept before anything else is looked at: a claim that is committed later finds it there. A crash behind that leaves
the message, which is delivered again; what it finds is then as new or older, and changes nothing.
"""

from datetime import datetime

from shared.domain.claim import Status
from shared.usecases.proof_scans import SCAN_STEP, awaits_scan, with_scans
from shared.usecases.reading import stored_claim
from shared.usecases.records import Queue, WorkMessage
from shared.usecases.scan_records import ScanFinding
from shared.usecases.services import Services


async def record_scan(services: Services, *, finding: ScanFinding, now: datetime) -> None:
    """Keep it, and have the claim checked where it waited for the last of its scans."""
    await services.scans.note(finding)
    claim = await stored_claim(services, finding.claim_id)
    if claim is None or claim.status is not Status.SUBMITTED:
        return
    if not awaits_scan(services, await with_scans(services, claim), now=now):
        message = WorkMessage(claim_id=claim.claim_id, step=SCAN_STEP, sent_at=now)
        await services.queue.send(Queue.VERIFY, message)
