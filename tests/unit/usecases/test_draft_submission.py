"""A draft before and when it is submitted: what its proofs hold, and that what is submitted is what was seen."""

from dataclasses import replace

import pytest

from shared.domain.claim import Claim, Status
from shared.usecases.callers import NotFoundError, RoleMissingError
from shared.usecases.create_draft import create_draft
from shared.usecases.edit_claim import edit_claim
from shared.usecases.look_at_proofs import look_at_proofs
from shared.usecases.proof_files import add_proof
from shared.usecases.submit_draft import submit_draft
from shared.usecases.transition import PreconditionFailedError
from shared.usecases.uploads import Upload
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, REVIEWER, RIVAL, USER
from tests.unit.usecases.test_story_on_fakes import FIELDS, PROOF, stored
from tools.sample_proofs import scan_pdf


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def drafted(product: FakeProduct, *contents: bytes) -> Claim:
    """A whole draft with these files."""
    claim = await create_draft(
        product.services, caller=USER, fields=FIELDS, idempotency_key="k", payload_hash="p", now=product.now
    )
    for number, content in enumerate(contents):
        upload = Upload(file_name=f"{number}.pdf", content=content)
        claim, _ = await add_proof(
            product.services, caller=USER, claim_id=claim.claim_id, upload=upload, now=product.now
        )
    return claim


async def test_proofs_are_looked_at_before_they_are_submitted(product: FakeProduct) -> None:
    """What the check would find is told of a draft's files, and nothing is stored by it."""
    found = await look_at_proofs(
        product.services, caller=USER, claim=(claim := await drafted(product, PROOF)), now=product.now
    )
    assert [one.codes for one in found] == [()]
    scanned = await drafted(product, PROOF, scan_pdf())
    both = await look_at_proofs(product.services, caller=USER, claim=scanned, now=product.now)
    assert [one.codes for one in both] == [(), ()]
    alone = replace(scanned, proofs=scanned.proofs[1:])
    only = await look_at_proofs(product.services, caller=USER, claim=alone, now=product.now)
    assert [one.codes for one in only] == [("poe-not-machine-readable",)]
    assert (await stored(product, claim.claim_id)).revision == scanned.revision


async def test_nobody_else_looks_at_a_draft_s_proofs(product: FakeProduct) -> None:
    """Neither another organisation nor a reviewer asks what a draft's files hold; without files nothing is read."""
    claim = await drafted(product, PROOF)
    with pytest.raises(NotFoundError):
        await look_at_proofs(product.services, caller=RIVAL, claim=claim, now=product.now)
    with pytest.raises(RoleMissingError):
        await look_at_proofs(product.services, caller=REVIEWER, claim=claim, now=product.now)
    bare = replace(claim, proofs=())
    assert await look_at_proofs(product.services, caller=USER, claim=bare, now=product.now) == ()


async def test_what_is_submitted_is_the_revision_that_was_seen(product: FakeProduct) -> None:
    """A draft that changed meanwhile is not submitted, nor is its comment kept; as it is now, both are."""
    seen = await drafted(product, PROOF)
    await edit_claim(
        product.services,
        caller=USER,
        claim_id=seen.claim_id,
        fields=replace(FIELDS, claim_name="Another"),
        if_match=seen.revision,
        now=product.now,
    )
    with pytest.raises(PreconditionFailedError):
        await submit_draft(
            product.services,
            caller=PARTNER,
            claim_id=seen.claim_id,
            comment="Hello",
            if_match=seen.revision,
            now=product.now,
        )
    still = await stored(product, seen.claim_id)
    assert (still.status, still.comments) == (Status.DRAFT, ())
    after = await submit_draft(
        product.services,
        caller=PARTNER,
        claim_id=seen.claim_id,
        comment="Hello",
        if_match=still.revision,
        now=product.now,
    )
    assert (after.status, [one.text for one in after.comments]) == (Status.SUBMITTED, ["Hello"])
