"""The clocks in memory."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from shared.storage import keys
from shared.usecases.operation_records import DueRowsPage
from shared.usecases.records import DeadlineRow
from tests.fakes.rows import FakeRows


class FakeDeadlines:
    """The Deadlines in memory, in the same order as the table's: hour, shard, kind, claim."""

    def __init__(self) -> None:
        self.rows: FakeRows[DeadlineRow] = FakeRows()

    async def put(self, rows: Sequence[DeadlineRow]) -> None:
        """Write the rows; the same row again is the same row."""
        await asyncio.sleep(0)
        for row in rows:
            self.rows.put(keys.deadline_partition(row.due_at, row.claim_id), _key(row), row)

    async def due(self, now: datetime, *, limit: int) -> tuple[DeadlineRow, ...]:
        """Rows with due_at ≤ now, oldest hour first."""
        await asyncio.sleep(0)
        rows = [self.rows.stored[key].value for key in sorted(self.rows.stored)]
        return tuple(row for row in rows if row.due_at <= now)[:limit]

    async def page(self, until: datetime, *, top: int, behind: DeadlineRow | None) -> DueRowsPage:
        """Rows with due_at ≤ until, oldest hour first, from the one behind `behind` on."""
        await asyncio.sleep(0)
        first = (keys.deadline_partition(behind.due_at, behind.claim_id), _key(behind)) if behind else ("", "")
        rows = [self.rows.stored[key].value for key in sorted(self.rows.stored) if key > first]
        due = [row for row in rows if row.due_at <= until]
        return DueRowsPage(rows=tuple(due[:top]), behind=due[top - 1] if len(due) > top else None)

    async def delete(self, row: DeadlineRow) -> None:
        """Remove the row; one that is gone is fine."""
        await asyncio.sleep(0)
        self.rows.delete(keys.deadline_partition(row.due_at, row.claim_id), _key(row))


def _key(row: DeadlineRow) -> str:
    return keys.deadline_row(row.kind, row.claim_id)
