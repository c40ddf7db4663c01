"""A reviewer reads a proof's text beside what was found in it, and that is on record."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.domain.claim import Claim, Scan
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import NotFoundError, RoleMissingError
from shared.usecases.proof_files import read_proof
from shared.usecases.records import ConflictError
from shared.usecases.view_proof import ViewedProof, view_proof
from tests.claims import a_proof, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live, new_claim
from tools import sample_proofs

PDF = "application/pdf"
DAY = date(2026, 11, 2)


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def with_proof(product: FakeProduct, content: bytes, **changes: Any) -> Claim:
    """A claim under review with this one proof."""
    digest = hashlib.sha256(content).hexdigest()
    new = new_claim(product, "one", proofs=(a_proof("p1", sha256=digest, **changes),))
    await product.proofs.put(new.claim_id, digest, content)
    return await live(product, new, E.SUBMITTED, an_event(E.CHECKS_FLAGGED))


async def viewed(product: FakeProduct, claim: Claim, proof_id: str = "p1") -> ViewedProof:
    """What the reviewer sees of the proof."""
    return await view_proof(
        product.services, caller=REVIEWER, claim_id=claim.claim_id, proof_id=proof_id, now=product.now
    )


async def test_the_text_stands_beside_what_was_found(product: FakeProduct) -> None:
    """Of a proof that names one product of two, all that is there is found, and nothing else."""
    letter = sample_proofs.pdf_proof(customer="alpine.example", products=["Microsoft Teams"], dated=DAY)
    reading = (await viewed(product, await with_proof(product, letter))).reading
    assert reading is not None
    assert "Ann Example" in reading.text
    assert (reading.customer_named, reading.products_named) == (True, frozenset({"teams"}))
    assert (reading.signed_by, reading.newest_date, reading.active_content) == ("Ann Example", DAY, False)


async def test_who_looks_is_on_record(product: FakeProduct) -> None:
    """Reading the text is one look, on record with who looked at which proof."""
    claim = await with_proof(product, sample_proofs.scan_pdf())
    assert (await viewed(product, claim)).reading is not None
    looks = await product.audit.of_claim(claim.claim_id)
    assert [(one.actor, one.subject) for one in looks] == [(REVIEWER.actor, "p1")]


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (sample_proofs.broken_pdf(), {}),
        (sample_proofs.picture(), {"content_type": "image/png"}),
        (sample_proofs.scan_pdf(), {"scan": Scan.INFECTED}),
    ],
)
async def test_what_has_no_text_is_shown_without(product: FakeProduct, content: bytes, changes: dict[str, Any]) -> None:
    """A broken file, a picture and an infected file have no text to show; the page still says what they are."""
    seen = await viewed(product, await with_proof(product, content, **changes))
    assert seen.reading is None
    assert seen.proof.proof_id == "p1"


async def test_proofs_are_viewed_by_the_programme_alone(product: FakeProduct) -> None:
    """A partner has no viewer, and of a proof that is not the claim's there is nothing to see."""
    claim = await with_proof(product, sample_proofs.scan_pdf())
    partner = type(REVIEWER)(organisation=claim.organisation, object_id="p", name="Pat", roles=frozenset())
    with pytest.raises(RoleMissingError):
        await view_proof(product.services, caller=partner, claim_id=claim.claim_id, proof_id="p1", now=product.now)
    with pytest.raises(NotFoundError):
        await viewed(product, claim, "p2")


@pytest.mark.parametrize(
    ("scan", "scanning", "served"),
    [
        (Scan.CLEAN, True, True),
        (Scan.PENDING, True, False),
        (Scan.NOT_SCANNED, True, False),
        (Scan.INFECTED, True, False),
        (Scan.NOT_SCANNED, False, True),
        (Scan.INFECTED, False, False),
    ],
)
async def test_only_what_the_scan_cleared_is_handed_out(
    product: FakeProduct, scan: Scan, scanning: bool, served: bool
) -> None:
    """Where scanning is on, the bytes of a proof that was not found clean go to nobody, and no look is on record."""
    claim = await with_proof(product, sample_proofs.scan_pdf(), scan=scan)
    product.services = replace(product.services, scanning=scanning)
    try:
        await read_proof(product.services, caller=REVIEWER, claim_id=claim.claim_id, proof_id="p1", now=product.now)
    except ConflictError:
        assert not served
        assert not await product.audit.of_claim(claim.claim_id)
        assert (await viewed(product, claim)).reading is None
    else:
        assert served
