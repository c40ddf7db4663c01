"""The digests' ledger in memory."""

import asyncio

from shared.storage import keys
from shared.usecases.digest_records import Digest, DigestKind
from shared.usecases.records import Versioned
from tests.fakes.rows import FakeRows


class FakeDigests:
    """The DigestLedger in memory."""

    def __init__(self) -> None:
        self.rows: FakeRows[Digest] = FakeRows()

    async def newest(self, kind: DigestKind) -> Versioned[Digest] | None:
        """The row of the latest day."""
        await asyncio.sleep(0)
        return next(iter(self.rows.partition(kind.value)), None)

    async def save(self, digest: Digest, version: str | None) -> str:
        """Write it. ConflictError where it moved."""
        await asyncio.sleep(0)
        place = (digest.kind.value, keys.digest_row(digest.day))
        return self.rows.insert(*place, digest) if version is None else self.rows.replace(*place, digest, version)
