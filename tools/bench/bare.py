"""The bare SDK calls of filing a claim: the order of writes (STORAGE.md), made by hand, with rows of real sizes.

Nothing of the product runs here: no checks, no HTTP, no reading. It is what the work cannot do without.
"""

import base64
import json
import uuid
from types import TracebackType
from typing import Any, Self

from azure.core import MatchConditions
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from shared.storage import odata

type Row = dict[str, Any]


class BareFiling:
    """Files claims as rows that were read from a real one; each call is a claim of its own in a tenant of its own."""

    def __init__(self, storage: str, claim: Row, history: Row, mails: list[Row]) -> None:
        self._tables = TableServiceClient.from_connection_string(storage)
        self._queues = QueueServiceClient.from_connection_string(storage)
        self._blobs = BlobServiceClient.from_connection_string(storage)
        self._claims = self._tables.get_table_client("Claims")
        self._tickets = self._tables.get_table_client("Idempotency")
        self._checks = self._queues.get_queue_client("bench-checks")
        self._proofs = self._blobs.get_container_client("proofs")
        self._rows = [claim, history, *mails]
        self._message = base64.b64encode(json.dumps({"claim_id": "x" * 48, "step": "submitted"}).encode()).decode()

    async def __aenter__(self) -> Self:
        await self._checks.create_queue()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tables.close()
        await self._queues.close()
        await self._blobs.close()

    async def file(self, proof: bytes) -> None:
        """Ticket, proof, delayed message, transaction, the message hastened, ticket: in that order."""
        tenant, ticket = str(uuid.uuid4()), {"PartitionKey": "bench", "RowKey": uuid.uuid4().hex, "State": "started"}
        taken = await self._tickets.create_entity({**ticket, "PayloadHash": "0" * 64})
        await self._proofs.get_blob_client(f"bench/{uuid.uuid4().hex}").upload_blob(proof, overwrite=False)
        delayed = await self._checks.send_message(self._message, visibility_timeout=3600, time_to_live=-1)
        rows = [{**row, "PartitionKey": tenant} for row in self._rows]
        await self._claims.submit_transaction([("create", row) for row in rows])
        await self._checks.update_message(delayed, visibility_timeout=0, content=self._message)
        await self._tickets.update_entity(
            {**ticket, "State": "done"},
            mode=UpdateMode.REPLACE,
            etag=taken["etag"],
            match_condition=MatchConditions.IfNotModified,
        )


async def filing_like(storage: str, tenant_id: str) -> BareFiling:
    """A bare filing with the rows of the one claim that the tenant has."""
    async with TableServiceClient.from_connection_string(storage) as service:
        table = service.get_table_client("Claims")
        rows = [dict(row) async for row in table.query_entities(odata.partition(tenant_id))]

    def of(prefix: str) -> list[Row]:
        return [row for row in rows if str(row["RowKey"]).startswith(prefix)]

    return BareFiling(storage, of("claim:")[0], of("history:")[0], of("mail:")[:1])
