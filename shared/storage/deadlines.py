"""Every clock, in the partition of the UTC hour it is due (STORAGE.md, Layout).

An idle tick asks one question and gets nothing, however many claims are open: rows that are not due are not looked at.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from azure.data.tables import UpdateMode

from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import instant
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import DeadlineRow

_ALL_SHARDS = "~"


class TableDeadlines:
    """The Deadlines on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.DEADLINES)

    async def put(self, rows: Sequence[DeadlineRow]) -> None:
        """Write the rows; the same row again is the same row."""
        with service_faults():
            await asyncio.gather(*(self._table.upsert_entity(_entity(row), mode=UpdateMode.REPLACE) for row in rows))

    async def due(self, now: datetime, *, limit: int) -> tuple[DeadlineRow, ...]:
        """Rows with due_at ≤ now, oldest hour first."""
        conditions = odata.every(
            (
                odata.at_most("PartitionKey", keys.deadline_hour(now) + "-" + _ALL_SHARDS),
                odata.at_most("DueAt", now),
            )
        )
        found: list[DeadlineRow] = []
        with service_faults():
            async for entity in self._table.query_entities(conditions, results_per_page=min(limit, 1000)):
                due_at = instant(entity, "DueAt")
                if due_at is not None:
                    found.append(DeadlineRow(kind=entity["ClockKind"], claim_id=entity["ClaimId"], due_at=due_at))
                if len(found) >= limit:
                    break
        return tuple(found)

    async def delete(self, row: DeadlineRow) -> None:
        """Remove the row; the SDK takes one that is gone for a success, and so do we."""
        partition = keys.deadline_partition(row.due_at, row.claim_id)
        with service_faults():
            await self._table.delete_entity(partition, keys.deadline_row(row.kind, row.claim_id))


def _entity(row: DeadlineRow) -> dict[str, str | int | datetime]:
    return {
        "PartitionKey": keys.deadline_partition(row.due_at, row.claim_id),
        "RowKey": keys.checked(keys.deadline_row(row.kind, row.claim_id)),
        "SchemaVersion": SCHEMA_VERSION,
        "ClockKind": row.kind,
        "ClaimId": row.claim_id,
        "DueAt": row.due_at,
    }
