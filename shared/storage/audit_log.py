"""What was looked at, in the partition of the claim, or of the organisation that looked outside claims."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceExistsError

from shared.domain.claim import Actor, ActorKind
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import columns_of, instant, text_of
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.audit_records import AuditAction, AuditEntry


class TableAuditLog:
    """The AuditLog on its table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.AUDIT)

    async def record(self, entry: AuditEntry) -> None:
        """Keep it under an ID of its own: a row that is there already is this one, its reply was lost."""
        row: dict[str, Any] = {
            "PartitionKey": keys.checked(keys.audit_partition(entry.claim_id, entry.organisation)),
            "RowKey": keys.audit_row(entry.at, secrets.token_hex(8)),
            "SchemaVersion": SCHEMA_VERSION,
            "At": entry.at,
            "Actor": f"{entry.actor.kind.value}:{entry.actor.id}",
            "Action": entry.action.value,
            "Organisation": entry.organisation,
            "Subject": entry.subject,
            **columns_of(json.dumps(dict(entry.detail), ensure_ascii=False)),
        }
        if entry.claim_id is not None:
            row["ClaimId"] = entry.claim_id
        try:
            with service_faults():
                await self._table.create_entity(row)
        except ResourceExistsError:
            return

    async def of_claim(self, claim_id: str) -> tuple[AuditEntry, ...]:
        """What was looked at of the claim, oldest first."""
        return await self._read(odata.partition(keys.audit_partition(claim_id, "")))

    async def of_organisation(self, organisation: str, *, since: datetime) -> tuple[AuditEntry, ...]:
        """What the organisation's people looked at outside claims, oldest first."""
        partition = odata.partition(keys.audit_partition(None, organisation))
        return await self._read(odata.every((partition, odata.at_least("RowKey", keys.audit_time(since)))))

    async def _read(self, conditions: odata.Filter) -> tuple[AuditEntry, ...]:
        with service_faults():
            return tuple([_entry(row) async for row in self._table.query_entities(conditions)])


def _entry(row: Mapping[str, Any]) -> AuditEntry:
    at = instant(row, "At")
    if at is None:
        raise ValueError("an audit row without its time")
    kind, _, actor_id = str(row["Actor"]).partition(":")
    return AuditEntry(
        at=at,
        actor=Actor(kind=ActorKind(kind), id=actor_id),
        action=AuditAction(row["Action"]),
        organisation=row["Organisation"],
        subject=row["Subject"],
        claim_id=row.get("ClaimId"),
        detail=json.loads(text_of(row)),
    )
