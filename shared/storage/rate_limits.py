"""How often somebody did something: one counter per scope, subject and window, raised by compare-and-swap.

A counter that was raised though its reply was lost is recognised by the taker it names. Where somebody raised it once
more in between, it is counted twice: a limit may err on that side.
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.data.tables import TableEntity, UpdateMode

from shared.domain.sayings import say
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.rate_limits import TooManyRequestsError, refusal, window_start
from shared.usecases.records import ServiceUnavailableError

_TRIES = 25
_CROWDED = timedelta(seconds=1)


class TableRateLimits:
    """The RateLimits on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.RATE_LIMITS)

    async def take(self, *, scope: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
        """Count one more. TooManyRequestsError, ServiceUnavailableError."""
        partition = keys.checked(keys.rate_partition(scope, subject))
        start = window_start(now, window)
        row = keys.rate_row(start)
        for _ in range(_TRIES):
            stored = await read_row(self._table, partition, row)
            taken = int(stored["Taken"]) if stored is not None else 0
            if taken >= limit:
                raise refusal(now, window)
            counted: dict[str, Any] = {
                "PartitionKey": partition,
                "RowKey": row,
                "SchemaVersion": SCHEMA_VERSION,
                "Taken": taken + 1,
                "LastTaker": secrets.token_hex(16),
            }
            if await self._written(counted, stored):
                if stored is None:
                    await self._clean(partition, behind=start - window)
                return
        # So many at once that the counter never stood still.
        raise TooManyRequestsError(_CROWDED)

    async def _written(self, counted: dict[str, Any], stored: TableEntity | None) -> bool:
        """Whether this very write went through; false where somebody else was first."""
        try:
            if stored is None:
                await self._table.create_entity(counted)
            else:
                await self._table.update_entity(
                    counted,
                    mode=UpdateMode.REPLACE,
                    etag=version_of(stored),
                    match_condition=MatchConditions.IfNotModified,
                )
        except AzureError as error:
            found = await read_row(self._table, counted["PartitionKey"], counted["RowKey"])
            if found is not None and found["LastTaker"] == counted["LastTaker"]:
                return True
            if is_conflict(error):
                return False
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return True

    async def _clean(self, partition: str, *, behind: datetime) -> None:
        """Remove the subject's counters of windows long past; what cannot be removed now is removed another time."""
        old = odata.every((odata.partition(partition), odata.before("RowKey", keys.rate_row(behind))))
        with suppress(ServiceUnavailableError), service_faults():
            async for entity in self._table.query_entities(old, select=["PartitionKey", "RowKey"]):
                await self._table.delete_entity(entity["PartitionKey"], entity["RowKey"])
