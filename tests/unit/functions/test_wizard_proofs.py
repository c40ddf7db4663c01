"""The wizard's step of the proofs says what the malware scan says of them."""

import hashlib
from dataclasses import replace

import azure.functions as func
import pytest

from functions import pages_filing
from functions.wizard_steps import Step
from shared.domain.claim import Claim, Scan
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import Role
from shared.usecases.record_scan import record_scan
from shared.usecases.scan_records import ScanFinding
from tests.claims import a_proof
from tests.fakes.product import START, FakeProduct
from tests.unit.functions.sent_requests import principal, request
from tests.unit.functions.test_operators_pages import product, text
from tests.unit.usecases.lives import live, new_claim
from tests.unit.usecases.test_story_on_fakes import PROOF

__all__ = ["product"]
SHA = hashlib.sha256(PROOF).hexdigest()


async def _shown(product: FakeProduct, claim: Claim) -> str:
    app = func.FunctionApp()
    app.register_functions(pages_filing.blueprint)
    pages = {str(one.get_function_name()): one.get_user_function() for one in app.get_functions()}
    headers = {"x-ms-client-principal": principal(claim.organisation, Role.PARTNER_ADMIN), "accept-language": "en"}
    route = {"claimId": claim.claim_id, "step": str(Step.PROOFS.value)}
    return text(await pages["show_step_page"](request(headers=headers, route=route)))


@pytest.mark.parametrize(
    ("word", "said", "linked"),
    [
        (Scan.INFECTED, "Malware was found in the file", False),
        (Scan.PENDING, "Being scanned", False),
        (Scan.CLEAN, "1 file uploaded", True),
    ],
)
async def test_a_draft_s_proof_is_shown_as_the_scan_sees_it(
    product: FakeProduct, word: Scan, said: str, linked: bool
) -> None:
    """Malware is told, and never called good; a file that nobody may have is no link."""
    await product.seed()
    product.services = replace(product.services, scanning=True)
    proof = a_proof("p1", sha256=SHA, scan=Scan.PENDING, uploaded_at=product.now)
    claim = await live(product, new_claim(product, "one", proofs=(proof,)), E.DRAFTED)
    await product.proofs.put(claim.claim_id, SHA, PROOF)
    if word is not Scan.PENDING:
        finding = ScanFinding(claim_id=claim.claim_id, sha256=SHA, scan=word, at=START)
        await record_scan(product.services, finding=finding, now=product.now)
    shown = await _shown(product, claim)
    assert said in shown
    assert (f"/proofs/{proof.proof_id}" + '" download' in shown) is linked
    if word is Scan.INFECTED:
        assert "Looks good" not in shown
        assert "nothing speaks against it" not in shown
