"""A partner's list as large as is asked for: the rows that the projection writes, loaded a hundred at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.entities import Entity
from shared.storage.keys import Table
from shared.storage.list_rows import list_entity
from shared.usecases.records import OPERATIONS_AT_MOST

STATUSES = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.REJECTED, Status.APPROVED)
SEARCHED = "Harbour"
ONE_IN = 20
"""So many claims are named by the word that is searched for."""
_AT_ONCE = 4


async def load(clients: Clients, like: Claim, *, first: int, count: int) -> None:
    """Write the partner's rows of so many claims like that one, the later numbers being the newer claims.

    Their claims are not written: a list is read from its own rows alone.
    """
    table, gate = clients.table(Table.CLAIM_LISTS), asyncio.Semaphore(_AT_ONCE)

    async def write(rows: Sequence[Entity]) -> None:
        async with gate:
            await table.submit_transaction([("upsert", row) for row in rows])

    starts = range(first, first + count, OPERATIONS_AT_MOST)
    for some in (starts[at : at + _AT_ONCE] for at in range(0, len(starts), _AT_ONCE)):
        batches = [
            [_row(like, number) for number in range(start, min(start + OPERATIONS_AT_MOST, first + count))]
            for start in some
        ]
        await asyncio.gather(*(write(rows) for rows in batches))


def _row(like: Claim, number: int) -> Entity:
    claim = replace(
        like,
        claim_id=f"{number:048}",
        created_at=datetime.now(UTC) - timedelta(days=365) + timedelta(seconds=number),
        status=STATUSES[number % len(STATUSES)],
        claim_name=SEARCHED if number % ONE_IN == 0 else like.claim_name,
    )
    return list_entity(claim, keys.partner_list(claim.organisation), keys.list_row(claim.created_at, claim.claim_id))
