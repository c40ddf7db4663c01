"""Claims with history, slots and ledger in memory, kept as entities like the real ones, so that nothing is shared."""

import asyncio
from collections.abc import Iterable, Mapping

from shared.domain.claim import Claim, Status
from shared.domain.history import HistoryRow
from shared.domain.identifiers import tenant_of
from shared.domain.mails import MailIntent, MailKind
from shared.domain.slots import Slot
from shared.storage import entities, keys
from shared.storage.entities import Entity
from shared.usecases.records import (
    OPERATIONS_AT_MOST,
    Commit,
    ConflictError,
    ServiceUnavailableError,
    TooManyIncumbentsError,
    Versioned,
)
from tests.fakes.rows import FakeRows

_OVER = {Status.DRAFT, Status.OPTED_OUT, Status.REJECTED, Status.WITHDRAWN, Status.ENDED}


class FakeClaimStore:
    """The ClaimStore in memory."""

    def __init__(self) -> None:
        self.rows: FakeRows[Entity] = FakeRows()

    async def get(self, claim_id: str) -> Versioned[Claim] | None:
        """The claim, or null."""
        await asyncio.sleep(0)
        found = self.rows.get(tenant_of(claim_id), keys.claim_row(claim_id))
        return Versioned(value=entities.claim_of(found.value), version=found.version) if found else None

    async def commit(self, commit: Commit) -> None:
        """All of it or nothing. The same commit again is a success."""
        await asyncio.sleep(0)
        deletion = next((write for write in commit.claims if write.after is None), None)
        if deletion is not None:
            self._delete(commit.tenant_id, deletion.row.claim_id, deletion.version)
            return
        if commit.operations > OPERATIONS_AT_MOST:
            raise TooManyIncumbentsError("This decision touches more rows than can be changed at once.")
        planned = _planned(commit)
        if len({(entity["PartitionKey"], entity["RowKey"]) for entity, _ in planned}) < len(planned):
            raise ServiceUnavailableError("A transaction cannot name a row twice.")
        try:
            for entity, version in planned:
                self.rows.check(entity["PartitionKey"], entity["RowKey"], version)
        except ConflictError:
            row = commit.claims[0].row
            stored = self.rows.get(commit.tenant_id, keys.history_row(row.claim_id, row.seq))
            if stored is None or stored.value["OperationId"] != commit.operation_id:
                raise
            return
        for entity, _ in planned:
            self.rows.put(entity["PartitionKey"], entity["RowKey"], entity)

    def _delete(self, tenant_id: str, claim_id: str, version: str | None) -> None:
        if self.rows.get(tenant_id, keys.claim_row(claim_id)) is None:
            return
        self.rows.check(tenant_id, keys.claim_row(claim_id), version)
        children = [row for prefix in ("history", "mail") for row in self._children(prefix, claim_id)]
        for row in (keys.claim_row(claim_id), *(child.value["RowKey"] for child in children)):
            self.rows.delete(tenant_id, row)

    def _children(self, prefix: str, claim_id: str) -> list[Versioned[Entity]]:
        return self.rows.between(tenant_of(claim_id), *keys.children_of(prefix, claim_id))

    async def slots(self, tenant_id: str, resources: Iterable[str]) -> Mapping[str, Versioned[Slot]]:
        """The slots that exist."""
        await asyncio.sleep(0)
        found = {name: self.rows.get(tenant_id, keys.slot_row(name)) for name in resources}
        return {
            name: Versioned(value=entities.slot_of(row.value), version=row.version)
            for name, row in found.items()
            if row is not None
        }

    async def history(self, claim_id: str) -> tuple[HistoryRow, ...]:
        """The rows, in order of seq."""
        await asyncio.sleep(0)
        return tuple(entities.history_of(row.value) for row in self._children("history", claim_id))

    async def mails(self, claim_id: str) -> tuple[Versioned[MailIntent], ...]:
        """The ledger, in order of its keys."""
        await asyncio.sleep(0)
        rows = self._children("mail", claim_id)
        return tuple(Versioned(value=entities.mail_of(row.value), version=row.version) for row in rows)

    async def mail(self, claim_id: str, kind: MailKind, round_: int, n: int | None) -> Versioned[MailIntent] | None:
        """One row of the ledger."""
        await asyncio.sleep(0)
        row = self.rows.get(tenant_of(claim_id), keys.mail_row(claim_id, kind, round_, n))
        return Versioned(value=entities.mail_of(row.value), version=row.version) if row else None

    async def save_mail(self, mail: MailIntent, version: str) -> str:
        """Replace at that version; of two writers of the same value one loses."""
        await asyncio.sleep(0)
        entity = entities.mail_entity(tenant_of(mail.claim_id), mail)
        return self.rows.replace(entity["PartitionKey"], entity["RowKey"], entity, version)

    async def rewrite(self, claim: Claim, version: str) -> None:
        """Replace the claim's row alone at that version."""
        await asyncio.sleep(0)
        entity = entities.claim_entity(claim, f"rewrite-{claim.revision}")
        self.rows.replace(entity["PartitionKey"], entity["RowKey"], entity, version)

    async def revenue_claims(self, tenant_id: str, organisation: str | None) -> tuple[Claim, ...]:
        """The organisation's (null: everybody's) live revenue claims for the tenant."""
        await asyncio.sleep(0)
        claims = (entities.claim_of(row.value) for row in self.rows.between(tenant_id, *keys.CLAIMS_OF_TENANT))
        return tuple(
            claim
            for claim in claims
            if organisation in {None, claim.organisation}
            and claim.activities == ("revenue",)
            and claim.status not in _OVER
        )

    async def numbered(self, tenant_id: str, number: str) -> tuple[Claim, ...]:
        """The tenant's claims with that number."""
        await asyncio.sleep(0)
        claims = (entities.claim_of(row.value) for row in self.rows.between(tenant_id, *keys.CLAIMS_OF_TENANT))
        return tuple(claim for claim in claims if claim.number == number)


def _planned(commit: Commit) -> list[tuple[Entity, str | None]]:
    """Every row that the commit writes, and the version it must be at (null: it must not be there)."""
    planned: list[tuple[Entity, str | None]] = []
    for write in commit.claims:
        if write.after is not None:
            planned.append((entities.claim_entity(write.after, commit.operation_id), write.version))
        planned.append((entities.history_entity(commit.tenant_id, write.row), None))
        planned += [(entities.mail_entity(commit.tenant_id, mail), None) for mail in write.mails]
    planned += [(entities.slot_entity(commit.tenant_id, write.slot), write.version) for write in commit.slots]
    planned += [(entities.mail_entity(commit.tenant_id, write.mail), write.version) for write in commit.mails]
    return planned
