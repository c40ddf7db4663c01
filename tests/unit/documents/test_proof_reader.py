"""The port of the use cases: proofs are loaded one by one and looked at together."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from shared.documents.inspection import DOCX, PDF, PNG
from shared.documents.proof_reader import DocumentProofReader
from shared.domain.check_facts import ProofFacts
from shared.domain.claim import Proof, Scan
from shared.domain.policy import Policy
from tools import sample_proofs

TODAY = date(2026, 11, 20)
SAID: dict[str, Any] = {"customer": "Alpine Outfitters", "dated": TODAY}
NAMES = {"teams": ("Microsoft Teams", "Teams"), "power-bi": ("Power BI",)}


def proof(proof_id: str, kind: str) -> Proof:
    """A stored proof of that media type."""
    return Proof(
        proof_id=proof_id,
        file_name=f"{proof_id}.x",
        content_type=kind,
        size=1,
        sha256="00",
        uploaded_at=datetime(2026, 11, 20, tzinfo=UTC),
        scan=Scan.NOT_SCANNED,
    )


async def examined(*files: tuple[str, bytes | None]) -> tuple[ProofFacts, ...]:
    """What the reader says of proofs p1, p2, … with that type and content."""
    proofs = [proof(f"p{number}", kind) for number, (kind, _) in enumerate(files, start=1)]
    contents = {one.proof_id: content for one, (_, content) in zip(proofs, files, strict=True)}

    async def load(one: Proof) -> bytes | None:
        return contents[one.proof_id]

    return await DocumentProofReader(Policy()).examine(
        proofs, load, customer_names=("Alpine Outfitters",), product_names=NAMES, submitted_on=TODAY
    )


async def test_two_proofs_cover_a_claim_together() -> None:
    """A letter for one product and a document for the other leave nothing to say."""
    one = sample_proofs.pdf_proof(**SAID, products=["Teams"])
    other = sample_proofs.docx_proof(**SAID, products=["Power BI"])
    assert await examined((PDF, one), (DOCX, other)) == (ProofFacts(proof_id="p1"), ProofFacts(proof_id="p2"))


async def test_what_is_missing_is_told_on_the_proof_with_text() -> None:
    """A scan first in line is not blamed for what the letter does not say."""
    letter = sample_proofs.pdf_proof(**SAID, products=["Teams"])
    scan, told = await examined((PNG, sample_proofs.picture()), (PDF, letter))
    assert scan == ProofFacts(proof_id="p1")
    assert told == ProofFacts(proof_id="p2", codes=("poe-no-product-mentioned",), products_missing=("power-bi",))


async def test_active_content_is_told_on_the_proof_that_has_it() -> None:
    """The reviewer is sent to the right file."""
    good = sample_proofs.pdf_proof(**SAID, products=["Teams", "Power BI"])
    script = sample_proofs.pdf_with_javascript(**SAID, products=["Teams"])
    first, second = await examined((PDF, good), (PDF, script))
    assert (first.codes, second.codes) == ((), ("poe-active-content",))


async def test_lost_and_broken_proofs_are_told_beside_the_good_one() -> None:
    """Every file has its own verdict, and none hides another's."""
    good = sample_proofs.pdf_proof(**SAID, products=["Teams", "Power BI"])
    facts = await examined((PDF, None), (DOCX, b"PK\x03\x04"), (PDF, good))
    assert {fact.proof_id: fact.codes for fact in facts} == {
        "p1": ("poe-missing",),
        "p2": ("poe-unreadable",),
        "p3": (),
    }


async def test_scans_alone_have_the_single_code_once() -> None:
    """Two pictures are one thing for a reviewer to look at."""
    picture = sample_proofs.picture()
    first, second = await examined((PNG, picture), (PNG, picture))
    assert (first.codes, second.codes) == (("poe-not-machine-readable",), ())


async def test_no_proof_no_facts() -> None:
    """Without a proof there is nothing to say."""
    assert await examined() == ()


def test_the_limit_is_the_policys() -> None:
    """The door's limit on size comes from the policy."""
    reader = DocumentProofReader(replace(Policy(), proof_max_bytes=10))
    assert reader.inspect(bytes(11), file_name="a.pdf").faults == ("poe-too-large",)
    assert reader.inspect(bytes(10), file_name="a.pdf").faults == ("poe-type",)
