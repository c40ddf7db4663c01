"""The audit log in memory."""

import asyncio
from datetime import datetime

from shared.storage import keys
from shared.usecases.audit_records import AuditEntry
from shared.usecases.records import ServiceUnavailableError


class FakeAuditLog:
    """The AuditLog in memory; `down` makes it fail."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.down = False

    async def record(self, entry: AuditEntry) -> None:
        """Keep it."""
        await asyncio.sleep(0)
        if self.down:
            raise ServiceUnavailableError("The audit log is down.")
        keys.checked(keys.audit_partition(entry.claim_id, entry.organisation))
        self.entries.append(entry)

    async def of_claim(self, claim_id: str) -> tuple[AuditEntry, ...]:
        """What was looked at of the claim, oldest first."""
        return self._sorted([one for one in self.entries if one.claim_id == claim_id])

    async def of_organisation(self, organisation: str, *, since: datetime) -> tuple[AuditEntry, ...]:
        """What the organisation's people looked at outside claims, oldest first."""
        return self._sorted(
            [
                one
                for one in self.entries
                if one.claim_id is None and one.organisation == organisation and one.at >= since
            ]
        )

    def _sorted(self, entries: list[AuditEntry]) -> tuple[AuditEntry, ...]:
        return tuple(sorted(entries, key=lambda one: one.at))
