"""A receiver of events and the cursors, in memory."""

import asyncio
from datetime import datetime

from shared.usecases.event_records import ClaimEvent, EventCursor
from shared.usecases.records import ServiceUnavailableError, Versioned
from tests.fakes.rows import FakeRows

_ROW = "cursor"


class FakeEventPublisher:
    """The EventPublisher in memory: takes every event, or fails the next ones.

    `taken` is what arrived, in order; `refusals` counts down failures, `lost_answers` failures whose event arrived.
    """

    def __init__(self) -> None:
        self.taken: list[ClaimEvent] = []
        self.times: list[datetime] = []
        self.refusals = 0
        self.lost_answers = 0

    async def publish(self, event: ClaimEvent, *, at: datetime) -> None:
        """Take the event."""
        await asyncio.sleep(0)
        if self.refusals:
            self.refusals -= 1
            raise ServiceUnavailableError("The receiver does not answer.")
        self.taken.append(event)
        self.times.append(at)
        if self.lost_answers:
            self.lost_answers -= 1
            raise ServiceUnavailableError("The receiver's answer is lost.")


class FakeEventCursors:
    """The EventCursors in memory; `reads` counts how often one was looked for."""

    def __init__(self) -> None:
        self.rows: FakeRows[EventCursor] = FakeRows()
        self.reads = 0

    async def get(self, claim_id: str) -> Versioned[EventCursor] | None:
        """The claim's cursor, null before its first event."""
        await asyncio.sleep(0)
        self.reads += 1
        return self.rows.get(claim_id, _ROW)

    async def save(self, cursor: EventCursor, version: str | None) -> str:
        """Write it. ConflictError where it moved."""
        await asyncio.sleep(0)
        if version is None:
            return self.rows.insert(cursor.claim_id, _ROW, cursor)
        return self.rows.replace(cursor.claim_id, _ROW, cursor, version)

    async def delete(self, claim_id: str) -> None:
        """Nothing is told of the claim any more."""
        await asyncio.sleep(0)
        self.rows.delete(claim_id, _ROW)
