"""PoE bytes in memory."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from shared.storage import keys
from shared.storage.proofs import ProofDamagedError
from shared.usecases.operation_records import StoredProof, StoredProofPage


class FakeProofStore:
    """The ProofStore in memory. `clock` is the storage's own, `page_blobs` how many blobs a page holds."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC), *, page_blobs: int = 2) -> None:
        self.blobs: dict[str, bytes] = {}
        self.stamps: dict[str, tuple[str, datetime]] = {}
        self._clock, self._page_blobs, self._versions = clock, page_blobs, count(1)

    async def put(self, claim_id: str, sha256: str, content: bytes) -> None:
        """Store once; what is there already must be the same, and is renewed."""
        name = keys.proof_blob(claim_id, sha256)
        if await self.get(claim_id, sha256) is None:
            self.blobs[name] = content
        self.stamps[name] = (f'"{next(self._versions)}"', self._clock())

    async def get(self, claim_id: str, sha256: str) -> bytes | None:
        """The bytes, compared with their digest; null where there are none."""
        await asyncio.sleep(0)
        content = self.blobs.get(keys.proof_blob(claim_id, sha256))
        if content is not None and hashlib.sha256(content).hexdigest() != sha256:
            raise ProofDamagedError("A stored proof is damaged.")
        return content

    async def page(self, behind: str | None) -> StoredProofPage:
        """What is stored, in the order of names."""
        await asyncio.sleep(0)
        names = [name for name in sorted(self.blobs) if behind is None or name > behind]
        shown = names[: self._page_blobs]
        items: list[StoredProof] = []
        for name in shown:
            named = keys.proof_of(name)
            if named is not None:
                version, changed_at = self.stamps[name]
                items.append(StoredProof(claim_id=named[0], sha256=named[1], version=version, changed_at=changed_at))
        return StoredProofPage(items=tuple(items), behind=shown[-1] if len(names) > len(shown) else None)

    async def delete(self, proof: StoredProof) -> bool:
        """Remove it if it is at that version."""
        await asyncio.sleep(0)
        name = keys.proof_blob(proof.claim_id, proof.sha256)
        if name not in self.blobs or self.stamps[name][0] != proof.version:
            return False
        del self.blobs[name]
        return True
