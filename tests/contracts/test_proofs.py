"""The contract of ProofStore."""

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from shared.storage.clients import PIECE, Clients
from shared.storage.proofs import BlobProofStore, ProofDamagedError
from shared.usecases.operation_records import StoredProof
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


@pytest.mark.parametrize("size", [0, 1, 1000, PIECE, PIECE + 1])
async def test_bytes_come_back_as_they_went(proofs: ProofStore, size: int) -> None:
    """Stored bytes come back equal, whatever their number."""
    content, claim_id = secrets.token_bytes(size), claim().claim_id
    await proofs.put(claim_id, digest(content), content)
    assert await proofs.get(claim_id, digest(content)) == content


@pytest.mark.parametrize("content", [b"proof", b"proof" * PIECE], ids=["small", "in pieces"])
async def test_the_same_bytes_again_are_a_success(proofs: ProofStore, content: bytes) -> None:
    """The same proof stored again, one after the other or at once, is one proof."""
    claim_id = claim().claim_id
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


async def stored(proofs: ProofStore, claim_id: str) -> list[StoredProof]:
    """What is stored for the claim, page by page."""
    found: list[StoredProof] = []
    behind: str | None = None
    while True:
        page = await proofs.page(behind)
        found += [one for one in page.items if one.claim_id == claim_id]
        behind = page.behind
        if behind is None:
            return found


async def test_everything_stored_is_listed(proofs: ProofStore) -> None:
    """Each stored proof is listed once, by claim and digest, with the time it was written."""
    claim_id, contents = claim().claim_id, [secrets.token_bytes(10) for _ in range(5)]
    before = datetime.now(UTC) - timedelta(minutes=1)
    for content in contents:
        await proofs.put(claim_id, digest(content), content)
    found = await stored(proofs, claim_id)
    assert sorted(one.sha256 for one in found) == sorted(digest(content) for content in contents)
    assert all(before < one.changed_at < before + timedelta(minutes=2) for one in found)


async def test_a_listed_proof_is_deleted_once(proofs: ProofStore) -> None:
    """A proof that stands as it was listed is gone afterwards; deleting it again does nothing, and others stay."""
    claim_id = claim().claim_id
    for content in (b"one", b"two"):
        await proofs.put(claim_id, digest(content), content)
    (one,) = [found for found in await stored(proofs, claim_id) if found.sha256 == digest(b"one")]
    assert await proofs.delete(one)
    assert await proofs.get(claim_id, digest(b"one")) is None
    assert await proofs.get(claim_id, digest(b"two")) == b"two"
    assert not await proofs.delete(one)


async def test_a_proof_that_was_stored_again_is_not_deleted(proofs: ProofStore) -> None:
    """The same bytes stored again are a new version: whoever listed the old one cannot delete them."""
    claim_id = claim().claim_id
    await proofs.put(claim_id, digest(b"again"), b"again")
    (listed,) = await stored(proofs, claim_id)
    await proofs.put(claim_id, digest(b"again"), b"again")
    assert not await proofs.delete(listed)
    assert await proofs.get(claim_id, digest(b"again")) == b"again"
    (renewed,) = await stored(proofs, claim_id)
    assert renewed.version != listed.version
    assert await proofs.delete(renewed)


async def test_storing_and_deleting_at_once_never_loses_what_was_stored(proofs: ProofStore) -> None:
    """However a deletion falls between the steps of an upload, bytes whose storing was acknowledged last are there."""
    claim_id = claim().claim_id
    for _ in range(10):
        await proofs.put(claim_id, digest(b"race"), b"race")
        (listed,) = await stored(proofs, claim_id)
        await asyncio.gather(proofs.delete(listed), proofs.put(claim_id, digest(b"race"), b"race"))
        assert await proofs.get(claim_id, digest(b"race")) == b"race"


async def test_a_place_that_means_nothing_begins_anew(clients: Clients) -> None:
    """A remembered place that the service refuses does not stop the walk for ever."""
    page = await BlobProofStore(clients).page("not a marker of anybody's")
    assert page.items or page.behind is None


async def test_blobs_of_others_are_passed_over(clients: Clients) -> None:
    """A blob whose name is no proof's is not listed."""
    await clients.proofs.get_blob_client("notes/readme.txt").upload_blob(b"x", overwrite=True)
    page = await BlobProofStore(clients).page(None)
    assert all(one.claim_id != "notes" for one in page.items)
