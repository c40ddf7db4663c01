"""PoE bytes: one blob per claim and SHA-256, written once."""

import asyncio
import hashlib
import io
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceModifiedError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient, StorageStreamDownloader

from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.faults import ResourceExistsError, ResourceNotFoundError, service_faults
from shared.usecases.operation_records import StoredProof, StoredProofPage
from shared.usecases.records import ServiceUnavailableError

_TRIES = 3
# Whoever files the same bytes at this moment renews them once: so many of them may be met.
_READS = 12
# The retention of proofs (infra/storage.bicep): for its time nobody changes or deletes them, the app neither.
_PROTECTED = frozenset({"BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"})
_BLOBS_PER_PAGE = 500


class ProofDamagedError(DomainError):
    """The stored bytes are not those whose SHA-256 the claim names."""

    code = "proof-damaged"


class BlobProofStore:
    """The ProofStore on the proofs container; a blob's name is its content's digest, so it never has to change."""

    def __init__(self, clients: Clients) -> None:
        self._container = clients.proofs

    async def put(self, claim_id: str, sha256: str, content: bytes) -> None:
        """Store once; the same bytes again, or after a lost reply, are a success.

        What is there already is read back and compared, for the refusal alone does not say whose bytes they are; then
        it is renewed, so that nobody takes it for an orphan of old while a claim is about to name it.
        ProofDamagedError where they are others, ServiceUnavailableError where none are there.
        """
        blob = self._container.get_blob_client(keys.proof_blob(claim_id, sha256))
        for _ in range(_TRIES):
            try:
                await blob.upload_blob(content, overwrite=False, max_concurrency=2)  # If-None-Match: *
            except AzureError as error:
                there = await self.get(claim_id, sha256) is not None
                if not there and not isinstance(error, ResourceExistsError):
                    raise ServiceUnavailableError(say("The proof could not be stored.")) from error
                if not there or not await self._renewed(blob):
                    continue  # deleted as an orphan at this very moment
            return
        raise ServiceUnavailableError(say("The proof could not be stored."))

    async def _renewed(self, blob: BlobClient) -> bool:
        """Give the blob a new version and time; false where it is gone. One that is protected cannot be lost."""
        try:
            with service_faults():
                await blob.set_blob_metadata({})
        except ResourceNotFoundError:
            return False
        except HttpResponseError as error:
            if not _is_protected(error):
                raise
        return True

    async def get(self, claim_id: str, sha256: str) -> bytes | None:
        """The bytes, compared with their digest; null where there are none. ProofDamagedError."""
        blob = self._container.get_blob_client(keys.proof_blob(claim_id, sha256))
        for _ in range(_READS):
            try:
                with service_faults():
                    content, digest = await _read(await blob.download_blob(max_concurrency=2))
            except ResourceNotFoundError:
                return None
            except ResourceModifiedError:
                continue  # renewed between two pieces, which are all of one version
            break
        else:
            raise ServiceUnavailableError(say("The storage did not answer."))
        if digest != sha256:
            raise ProofDamagedError(say("A stored proof is damaged."))
        return content

    async def page(self, behind: str | None) -> StoredProofPage:
        """What is stored, 500 blobs at a time; a place that the service does not know any more begins anew."""
        listed = self._container.list_blobs(results_per_page=_BLOBS_PER_PAGE)
        pages: Any = listed.by_page(continuation_token=behind)
        found: list[StoredProof] = []
        try:
            with service_faults():
                page = await anext(pages, None)
                if page is not None:
                    found = [proof async for blob in page if (proof := _stored(blob)) is not None]
        except HttpResponseError:
            if behind is None:
                raise
            return await self.page(None)
        return StoredProofPage(items=tuple(found), behind=pages.continuation_token or None)

    async def delete(self, proof: StoredProof) -> bool:
        """Remove it if it is at that version; after a lost reply it may be gone and the answer still no.

        What is protected stays, and is asked for again another night.
        """
        blob = self._container.get_blob_client(keys.proof_blob(proof.claim_id, proof.sha256))
        try:
            with service_faults():
                await blob.delete_blob(etag=proof.version, match_condition=MatchConditions.IfNotModified)
        except (ResourceNotFoundError, ResourceModifiedError):
            return False
        except HttpResponseError as error:
            if not _is_protected(error):
                raise
            return False
        return True


async def _read(download: StorageStreamDownloader[bytes]) -> tuple[bytes, str]:
    """All bytes and their SHA-256, taken in piece by piece, so that no second copy of a large proof is made."""
    content, digest = io.BytesIO(), hashlib.sha256()
    if download.size:  # made as large as it will be: growing, it would move and leave its old place behind
        content.seek(download.size - 1)
        content.write(b"\0")
        content.seek(0)
    async for piece in download.chunks():
        await asyncio.to_thread(digest.update, piece)
        content.write(piece)
    return content.getvalue(), digest.hexdigest()


def _is_protected(error: HttpResponseError) -> bool:
    """Whether the service refused because of the proofs' retention."""
    return getattr(error, "error_code", None) in _PROTECTED


def _stored(blob: BlobProperties) -> StoredProof | None:
    """The proof that a listed blob is; null for one that is none of ours."""
    named = keys.proof_of(str(blob.name))
    if named is None:
        return None
    return StoredProof(claim_id=named[0], sha256=named[1], version=_quoted(blob.etag), changed_at=blob.last_modified)


def _quoted(etag: str) -> str:
    """An entity tag as conditions want it: lists give it without its quotes."""
    return etag if etag.startswith('"') else f'"{etag}"'
