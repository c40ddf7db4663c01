"""Copies of messages that failed for good, in the partition of the day they failed: the queue's own would expire."""

from azure.data.tables import UpdateMode

from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.entities import columns_of
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import DeadLetter

BODY_AT_MOST = 64 * 1024  # characters: the service's own limit for a message


class TableDeadLetters:
    """The DeadLetters on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.DEAD_LETTERS)

    async def add(self, letter: DeadLetter) -> None:
        """Keep it; the same letter of the same day is the same row."""
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
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)
