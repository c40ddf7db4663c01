"""Idempotency keys in memory."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.storage import keys
from shared.storage.idempotency import LEASE
from shared.usecases.records import ConflictError, InFlightError, KeyReusedError, KnownKey, Ticket
from tests.fakes.rows import FakeRows


@dataclass(frozen=True)
class KeyRow:
    """One key; `lease_until` null once the claim is made."""

    claim_id: str
    payload_hash: str
    lease_until: datetime | None


class FakeIdempotency:
    """The Idempotency in memory."""

    def __init__(self) -> None:
        self.rows: FakeRows[KeyRow] = FakeRows()

    async def begin(
        self, *, organisation: str, key: str, payload_hash: str, claim_id: str, now: datetime
    ) -> Ticket | str:
        """A ticket, or the ID of the claim that this key made."""
        await asyncio.sleep(0)
        digest = keys.key_digest(key)
        row = KeyRow(claim_id=claim_id, payload_hash=payload_hash, lease_until=now + LEASE)
        stored = self.rows.get(organisation, digest)
        if stored is not None:
            if (stored.value.claim_id, stored.value.payload_hash) != (claim_id, payload_hash):
                raise KeyReusedError("This Idempotency-Key was used for another request. Use a new key.")
            if stored.value.lease_until is None:
                return stored.value.claim_id
            if now < stored.value.lease_until:
                raise InFlightError("A request with this Idempotency-Key is being worked on.")
        return Ticket(
            organisation=organisation,
            key_digest=digest,
            claim_id=claim_id,
            payload_hash=payload_hash,
            version=self.rows.put(organisation, digest, row),
            taken_over=stored is not None,
        )

    async def finish(self, ticket: Ticket) -> None:
        """The claim exists, unless somebody took the ticket over."""
        await asyncio.sleep(0)
        done = KeyRow(claim_id=ticket.claim_id, payload_hash=ticket.payload_hash, lease_until=None)
        if self._holds(ticket):
            self.rows.put(ticket.organisation, ticket.key_digest, done)

    async def abandon(self, ticket: Ticket) -> None:
        """The key is free again, unless somebody took the ticket over."""
        await asyncio.sleep(0)
        if self._holds(ticket):
            self.rows.delete(ticket.organisation, ticket.key_digest)

    async def look(self, *, organisation: str, key: str) -> KnownKey | None:
        """What is known of the key, or null."""
        await asyncio.sleep(0)
        stored = self.rows.get(organisation, keys.key_digest(key))
        if stored is None:
            return None
        row = stored.value
        return KnownKey(claim_id=row.claim_id, payload_hash=row.payload_hash, made=row.lease_until is None)

    def _holds(self, ticket: Ticket) -> bool:
        try:
            self.rows.check(ticket.organisation, ticket.key_digest, ticket.version)
        except ConflictError:
            return False
        return True
