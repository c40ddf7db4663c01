"""PoE bytes in memory."""

import asyncio
import hashlib

from shared.storage import keys
from shared.storage.proofs import ProofDamagedError


class FakeProofStore:
    """The ProofStore in memory."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    async def put(self, claim_id: str, sha256: str, content: bytes) -> None:
        """Store once; what is there already must be the same."""
        if await self.get(claim_id, sha256) is None:
            self.blobs[keys.proof_blob(claim_id, sha256)] = content

    async def get(self, claim_id: str, sha256: str) -> bytes | None:
        """The bytes, compared with their digest; null where there are none."""
        await asyncio.sleep(0)
        content = self.blobs.get(keys.proof_blob(claim_id, sha256))
        if content is not None and hashlib.sha256(content).hexdigest() != sha256:
            raise ProofDamagedError("A stored proof is damaged.")
        return content
