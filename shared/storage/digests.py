"""The ledger of the reviewers' digests: a row per kind and day, the newest day first."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.data.tables import UpdateMode

from shared.domain.sayings import say
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import instant, version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.digest_records import Digest, DigestKind, DigestStatus
from shared.usecases.records import ConflictError, ServiceUnavailableError, Versioned


class TableDigests:
    """The DigestLedger on its table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.DIGESTS)

    async def newest(self, kind: DigestKind) -> Versioned[Digest] | None:
        """The row of the latest day, null before the first."""
        with service_faults():
            async for row in self._table.query_entities(odata.partition(kind.value), results_per_page=1):
                return Versioned(value=_digest(row), version=version_of(row))
        return None

    async def save(self, digest: Digest, version: str | None) -> str:
        """Write it; a lost reply is cleared up by reading back whose write it was: just one may send."""
        row: dict[str, Any] = {
            "PartitionKey": digest.kind.value,
            "RowKey": keys.digest_row(digest.day),
            "SchemaVersion": SCHEMA_VERSION,
            "Day": digest.day.isoformat(),
            "Until": digest.until,
            "DigestStatus": digest.status.value,
            "OperationId": digest.operation_id,
            "UpdatedAt": digest.updated_at,
            "WriteId": secrets.token_hex(8),
            "Since": digest.since,
            "SentAt": digest.sent_at,
            "Failure": digest.failure,
        }
        row = {name: value for name, value in row.items() if value is not None}
        try:
            if version is None:
                answer = await self._table.create_entity(row)
            else:
                answer = await self._table.update_entity(
                    row, mode=UpdateMode.REPLACE, etag=version, match_condition=MatchConditions.IfNotModified
                )
        except AzureError as error:
            stored = await read_row(self._table, row["PartitionKey"], row["RowKey"])
            if stored is not None and stored["WriteId"] == row["WriteId"]:
                return version_of(stored)
            if is_conflict(error):
                raise ConflictError(say("The digest is being sent by somebody else.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return str(answer["etag"])


def _digest(row: Mapping[str, Any]) -> Digest:
    until, updated_at = instant(row, "Until"), instant(row, "UpdatedAt")
    if until is None or updated_at is None:
        raise ValueError("a digest without its times")
    return Digest(
        kind=DigestKind(row["PartitionKey"]),
        day=date.fromisoformat(row["Day"]),
        since=instant(row, "Since"),
        until=until,
        status=DigestStatus(row["DigestStatus"]),
        operation_id=row["OperationId"],
        updated_at=updated_at,
        sent_at=instant(row, "SentAt"),
        failure=row.get("Failure"),
    )
