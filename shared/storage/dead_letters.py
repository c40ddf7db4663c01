"""Copies of messages that failed for good, in the partition of the day they failed: the queue's own would expire."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.data.tables import UpdateMode

from shared.domain.sayings import say
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import columns_of, instant, text_of, version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.operation_records import DeadLetterPage, DeadLetterPlace
from shared.usecases.records import ConflictError, DeadLetter, ServiceUnavailableError, Versioned

BODY_AT_MOST = 64 * 1024  # characters: the service's own limit for a message
ROWS_AT_MOST = 1000
"""How many letters one page looks at; those that were put back are passed over."""


class TableDeadLetters:
    """The DeadLetters on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.DEAD_LETTERS)

    async def add(self, letter: DeadLetter) -> None:
        """Keep it; the same letter of the same day is the same row.

        The row is merged, not replaced: who put it back before stays written there.
        """
        row: dict[str, object] = {
            "PartitionKey": keys.day(letter.at),
            "RowKey": keys.checked(letter.letter_id),
            "SchemaVersion": SCHEMA_VERSION,
            "QueueName": letter.queue,
            "FailedAt": letter.at,
            **columns_of(letter.body[:BODY_AT_MOST]),
        }
        if letter.claim_id is not None:
            row["ClaimId"] = letter.claim_id
        with service_faults():
            await self._table.upsert_entity(row, mode=UpdateMode.MERGE)

    async def page(
        self, *, since: datetime, until: datetime, top: int, open_only: bool, behind: DeadLetterPlace | None
    ) -> DeadLetterPage:
        """Letters of those days, oldest day first, by ID within a day."""
        found: list[DeadLetter] = []
        looked_at, last = 0, behind
        async for row in self._rows(keys.day(since), keys.day(until), behind):
            if len(found) == top or looked_at == ROWS_AT_MOST:
                return DeadLetterPage(items=tuple(found), behind=last)
            looked_at += 1
            last = DeadLetterPlace(day=row["PartitionKey"], letter_id=row["RowKey"])
            letter = _letter(row)
            if letter.is_open or not open_only:
                found.append(letter)
        return DeadLetterPage(items=tuple(found), behind=None)

    async def _rows(self, first: str, last: str, behind: DeadLetterPlace | None) -> AsyncIterator[Mapping[str, Any]]:
        until = odata.at_most("PartitionKey", last)
        ranges = [[odata.at_least("PartitionKey", first), until]]
        if behind is not None:
            ranges = [[odata.partition(behind.day), odata.beyond("RowKey", behind.letter_id)]]
            ranges.append([odata.beyond("PartitionKey", behind.day), until])
        with service_faults():
            for conditions in ranges:
                async for row in self._table.query_entities(odata.every(conditions), results_per_page=ROWS_AT_MOST):
                    yield row

    async def get(self, place: DeadLetterPlace) -> Versioned[DeadLetter] | None:
        """The letter, or null where there is none."""
        row = await read_row(self._table, place.day, place.letter_id)
        return None if row is None else Versioned(value=_letter(row), version=version_of(row))

    async def mark_replayed(self, letter: Versioned[DeadLetter], *, at: datetime, by: str) -> None:
        """Note who put it back, and when; a lost reply is cleared up by reading back."""
        place = DeadLetterPlace(day=keys.day(letter.value.at), letter_id=letter.value.letter_id)
        marks = {"PartitionKey": place.day, "RowKey": place.letter_id, "ReplayedAt": at, "ReplayedBy": by}
        try:
            await self._table.update_entity(
                marks, mode=UpdateMode.MERGE, etag=letter.version, match_condition=MatchConditions.IfNotModified
            )
        except AzureError as error:
            stored = await self.get(place)
            if stored is not None and (stored.value.replayed_at, stored.value.replayed_by) == (at, by):
                return
            if is_conflict(error):
                raise ConflictError(say("The letter has changed meanwhile.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error


def _letter(row: Mapping[str, Any]) -> DeadLetter:
    at = instant(row, "FailedAt")
    if at is None:
        raise ValueError("a dead letter without its time")
    return DeadLetter(
        letter_id=row["RowKey"],
        queue=row["QueueName"],
        body=text_of(row),
        claim_id=row.get("ClaimId"),
        at=at,
        replayed_at=instant(row, "ReplayedAt"),
        replayed_by=row.get("ReplayedBy"),
    )
