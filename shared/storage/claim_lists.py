"""The projections that lists read: one partition per partner organisation, one per status, newest first.

Claims under review also stand in the reviewers' queue, the most urgent first (`review_queue`). They decide nothing and
can be rebuilt from the claims. The partner's row is written last and says which status list the claim stands in; it
moves by compare-and-swap on the history's sequence, so that an older projection never wins.
"""

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError
from azure.data.tables import TableEntity, UpdateMode

from shared.domain.claim import Claim, Status
from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.entities import Entity, version_of
from shared.storage.faults import ResourceNotFoundError, service_faults
from shared.storage.keys import Table
from shared.storage.list_pages import read_page
from shared.storage.list_rows import list_entity
from shared.storage.review_queue import ReviewQueue
from shared.storage.rows import read_row
from shared.usecases.records import ConflictError, ListPage, ListQuery

_TRIES = 5


class TableClaimLists:
    """The ClaimLists on their table. `secret` signs continuation tokens."""

    def __init__(self, clients: Clients, *, secret: str) -> None:
        self._table = clients.table(Table.CLAIM_LISTS)
        self._secret = secret
        self._queue = ReviewQueue(self._table)

    async def project(self, claim: Claim, *, thorough: bool, first: bool = False) -> bool:
        """Write the claim's rows; `thorough` clears every list it ever stood in, not just the last one.

        `first` says that it cannot be listed yet, unless somebody was quicker, so that nothing need be read.

        False where there was nothing to write: the partner's row, which comes last, says all of it already. Whoever was
        cut off before it is delivered again, and that is thorough. ConflictError where others keep projecting it.
        """
        partner, row = keys.partner_list(claim.organisation), keys.list_row(claim.created_at, claim.claim_id)
        stored = None if first else await self._row(partner, row)  # one that is there all the same is met below
        if not thorough and stored is not None and _says(stored, list_entity(claim, partner, row)):
            return False
        for _ in range(_TRIES):
            if await self._queue.project(claim, thorough=thorough) and await self._projected(
                claim, stored, thorough=thorough
            ):
                return True
            stored = await self._row(partner, row)
        raise ConflictError(say("The claim's lists are being written by others at this moment."))

    async def _projected(self, claim: Claim, stored: TableEntity | None, *, thorough: bool) -> bool:
        row = keys.list_row(claim.created_at, claim.claim_id)
        partner = keys.partner_list(claim.organisation)
        newer = stored is not None and int(stored["HistorySeq"]) > claim.history_seq
        standing = Status(stored["Status"]) if stored is not None and newer else claim.status
        if not newer:
            await self._upsert(list_entity(claim, keys.status_list(claim.status), row))
        stale = set(claim.visited) if thorough else {claim.status}
        if stored is not None:
            stale.add(Status(stored["Status"]))
        for status in sorted(stale - {standing}):
            await self._delete(keys.status_list(status), row)
        return newer or await self._partner(list_entity(claim, partner, row), stored)

    async def _partner(self, entity: Entity, stored: TableEntity | None) -> bool:
        """Write the partner's row where nobody else has; says whether that went through."""
        try:
            with service_faults():
                if stored is None:
                    await self._table.create_entity(entity)
                else:
                    await self._table.update_entity(
                        entity,
                        mode=UpdateMode.REPLACE,
                        etag=version_of(stored),
                        match_condition=MatchConditions.IfNotModified,
                    )
        except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError):
            return False
        return True

    async def remove(self, claim: Claim) -> None:
        """Clear the claim from every list."""
        row = keys.list_row(claim.created_at, claim.claim_id)
        for status in {claim.status, *claim.visited}:
            await self._delete(keys.status_list(status), row)
        await self._delete(keys.partner_list(claim.organisation), row)
        await self._queue.remove(claim)

    async def page(self, query: ListQuery) -> ListPage:
        """One page, newest first by createdAt, or the most urgent first; at most five table pages are read."""
        return await read_page(self._table, query, secret=self._secret)

    async def _row(self, partition: str, row: str) -> TableEntity | None:
        return await read_row(self._table, partition, row)

    async def _upsert(self, entity: Entity) -> None:
        with service_faults():
            await self._table.upsert_entity(entity, mode=UpdateMode.REPLACE)

    async def _delete(self, partition: str, row: str) -> None:
        with service_faults():
            await self._table.delete_entity(partition, row)


def _says(stored: TableEntity, entity: Entity) -> bool:
    """Whether the stored row is that one, column by column."""
    return dict(stored) == entity
