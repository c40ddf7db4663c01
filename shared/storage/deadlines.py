"""Every clock, in the partition of the UTC hour it is due (STORAGE.md, Layout).

An idle tick asks one question and gets nothing, however many claims are open: rows that are not due are not looked at.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from azure.data.tables import UpdateMode

from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import instant
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.operation_records import DueRowsPage
from shared.usecases.records import DeadlineRow

_ALL_SHARDS = "~"


class TableDeadlines:
    """The Deadlines on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.DEADLINES)

    async def put(self, rows: Sequence[DeadlineRow]) -> None:
        """Write the rows; the same row again is the same row."""
        with service_faults():
            await asyncio.gather(
                *(self._table.upsert_entity(deadline_entity(row), mode=UpdateMode.REPLACE) for row in rows)
            )

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
                found.append(_row(entity))
                if len(found) >= limit:
                    break
        return tuple(found)

    async def page(self, until: datetime, *, top: int, behind: DeadlineRow | None) -> DueRowsPage:
        """Rows with due_at ≤ until, oldest hour first, in the order of their keys."""
        last = odata.at_most("PartitionKey", keys.deadline_hour(until) + "-" + _ALL_SHARDS)
        ranges = [[last]]
        if behind is not None:
            partition = keys.deadline_partition(behind.due_at, behind.claim_id)
            row = keys.deadline_row(behind.kind, behind.claim_id)
            ranges = [[odata.partition(partition), odata.beyond("RowKey", row)]]
            ranges.append([odata.beyond("PartitionKey", partition), last])
        found: list[DeadlineRow] = []
        with service_faults():
            for conditions in ranges:
                query = odata.every((*conditions, odata.at_most("DueAt", until)))
                async for entity in self._table.query_entities(query, results_per_page=min(top + 1, 1000)):
                    if len(found) == top:
                        return DueRowsPage(rows=tuple(found), behind=found[-1])
                    found.append(_row(entity))
        return DueRowsPage(rows=tuple(found), behind=None)

    async def delete(self, row: DeadlineRow) -> None:
        """Remove the row; the SDK takes one that is gone for a success, and so do we."""
        partition = keys.deadline_partition(row.due_at, row.claim_id)
        with service_faults():
            await self._table.delete_entity(partition, keys.deadline_row(row.kind, row.claim_id))


def _row(entity: Mapping[str, Any]) -> DeadlineRow:
    due_at = instant(entity, "DueAt")
    if due_at is None:
        raise ValueError("a deadline's row without its time")
    return DeadlineRow(kind=entity["ClockKind"], claim_id=entity["ClaimId"], due_at=due_at)


def deadline_entity(row: DeadlineRow) -> dict[str, str | int | datetime]:
    """The row as it is stored."""
    return {
        "PartitionKey": keys.deadline_partition(row.due_at, row.claim_id),
        "RowKey": keys.checked(keys.deadline_row(row.kind, row.claim_id)),
        "SchemaVersion": SCHEMA_VERSION,
        "ClockKind": row.kind,
        "ClaimId": row.claim_id,
        "DueAt": row.due_at,
    }
