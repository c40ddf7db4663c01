"""Proofs under their retention, which the storage emulator does not have: what Azure refuses is no request's fault."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError

from shared.storage.proofs import BlobProofStore
from shared.usecases.operation_records import StoredProof

CONTENT = b"proof"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def refusal(code: str) -> HttpResponseError:
    """A refusal as the SDK raises it."""
    error = ResourceExistsError("refused", response=SimpleNamespace(status_code=409, reason="Conflict", headers={}))
    error.error_code = code  # type: ignore[attr-defined]
    return error


class ProtectedBlob:
    """A blob that is there and can be neither changed nor deleted; `code` is what the refusals say."""

    def __init__(self, code: str) -> None:
        self.code = code

    async def upload_blob(self, content: bytes, **_: Any) -> None:
        """It exists."""
        raise refusal("BlobAlreadyExists")

    async def set_blob_metadata(self, metadata: dict[str, str]) -> None:
        """It cannot be changed."""
        raise refusal(self.code)

    async def delete_blob(self, **_: Any) -> None:
        """It cannot be deleted."""
        raise refusal(self.code)

    async def download_blob(self, **_: Any) -> Any:
        """It can be read."""

        async def chunks() -> AsyncIterator[bytes]:
            yield CONTENT

        return SimpleNamespace(size=len(CONTENT), chunks=chunks)


def store(code: str) -> BlobProofStore:
    """The adapter over one such blob."""
    container = SimpleNamespace(get_blob_client=lambda _: ProtectedBlob(code))
    clients: Any = SimpleNamespace(proofs=container)
    return BlobProofStore(clients)


STORED = StoredProof(claim_id="c", sha256=DIGEST, version='"1"', changed_at=datetime(2026, 11, 2, tzinfo=UTC))


async def test_the_same_proof_again_is_a_success() -> None:
    """A request that is sent again finds its proof protected: it is stored, and the request goes on."""
    await store("BlobImmutableDueToPolicy").put("c", DIGEST, CONTENT)


async def test_an_orphan_under_retention_stays() -> None:
    """An orphan that may not be deleted yet is left for another night; the run goes on."""
    assert await store("BlobImmutableDueToPolicy").delete(STORED) is False


async def test_any_other_refusal_is_still_raised() -> None:
    """Only the retention's own refusal is taken so."""
    with pytest.raises(HttpResponseError):
        await store("LeaseIdMissing").put("c", DIGEST, CONTENT)
    with pytest.raises(HttpResponseError):
        await store("LeaseIdMissing").delete(STORED)
