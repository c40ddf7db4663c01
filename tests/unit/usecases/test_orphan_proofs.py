"""Bytes that no claim names go after a week; bytes that one names, or is about to name, never."""

import hashlib
from datetime import timedelta

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.storage import keys
from shared.usecases import delete_orphan_proofs as deleting
from shared.usecases.delete_orphan_proofs import OrphanRun, delete_orphan_proofs
from shared.usecases.operation_records import StoredProof
from tests.claims import a_proof, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim

WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


async def store(product: FakeProduct, claim: Claim, text: str) -> str:
    """Bytes of the claim; gives their name."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    await product.proofs.put(claim.claim_id, digest, content)
    return keys.proof_blob(claim.claim_id, digest)


def sha(text: str) -> str:
    """The digest that those bytes are stored under."""
    return hashlib.sha256(text.encode()).hexdigest()


async def run(product: FakeProduct) -> OrphanRun:
    """The nightly run."""
    return await delete_orphan_proofs(product.services, now=product.now)


async def drafted(product: FakeProduct, name: str = "a", *proofs: str) -> Claim:
    """A draft that names these bytes."""
    named = tuple(a_proof(f"p{number}", sha256=sha(text)) for number, text in enumerate(proofs))
    return await live(product, new_claim(product, name, proofs=named), E.DRAFTED)


async def test_only_what_nobody_names_goes() -> None:
    """Of a claim's bytes those that it names stay; the others go, and so do all of a claim that is not there."""
    product = FakeProduct()
    claim = await drafted(product, "a", "kept")
    kept = await store(product, claim, "kept")
    await store(product, claim, "orphan")
    await store(product, new_claim(product, "never made"), "lost")
    product.now += WEEK
    found = await run(product)
    assert set(product.proofs.blobs) == {kept}
    assert found == OrphanRun(looked_at=3, deleted=2, finished=True)


async def test_a_week_is_a_week() -> None:
    """Bytes that are a second younger than a week stay."""
    product = FakeProduct()
    await store(product, new_claim(product, "a"), "lost")
    product.now += WEEK - SECOND
    assert (await run(product)).deleted == 0
    product.now += SECOND
    assert (await run(product)).deleted == 1


async def test_replaced_proofs_are_named_too() -> None:
    """A proof that was replaced was filed once: it is evidence, and stays."""
    product = FakeProduct()
    claim = await live(
        product,
        new_claim(product, "a", proofs=(a_proof(sha256=sha("old"), replaced=True), a_proof("p2", sha256=sha("new")))),
        E.DRAFTED,
    )
    names = {await store(product, claim, "old"), await store(product, claim, "new")}
    product.now += 10 * WEEK
    await run(product)
    assert set(product.proofs.blobs) == names


async def test_bytes_that_are_stored_again_start_anew() -> None:
    """An orphan of old that a partner uploads again is not taken away before the claim can name it."""
    product = FakeProduct()
    claim = await drafted(product)
    name = await store(product, claim, "again")
    product.now += WEEK
    await store(product, claim, "again")
    assert (await run(product)).deleted == 0
    assert name in product.proofs.blobs


async def test_an_upload_between_look_and_deletion_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are stored again, and named, after the run has read the claim are not deleted: their version moved."""
    product = FakeProduct()
    claim = await drafted(product)
    name = await store(product, claim, "again")
    product.now += WEEK
    delete = product.proofs.delete

    async def overtaken(proof: StoredProof) -> bool:
        await store(product, claim, "again")
        await live(product, claim, an_event(E.PROOF_ADDED, proof=a_proof("p9", sha256=proof.sha256)))
        return await delete(proof)

    monkeypatch.setattr(product.proofs, "delete", overtaken)
    assert (await run(product)).deleted == 0
    assert name in product.proofs.blobs


async def test_a_claim_that_names_it_by_now_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is read again right before the deletion: what it has come to name since the first look stays."""
    product = FakeProduct()
    claim = await drafted(product)
    name = await store(product, claim, "named soon")
    product.now += WEEK
    get, looks = product.claims.get, 0

    async def moving(claim_id: str) -> object:
        nonlocal looks
        looks += 1
        if looks == 2:
            monkeypatch.setattr(product.claims, "get", get)
            await live(product, claim, an_event(E.PROOF_ADDED, proof=a_proof("p9", sha256=sha("named soon"))))
        return await get(claim_id)

    monkeypatch.setattr(product.claims, "get", moving)
    assert (await run(product)).deleted == 0
    assert name in product.proofs.blobs


async def test_a_run_is_bounded_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run looks at so many pages and no more; the next ones go on behind, and begin anew at the end."""
    monkeypatch.setattr(deleting, "PAGES_AT_MOST", 1)
    product = FakeProduct()
    for number in range(5):
        await store(product, new_claim(product, str(number)), "lost")
    product.now += WEEK
    runs = [await run(product) for _ in range(3)]
    assert [(one.looked_at, one.deleted, one.finished) for one in runs] == [(2, 2, False), (2, 2, False), (1, 1, True)]
    assert not product.proofs.blobs
    await store(product, new_claim(product, "later"), "lost")
    product.now += WEEK
    assert (await run(product)).deleted == 1


async def test_a_run_deletes_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once enough is deleted the run ends, for a mistake must not empty the store in one night."""
    monkeypatch.setattr(deleting, "DELETED_AT_MOST", 2)
    product = FakeProduct()
    for number in range(6):
        await store(product, new_claim(product, str(number)), "lost")
    product.now += WEEK
    assert (await run(product)).deleted == 2


async def test_what_is_not_ours_is_left_alone() -> None:
    """A blob whose name is no proof's is neither counted nor touched."""
    product = FakeProduct()
    product.proofs.blobs["notes.txt"] = b"somebody's"
    product.now += 10 * WEEK
    assert await run(product) == OrphanRun(looked_at=0, deleted=0, finished=True)
    assert "notes.txt" in product.proofs.blobs
