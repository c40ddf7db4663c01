"""How far each claim's events are told, one row a claim."""

from collections.abc import Mapping
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.data.tables import UpdateMode

from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.entities import version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.event_records import EventCursor
from shared.usecases.records import ConflictError, ServiceUnavailableError, Versioned


class TableEventCursors:
    """The EventCursors on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.EVENT_CURSORS)

    async def get(self, claim_id: str) -> Versioned[EventCursor] | None:
        """The claim's cursor, null before its first event."""
        row = await read_row(self._table, claim_id, keys.EVENT_CURSOR)
        return None if row is None else Versioned(value=_cursor(row), version=version_of(row))

    async def save(self, cursor: EventCursor, version: str | None) -> str:
        """Write it; a lost reply is cleared up by reading back, where another's same word is as good as ours."""
        row: dict[str, Any] = {
            "PartitionKey": keys.checked(cursor.claim_id),
            "RowKey": keys.EVENT_CURSOR,
            "SchemaVersion": SCHEMA_VERSION,
            "ClaimNumber": cursor.number,
            "Organisation": cursor.organisation,
            "TenantId": cursor.tenant_id,
            "Seq": cursor.seq,
        }
        try:
            if version is None:
                answer = await self._table.create_entity(row)
            else:
                answer = await self._table.update_entity(
                    row, mode=UpdateMode.REPLACE, etag=version, match_condition=MatchConditions.IfNotModified
                )
        except AzureError as error:
            stored = await self.get(cursor.claim_id)
            if stored is not None and stored.value == cursor:
                return stored.version
            if is_conflict(error):
                raise ConflictError(say("The events were told by somebody else meanwhile.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return str(answer["etag"])

    async def delete(self, claim_id: str) -> None:
        """Nothing is told of the claim any more; one that is gone is fine."""
        with service_faults():
            await self._table.delete_entity(keys.checked(claim_id), keys.EVENT_CURSOR)


def _cursor(row: Mapping[str, Any]) -> EventCursor:
    return EventCursor(
        claim_id=row["PartitionKey"],
        number=row["ClaimNumber"],
        organisation=row["Organisation"],
        tenant_id=row["TenantId"],
        seq=int(row["Seq"]),
    )
