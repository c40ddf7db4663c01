"""Who is shown what of a claim's whole record."""

import hashlib

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import Caller, NotFoundError, Role
from shared.usecases.claim_history import claim_history
from shared.usecases.proof_files import read_proof
from shared.usecases.records import ServiceUnavailableError
from tests.claims import CONTOSO, FABRIKAM, a_proof
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live, new_claim

PARTNER = Caller(organisation=CONTOSO, object_id="p-1", name="Pat", roles=frozenset({Role.PARTNER_USER}))
RIVAL = Caller(organisation=FABRIKAM, object_id="p-2", name="Riv", roles=frozenset({Role.PARTNER_ADMIN}))


async def filed(product: FakeProduct, name: str) -> Claim:
    """A claim with the bytes of its proof."""
    proof = a_proof(sha256=hashlib.sha256(b"bytes").hexdigest())
    claim = await live(product, new_claim(product, name, proofs=(proof,)), E.SUBMITTED)
    await product.proofs.put(claim.claim_id, proof.sha256, b"bytes")
    return claim


async def test_a_partner_sees_its_own_people_s_looks_only() -> None:
    """Reviewers see who looked at a proof, a partner its own organisation's looks, a rival nothing at all."""
    product = FakeProduct()
    claim = await filed(product, "h")
    for caller in (PARTNER, REVIEWER):
        await read_proof(
            product.services, caller=caller, claim_id=claim.claim_id, proof_id=claim.proofs[0].proof_id, now=product.now
        )
    partner = await claim_history(product.services, caller=PARTNER, claim_id=claim.claim_id)
    programme = await claim_history(product.services, caller=REVIEWER, claim_id=claim.claim_id)
    assert [one.actor for one in partner.looks] == [PARTNER.actor]
    assert {one.actor for one in programme.looks} == {PARTNER.actor, REVIEWER.actor}
    assert [row.event for row in partner.rows] == ["submitted"]
    assert [mail.kind.value for mail in partner.mails] == ["claim-received"]
    with pytest.raises(NotFoundError):
        await claim_history(product.services, caller=RIVAL, claim_id=claim.claim_id)


async def test_a_look_moves_nothing_and_is_not_had_without_its_record() -> None:
    """Reading a proof leaves revision and chain as they are; where it cannot be recorded, no byte is given."""
    product = FakeProduct()
    claim = await filed(product, "m")
    wanted = {"caller": REVIEWER, "claim_id": claim.claim_id, "proof_id": claim.proofs[0].proof_id, "now": product.now}
    product.audit.down = True
    with pytest.raises(ServiceUnavailableError):
        await read_proof(product.services, **wanted)  # type: ignore[arg-type]
    product.audit.down = False
    await read_proof(product.services, **wanted)  # type: ignore[arg-type]
    after = await claim_history(product.services, caller=REVIEWER, claim_id=claim.claim_id)
    assert (after.claim.revision, after.claim.history_seq) == (claim.revision, claim.history_seq)
    assert len(after.looks) == 1
