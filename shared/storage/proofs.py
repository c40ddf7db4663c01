"""PoE bytes: one blob per claim and SHA-256, written once."""

import asyncio
import hashlib

from azure.core.exceptions import AzureError

from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.faults import ResourceNotFoundError, service_faults
from shared.usecases.records import ServiceUnavailableError


class ProofDamagedError(DomainError):
    """The stored bytes are not those whose SHA-256 the claim names."""

    code = "proof-damaged"


class BlobProofStore:
    """The ProofStore on the proofs container; a blob's name is its content's digest, so it never has to change."""

    def __init__(self, clients: Clients) -> None:
        self._container = clients.proofs

    async def put(self, claim_id: str, sha256: str, content: bytes) -> None:
        """Store once; the same bytes again, or after a lost reply, are a success.

        What is there already is read back and compared, for the refusal alone does not say whose bytes they are.
        ProofDamagedError where they are others, ServiceUnavailableError where none are there.
        """
        blob = self._container.get_blob_client(keys.proof_blob(claim_id, sha256))
        try:
            await blob.upload_blob(content, overwrite=False, max_concurrency=2)  # If-None-Match: *
        except AzureError as error:
            if await self.get(claim_id, sha256) is None:
                raise ServiceUnavailableError(say("The proof could not be stored.")) from error

    async def get(self, claim_id: str, sha256: str) -> bytes | None:
        """The bytes, compared with their digest; null where there are none. ProofDamagedError."""
        blob = self._container.get_blob_client(keys.proof_blob(claim_id, sha256))
        try:
            with service_faults():
                content: bytes = await (await blob.download_blob(max_concurrency=2)).readall()
        except ResourceNotFoundError:
            return None
        digest = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
        if digest != sha256:
            raise ProofDamagedError(say("A stored proof is damaged."))
        return content
