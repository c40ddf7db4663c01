"""The reviewers' queue: claims under review by the end of the time to decide them, in one partition of the lists.

A claim's row is keyed by its deadline, and a dispute gives it another one: so a note beside it says where the claim
stands. Row and note change in one transaction, and only forward in the claim's history: whatever order projections come
in, and wherever one is cut off, a claim stands in the queue once, or not at all once it has left it.
"""

from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from shared.domain.claim import Claim, Status
from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.entities import Entity, version_of
from shared.storage.faults import is_conflict
from shared.storage.list_rows import list_entity
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import ConflictError, ServiceUnavailableError
from shared.usecases.summaries import next_step

_TRIES = 5


class ReviewQueue:
    """The queue on the lists' table."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def project(self, claim: Claim, *, thorough: bool) -> bool:
        """Put the claim where it belongs; says whether that went through, false where somebody else was quicker.

        A claim that never was under review costs nothing. `thorough` writes again what stands there already.
        """
        if Status.UNDER_REVIEW not in {claim.status, *claim.visited}:
            return True
        note = await self._note(claim)
        seen = int(note["HistorySeq"]) if note is not None else -1
        if seen > claim.history_seq or (seen == claim.history_seq and not thorough):
            return True
        row = self._row(claim)
        operations: list[Any] = [_put(_note_entity(claim, row), note)]
        if row is not None:
            operations.append(("upsert", list_entity(claim, keys.REVIEW_QUEUE, row), {"mode": UpdateMode.REPLACE}))
        before = note.get("Place") if note is not None else None
        if before is not None and before != row:
            operations.append(("delete", {"PartitionKey": keys.REVIEW_QUEUE, "RowKey": before}))
        return await self._committed(operations)

    async def remove(self, claim: Claim) -> None:
        """Clear the claim and its note. ConflictError where others keep projecting it."""
        for _ in range(_TRIES):
            note = await self._note(claim)
            if note is None:
                return
            own = {"PartitionKey": keys.REVIEW_QUEUE, "RowKey": note["RowKey"]}
            options = {"etag": version_of(note), "match_condition": MatchConditions.IfNotModified}
            operations: list[Any] = [("delete", own, options)]
            if note.get("Place") is not None:
                operations.append(("delete", {"PartitionKey": keys.REVIEW_QUEUE, "RowKey": note["Place"]}))
            if await self._committed(operations):
                return
        raise ConflictError(say("The claim's lists are being written by others at this moment."))

    async def _note(self, claim: Claim) -> TableEntity | None:
        return await read_row(self._table, keys.REVIEW_QUEUE, keys.queue_place(claim.claim_id))

    @staticmethod
    def _row(claim: Claim) -> str | None:
        """The row key that the claim has in the queue, null where it does not wait there."""
        if claim.status is not Status.UNDER_REVIEW:
            return None
        _, due_at = next_step(claim)
        return keys.queue_row(due_at or claim.updated_at, claim.claim_id)

    async def _committed(self, operations: list[Any]) -> bool:
        try:
            await self._table.submit_transaction(operations)
        except AzureError as error:
            if is_conflict(error):
                return False
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return True


def _note_entity(claim: Claim, row: str | None) -> Entity:
    entity: Entity = {
        "PartitionKey": keys.REVIEW_QUEUE,
        "RowKey": keys.queue_place(claim.claim_id),
        "SchemaVersion": SCHEMA_VERSION,
        "ClaimId": claim.claim_id,
        "HistorySeq": claim.history_seq,
    }
    return entity if row is None else {**entity, "Place": row}


def _put(entity: Entity, stored: TableEntity | None) -> Any:
    if stored is None:
        return ("create", entity)
    options = {
        "mode": UpdateMode.REPLACE,
        "etag": version_of(stored),
        "match_condition": MatchConditions.IfNotModified,
    }
    return ("update", entity, options)
