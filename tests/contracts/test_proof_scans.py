"""The contract of ProofScans."""

import asyncio
from datetime import timedelta

import pytest

from shared.domain.claim import Scan
from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.proof_scans import TableProofScans
from shared.usecases.programme_ports import ProofScans
from shared.usecases.records import ServiceUnavailableError
from shared.usecases.scan_records import ScanFinding
from tests.contracts.conftest import BOTH
from tests.contracts.lossy_transport import Loss, LossyTransport
from tests.contracts.sample_claims import NOW, fresh
from tests.fakes.proof_scans import FakeProofScans

FIRST, SECOND = "1" * 64, "2" * 64


@pytest.fixture(params=BOTH)
def scans(request: pytest.FixtureRequest) -> ProofScans:
    """The fake, then the adapter."""
    return FakeProofScans() if request.param == "fake" else TableProofScans(request.getfixturevalue("clients"))


def finding(claim_id: str, scan: Scan, *, sha256: str = FIRST, minute: int = 0) -> ScanFinding:
    """What the scan says at that minute."""
    names = ("Virus:DOS/EICAR_Test_File", "Żółw") if scan is Scan.INFECTED else ()
    return ScanFinding(claim_id=claim_id, sha256=sha256, scan=scan, at=NOW + timedelta(minutes=minute), names=names)


async def test_each_claim_has_its_own_words(scans: ProofScans) -> None:
    """What was said of a claim's contents is found by their digests; other claims' are not among it."""
    mine, other = fresh(), fresh()
    assert await scans.of_claim(mine) == {}
    await scans.note(finding(mine, Scan.CLEAN))
    await scans.note(finding(mine, Scan.INFECTED, sha256=SECOND))
    await scans.note(finding(other, Scan.NOT_SCANNED))
    assert await scans.of_claim(mine) == {FIRST: Scan.CLEAN, SECOND: Scan.INFECTED}


async def test_the_latest_look_counts_in_any_order(scans: ProofScans) -> None:
    """Results may come late or again: the latest look stays, and one that could not look takes no word back."""
    claim_id = fresh()
    for scan, minute, expected in (
        (Scan.NOT_SCANNED, 0, Scan.NOT_SCANNED),
        (Scan.INFECTED, 5, Scan.INFECTED),
        (Scan.CLEAN, 1, Scan.INFECTED),
        (Scan.NOT_SCANNED, 9, Scan.INFECTED),
        (Scan.INFECTED, 5, Scan.INFECTED),
        (Scan.CLEAN, 7, Scan.CLEAN),
    ):
        await scans.note(finding(claim_id, scan, minute=minute))
        assert await scans.of_claim(claim_id) == {FIRST: expected}


async def test_results_at_once_end_with_the_latest(scans: ProofScans) -> None:
    """Whoever comes first, four results that arrive at one moment leave the latest look."""
    claim_id = fresh()
    words = [Scan.CLEAN, Scan.INFECTED, Scan.CLEAN, Scan.INFECTED]
    await asyncio.gather(*(scans.note(finding(claim_id, word, minute=minute)) for minute, word in enumerate(words)))
    assert await scans.of_claim(claim_id) == {FIRST: Scan.INFECTED}


@pytest.mark.parametrize("loss", Loss)
async def test_a_word_whose_reply_is_lost_is_kept(storage: Settings, loss: Loss) -> None:
    """Whatever becomes of the reply, the message that comes again finds the word kept, or keeps it."""
    claim_id, transport = fresh(), LossyTransport()
    async with Clients(storage, transport=transport) as clients:
        scans = TableProofScans(clients)
        transport.lose("POST", "ProofScans", loss)
        for _ in range(2):
            try:
                await scans.note(finding(claim_id, Scan.CLEAN))
                break
            except ServiceUnavailableError:
                continue
        assert transport.outstanding == 0
        assert await scans.of_claim(claim_id) == {FIRST: Scan.CLEAN}
