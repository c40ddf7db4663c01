"""Proofs that are stored again while they are read, piece by piece: the bytes are the same, the version is not."""

import hashlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ResourceModifiedError

from shared.storage.proofs import BlobProofStore
from shared.usecases.records import ServiceUnavailableError

PIECES = (b"first ", b"second")
CONTENT = b"".join(PIECES)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class RenewedBlob:
    """A blob that is renewed behind its first piece, as often as that."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def download_blob(self, **_: Any) -> Any:
        """Its pieces, up to the one at which it changed."""
        self.times -= 1

        async def chunks() -> AsyncIterator[bytes]:
            yield PIECES[0]
            if self.times >= 0:
                response: Any = SimpleNamespace(status_code=412, reason="Precondition Failed", headers={})
                raise ResourceModifiedError("changed", response=response)
            yield PIECES[1]

        return SimpleNamespace(size=len(CONTENT), chunks=chunks)


def store(times: int) -> BlobProofStore:
    """The adapter over one such blob."""
    blob = RenewedBlob(times)
    clients: Any = SimpleNamespace(proofs=SimpleNamespace(get_blob_client=lambda _: blob))
    return BlobProofStore(clients)


@pytest.mark.parametrize("times", [0, 1, 2])
async def test_a_proof_renewed_meanwhile_is_read_again(times: int) -> None:
    """A reader gets the whole proof, however it was renewed between two pieces."""
    assert await store(times).get("c", DIGEST) == CONTENT


async def test_a_proof_renewed_without_end_is_a_fault_of_the_moment() -> None:
    """What never stands still is no missing proof: whoever asked may ask again."""
    with pytest.raises(ServiceUnavailableError):
        await store(1000).get("c", DIGEST)
