"""What is counted for operators: one row of metrics a day, one row per mail that failed, and where walks go on."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from azure.data.tables import UpdateMode
from pydantic import TypeAdapter

from shared.domain.mails import MailKind, MailStatus
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import columns_of, instant, text_of
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION, upgraded
from shared.usecases.metrics_records import MailFailure, Metrics


class TableMetricsStore:
    """The MetricsStore on its table: a row per day, the newest day first."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.METRICS)

    async def save(self, metrics: Metrics) -> None:
        """Keep the look as its day's. Two timers at once may leave the older of two looks of the same minute."""
        row_key = keys.newest_day_first(metrics.as_of)
        stored = await read_row(self._table, keys.METRICS_BY_DAY, row_key)
        taken_at = instant(stored, "AsOf") if stored else None
        if taken_at is not None and taken_at > metrics.as_of:
            return
        row: dict[str, Any] = {
            "PartitionKey": keys.METRICS_BY_DAY,
            "RowKey": row_key,
            "SchemaVersion": SCHEMA_VERSION,
            "Day": keys.day(metrics.as_of),
            "AsOf": metrics.as_of,
            **{f"Claims{name}": number for name, number in metrics.counts.items()},
            "ReviewsOverdue": metrics.reviews_overdue,
            "Contested": metrics.contested,
            "DeadLettersOpen": metrics.dead_letters_open,
            "FinalizationLagSeconds": metrics.finalization_lag_seconds,
            **columns_of(_adapter().dump_json(metrics).decode()),
        }
        with service_faults():
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def newest(self) -> Metrics | None:
        """The latest look, or null before the first."""
        return next(iter(await self.daily(top=1)), None)

    async def daily(self, *, top: int) -> tuple[Metrics, ...]:
        """The last look of each day, newest first."""
        found: list[Metrics] = []
        with service_faults():
            rows = self._table.query_entities(odata.partition(keys.METRICS_BY_DAY), results_per_page=min(top, 1000))
            async for row in rows:
                data = upgraded("metrics", json.loads(text_of(row)), int(row["SchemaVersion"]))
                found.append(_adapter().validate_python(data))
                if len(found) == top:
                    break
        return tuple(found)


@cache
def _adapter() -> TypeAdapter[Metrics]:
    return TypeAdapter(Metrics)


class TableMailFailures:
    """The MailFailures on their table, in the partition of the day."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.MAIL_FAILURES)

    async def note(self, failure: MailFailure) -> None:
        """Note it; the same mail of the same day is the same row."""
        row: Mapping[str, Any] = {
            "PartitionKey": keys.day(failure.at),
            "RowKey": keys.checked(failure.operation_id),
            "SchemaVersion": SCHEMA_VERSION,
            "ClaimId": failure.claim_id,
            "MailKind": failure.kind.value,
            "MailStatus": failure.status.value,
            "At": failure.at,
        }
        with service_faults():
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def count(self, *, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many there are of each status on those days; the rows are counted page by page."""
        days = (odata.at_least("PartitionKey", keys.day(since)), odata.at_most("PartitionKey", keys.day(until)))
        found: Counter[str] = Counter()
        with service_faults():
            async for row in self._table.query_entities(odata.every(days), select=["MailStatus"]):
                found[row["MailStatus"]] += 1
        return dict(found)

    async def noted(self, *, since: datetime, until: datetime, kind: MailKind, top: int) -> tuple[MailFailure, ...]:
        """Those of that kind and time, oldest day first."""
        conditions = (
            odata.at_least("PartitionKey", keys.day(since)),
            odata.at_most("PartitionKey", keys.day(until)),
            odata.equal("MailKind", kind.value),
            odata.beyond("At", since),
            odata.at_most("At", until),
        )
        found: list[MailFailure] = []
        with service_faults():
            async for row in self._table.query_entities(odata.every(conditions)):
                found.append(_failure(row))
                if len(found) == top:
                    break
        return tuple(found)


def _failure(row: Mapping[str, Any]) -> MailFailure:
    at = instant(row, "At")
    if at is None:
        raise ValueError("a failed mail without its time")
    return MailFailure(
        operation_id=row["RowKey"],
        claim_id=row["ClaimId"],
        kind=MailKind(row["MailKind"]),
        status=MailStatus(row["MailStatus"]),
        at=at,
    )


class TableWalkPlaces:
    """The WalkPlaces on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.WALK_PLACES)

    async def get(self, walk: str) -> str | None:
        """The place, null for a walk that begins."""
        row = await read_row(self._table, keys.WALKS, walk)
        return None if row is None else row.get("Place")

    async def put(self, walk: str, place: str | None) -> None:
        """Remember the place; null begins anew."""
        row = {"PartitionKey": keys.WALKS, "RowKey": keys.checked(walk), "SchemaVersion": SCHEMA_VERSION}
        if place is not None:
            row["Place"] = place
        with service_faults():
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)
