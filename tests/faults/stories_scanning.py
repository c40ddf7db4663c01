"""Flows of the malware scan: the checks wait for its word, the word arrives, and malware rejects."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.claim import Claim, Scan, Status
from shared.usecases.record_scan import record_scan
from shared.usecases.records import Queue
from shared.usecases.scan_records import ScanFinding
from shared.usecases.verify_claim import verify_claim
from tests.faults.cases import Case


@contextmanager
def _scanning(case: Case) -> Iterator[None]:
    """Scanning is switched on for this case alone."""
    case.product.switch_scanning(on=True)
    try:
        yield
    finally:
        case.product.switch_scanning(on=False)


async def _said(case: Case, claim: Claim, scan: Scan) -> None:
    """The scan speaks of the claim's proof; its message comes again until it was recorded."""
    finding = ScanFinding(claim_id=claim.claim_id, sha256=claim.proofs[0].sha256, scan=scan, at=claim.created_at)
    await record_scan(case.product.services, finding=finding, now=case.now)


async def _looked_at(case: Case, claim: Claim) -> None:
    """The checks run once, and find that the scan has not spoken."""
    message = next(one for queue, one in case.product.sent if queue is Queue.VERIFY and one.claim_id == claim.claim_id)
    await verify_claim(case.product.services, message=message, last_attempt=False, now=case.now)


async def wait(case: Case) -> None:
    """A fault while the checks begin to wait; the scan's word ends it, and the life goes on."""
    with _scanning(case):
        claim = await case.filed()
        await case.strike(lambda: case.insist(lambda: _looked_at(case, claim)))
        assert (await case.stored(claim)).status is Status.SUBMITTED
        await _said(case, claim, Scan.CLEAN)
        await case.drained()
        await case.reached(claim, Status.PENDING_CUSTOMER)
        await case.approved(claim)


async def clean(case: Case) -> None:
    """A fault while a clean word is recorded; the message comes again."""
    with _scanning(case):
        claim = await case.filed()
        await _looked_at(case, claim)
        await case.strike(lambda: case.insist(lambda: _said(case, claim, Scan.CLEAN)))
        await case.drained()
        after = await case.reached(claim, Status.PENDING_CUSTOMER)
        assert [proof.scan for proof in after.proofs] == [Scan.CLEAN]


async def malware(case: Case) -> None:
    """A fault while malware is recorded: the claim is rejected all the same, and its customer is never asked."""
    with _scanning(case):
        claim = await case.filed()
        await _looked_at(case, claim)
        await case.strike(lambda: case.insist(lambda: _said(case, claim, Scan.INFECTED)))
        await case.drained()
        assert (await case.reached(claim, Status.REJECTED)).reasons == ("poe-infected",)
        assert case.requests() == 0
