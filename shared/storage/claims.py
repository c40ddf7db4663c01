"""Claims, history, slots and the mail ledger: one partition per tenant, one transaction per commit."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from azure.core.exceptions import AzureError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from shared.domain.claim import Claim, Status
from shared.domain.history import HistoryRow
from shared.domain.identifiers import tenant_of
from shared.domain.mails import MailIntent, MailKind
from shared.domain.sayings import say
from shared.domain.slots import Slot
from shared.storage import entities, keys, odata
from shared.storage.clients import Clients
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import if_match, read_row
from shared.usecases.records import (
    OPERATIONS_AT_MOST,
    ClaimWrite,
    Commit,
    ConflictError,
    ServiceUnavailableError,
    TooManyIncumbentsError,
    Versioned,
)

_LIVE = frozenset(
    {Status.SUBMITTED, Status.UNDER_REVIEW, Status.ACTION_REQUIRED, Status.PENDING_CUSTOMER, Status.APPROVED}
)
Operation = tuple[str, entities.Entity] | tuple[str, entities.Entity, Mapping[str, Any]]


class TableClaimStore:
    """The ClaimStore on the Claims table."""

    def __init__(self, clients: Clients) -> None:
        self._table: TableClient = clients.table(Table.CLAIMS)

    async def get(self, claim_id: str) -> Versioned[Claim] | None:
        """The claim, or null where there is none."""
        entity = await self._entity(tenant_of(claim_id), keys.claim_row(claim_id))
        if entity is None:
            return None
        return Versioned(value=entities.claim_of(entity), version=entities.version_of(entity))

    async def commit(self, commit: Commit) -> None:
        """All of it or nothing (STORAGE.md, Order of writes).

        A write can succeed and be reported as failed: on any error the history row is read back, and if it carries this
        commit's operation ID the commit is a success. ConflictError where it is not and a row had moved,
        ServiceUnavailableError where nobody can tell, TooManyIncumbentsError before anything is sent.
        """
        deletion = next((write for write in commit.claims if write.after is None), None)
        operations, rest = await self._deletion(commit, deletion) if deletion else (_operations(commit), [])
        if len(operations) > OPERATIONS_AT_MOST:
            raise TooManyIncumbentsError(say("This decision touches more rows than can be changed at once."))
        try:
            await self._table.submit_transaction(operations)
        except AzureError as error:
            if not await self._happened(commit, deletion):
                if is_conflict(error):
                    raise ConflictError(say("The claim has changed meanwhile.")) from error
                raise ServiceUnavailableError(say("The storage did not answer.")) from error
        for row in rest:
            with service_faults():
                await self._table.delete_entity(row)

    async def _happened(self, commit: Commit, deletion: ClaimWrite | None) -> bool:
        """Whether the transaction whose reply was an error took place after all."""
        write = deletion or commit.claims[0]
        if deletion is not None:
            return await self._entity(commit.tenant_id, keys.claim_row(write.row.claim_id)) is None
        row = await self._entity(commit.tenant_id, keys.history_row(write.row.claim_id, write.row.seq))
        return row is not None and row["OperationId"] == commit.operation_id

    async def _deletion(self, commit: Commit, write: ClaimWrite) -> tuple[list[Operation], list[entities.Entity]]:
        """The transaction that deletes a draft with its rows, and the rows that it cannot hold.

        Those go one by one, once the claim is gone; a crash leaves some of them as orphans that nothing names.
        """
        claim_id = write.row.claim_id
        own = {"PartitionKey": commit.tenant_id, "RowKey": keys.claim_row(claim_id)}
        children: list[entities.Entity] = []
        for prefix in ("history", "mail"):
            rows = self._rows(commit.tenant_id, *keys.children_of(prefix, claim_id))
            children += [{"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]} async for row in rows]
        together = children[: OPERATIONS_AT_MOST - 1]
        operations: list[Operation] = [
            ("delete", own, if_match(write.version or "")),
            *(("delete", row) for row in together),
        ]
        return operations, children[len(together) :]

    async def slots(self, tenant_id: str, resources: Iterable[str]) -> Mapping[str, Versioned[Slot]]:
        """The slots that exist, by resource; each is a point read."""
        names = list(resources)
        found = await asyncio.gather(*(self._entity(tenant_id, keys.slot_row(name)) for name in names))
        return {
            name: Versioned(value=entities.slot_of(entity), version=entities.version_of(entity))
            for name, entity in zip(names, found, strict=True)
            if entity is not None
        }

    async def history(self, claim_id: str) -> tuple[HistoryRow, ...]:
        """The claim's rows, in order of seq."""
        rows = self._rows(tenant_of(claim_id), *keys.children_of("history", claim_id))
        return tuple([entities.history_of(entity) async for entity in rows])

    async def mails(self, claim_id: str) -> tuple[Versioned[MailIntent], ...]:
        """The claim's send ledger, in order of its keys."""
        rows = self._rows(tenant_of(claim_id), *keys.children_of("mail", claim_id))
        return tuple(
            [Versioned(value=entities.mail_of(entity), version=entities.version_of(entity)) async for entity in rows]
        )

    async def mail(self, claim_id: str, kind: MailKind, round_: int, n: int | None) -> Versioned[MailIntent] | None:
        """One row of the ledger."""
        entity = await self._entity(tenant_of(claim_id), keys.mail_row(claim_id, kind, round_, n))
        if entity is None:
            return None
        return Versioned(value=entities.mail_of(entity), version=entities.version_of(entity))

    async def save_mail(self, mail: MailIntent, version: str) -> str:
        """Replace a ledger row at that version; a lost reply is cleared up by reading back.

        Two workers may write the same value, and one of them must lose: so each write has an ID of its own to compare.
        """
        row = {**entities.mail_entity(tenant_of(mail.claim_id), mail), "WriteId": secrets.token_hex(16)}
        try:
            answer = await self._table.update_entity(row, mode=UpdateMode.REPLACE, **if_match(version))
        except AzureError as error:
            stored = await self._entity(row["PartitionKey"], row["RowKey"])
            if stored is not None and stored.get("WriteId") == row["WriteId"]:
                return entities.version_of(stored)
            if is_conflict(error):
                raise ConflictError(say("The mail's row has changed meanwhile.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return str(answer["etag"])

    async def rewrite(self, claim: Claim, version: str) -> None:
        """Replace the claim's row alone at that version; a lost reply is cleared up by reading back."""
        row = entities.claim_entity(claim, secrets.token_hex(16))
        try:
            await self._table.update_entity(row, mode=UpdateMode.REPLACE, **if_match(version))
        except AzureError as error:
            stored = await self._entity(row["PartitionKey"], row["RowKey"])
            if stored is not None and stored.get("OperationId") == row["OperationId"]:
                return
            if is_conflict(error):
                raise ConflictError(say("The claim has changed meanwhile.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error

    async def revenue_claims(self, tenant_id: str, organisation: str | None) -> tuple[Claim, ...]:
        """The organisation's (null: everybody's) live revenue claims for the tenant."""
        whose = () if organisation is None else (odata.equal("Organisation", organisation),)
        conditions = odata.every(
            (
                odata.rows_between(tenant_id, *keys.CLAIMS_OF_TENANT),
                *whose,
                odata.equal("Activities", "revenue"),
            )
        )
        with service_faults():
            claims = [entities.claim_of(entity) async for entity in self._table.query_entities(conditions)]
        return tuple(claim for claim in claims if claim.status in _LIVE)

    async def numbered(self, tenant_id: str, number: str) -> tuple[Claim, ...]:
        """The tenant's claims with that number."""
        conditions = odata.every(
            (odata.rows_between(tenant_id, *keys.CLAIMS_OF_TENANT), odata.equal("ClaimNumber", number))
        )
        with service_faults():
            return tuple([entities.claim_of(entity) async for entity in self._table.query_entities(conditions)])

    async def _entity(self, partition: str, row: str) -> TableEntity | None:
        return await read_row(self._table, partition, row)

    async def _rows(self, tenant_id: str, first: str, behind: str) -> AsyncIterator[TableEntity]:
        with service_faults():
            async for entity in self._table.query_entities(odata.rows_between(tenant_id, first, behind)):
                yield entity


def _operations(commit: Commit) -> list[Operation]:
    """The transaction's operations: claims, their history and intents, slots, ledger rows."""
    tenant_id = commit.tenant_id
    operations: list[Operation] = []
    for write in commit.claims:
        if write.after is None:
            continue
        operations.append(_put(entities.claim_entity(write.after, commit.operation_id), write.version))
        operations.append(("create", entities.history_entity(tenant_id, write.row)))
        operations += [("create", entities.mail_entity(tenant_id, mail)) for mail in write.mails]
    operations += [_put(entities.slot_entity(tenant_id, slot.slot), slot.version) for slot in commit.slots]
    operations += [_put(entities.mail_entity(tenant_id, write.mail), write.version) for write in commit.mails]
    return operations


def _put(entity: entities.Entity, version: str | None) -> Operation:
    """Insert where there was nothing, else replace the whole at that version."""
    if version is None:
        return ("create", entity)
    return ("update", entity, {"mode": UpdateMode.REPLACE, **if_match(version)})
