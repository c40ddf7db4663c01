"""From a provider's operation ID to the mail: written before a mail is sent, read when a delivery report comes."""

from azure.data.tables import UpdateMode

from shared.domain.mails import MailKind
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.faults import service_faults
from shared.storage.keys import Table
from shared.storage.rows import read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import MailOperation


class TableMailOperations:
    """The MailOperations on their table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.MAIL_OPERATIONS)

    async def put(self, operation: MailOperation) -> None:
        """Remember; again is fine."""
        row: dict[str, str | int] = {
            "PartitionKey": keys.operation_partition(operation.operation_id),
            "RowKey": keys.checked(operation.operation_id.lower()),
            "SchemaVersion": SCHEMA_VERSION,
            "ClaimId": operation.claim_id,
            "MailKind": operation.kind.value,
            "Round": operation.round,
        }
        if operation.n is not None:
            row["N"] = operation.n
        with service_faults():
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def find(self, operation_id: str) -> MailOperation | None:
        """The mail, or null."""
        entity = await read_row(self._table, keys.operation_partition(operation_id), operation_id.lower())
        if entity is None:
            return None
        return MailOperation(
            operation_id=entity["RowKey"],
            claim_id=entity["ClaimId"],
            kind=MailKind(entity["MailKind"]),
            round=int(entity["Round"]),
            n=entity.get("N"),
        )
