"""The contract of ProofStore."""

import asyncio
import hashlib
import secrets

import pytest

from shared.storage.proofs import BlobProofStore, ProofDamagedError
from shared.usecases.ports import ProofStore
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import claim
from tests.fakes.proofs import FakeProofStore


@pytest.fixture(params=BOTH)
def proofs(request: pytest.FixtureRequest) -> ProofStore:
    """The fake, then the adapter."""
    return FakeProofStore() if request.param == "fake" else BlobProofStore(request.getfixturevalue("clients"))


def digest(content: bytes) -> str:
    """The SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("size", [1, 1000, 900_000])
async def test_bytes_come_back_as_they_went(proofs: ProofStore, size: int) -> None:
    """Stored bytes come back equal, whatever their number."""
    content, claim_id = secrets.token_bytes(size), claim().claim_id
    await proofs.put(claim_id, digest(content), content)
    assert await proofs.get(claim_id, digest(content)) == content


async def test_the_same_bytes_again_are_a_success(proofs: ProofStore) -> None:
    """The same proof stored again, one after the other or at once, is one proof."""
    content, claim_id = b"proof", claim().claim_id
    await proofs.put(claim_id, digest(content), content)
    await asyncio.gather(*(proofs.put(claim_id, digest(content), content) for _ in range(4)))
    assert await proofs.get(claim_id, digest(content)) == content


async def test_bytes_that_are_not_there_are_null(proofs: ProofStore) -> None:
    """A digest that was never stored, or for another claim only, gives null."""
    content = b"proof"
    await proofs.put(claim().claim_id, digest(content), content)
    assert await proofs.get(claim().claim_id, digest(content)) is None


async def test_other_bytes_are_never_served(proofs: ProofStore) -> None:
    """Bytes that do not fit their digest are refused on reading, and what is stored is never taken for the right."""
    right, wrong, claim_id = b"proof", b"prooF", claim().claim_id
    await proofs.put(claim_id, digest(right), wrong)
    with pytest.raises(ProofDamagedError):
        await proofs.get(claim_id, digest(right))
    with pytest.raises(ProofDamagedError):
        await proofs.put(claim_id, digest(right), right)
