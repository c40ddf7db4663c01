"""Bytes of proofs that no claim names go after a week (STORAGE.md, Order of writes).

They are what a crash between the bytes and the claim's row leaves, a file that was refused later, a draft that was
thrown away. A claim may be about to name bytes at any moment; this is what keeps them safe:
- bytes that are stored again are renewed, and nothing is touched that was written or renewed within the week;
- the claim is read again right before the deletion;
- the deletion is for the version that was listed: one that was renewed meanwhile stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.usecases.operation_records import StoredProof
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services

KEPT_FOR = timedelta(days=7)
PAGES_AT_MOST = 40
DELETED_AT_MOST = 1000
WALK = "orphan-proofs"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanRun:
    """What one run did: how many stored proofs it looked at, how many it deleted, whether it came to the end."""

    looked_at: int
    deleted: int
    finished: bool


async def delete_orphan_proofs(services: Services, *, now: datetime) -> OrphanRun:
    """Look at the next pages of what is stored, from where the last run stopped, and delete the orphans among them."""
    place = await services.walk_places.get(WALK)
    looked_at = deleted = 0
    for _ in range(PAGES_AT_MOST):
        page = await services.proofs.page(place)
        looked_at += len(page.items)
        deleted += await _delete_among(services, page.items, now=now)
        place = page.behind
        await services.walk_places.put(WALK, place)
        if place is None or deleted >= DELETED_AT_MOST:
            break
    return OrphanRun(looked_at=looked_at, deleted=deleted, finished=place is None)


async def _delete_among(services: Services, proofs: tuple[StoredProof, ...], *, now: datetime) -> int:
    """How many of the page's proofs were orphans. Those of one claim lie together: one look clears most of them."""
    deleted = 0
    named: frozenset[str] = frozenset()
    claim_id: str | None = None
    for proof in proofs:
        if proof.changed_at > now - KEPT_FOR:
            continue
        if proof.claim_id != claim_id:
            claim_id, named = proof.claim_id, await _named(services, proof.claim_id)
        if proof.sha256 in named or proof.sha256 in await _named(services, proof.claim_id):
            continue
        deleted += await services.proofs.delete(proof)
    return deleted


async def _named(services: Services, claim_id: str) -> frozenset[str]:
    """The proofs that the claim names, replaced ones too; none where there is no such claim."""
    claim = await stored_claim(services, claim_id)
    return frozenset(proof.sha256 for proof in claim.proofs) if claim else frozenset()
