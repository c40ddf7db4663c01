"""The SDK clients of the process, made once from the settings and shared by every invocation."""

from types import TracebackType
from typing import Any, Self

from azure.core.pipeline.transport import AsyncHttpTransport
from azure.data.tables.aio import TableClient, TableServiceClient
from azure.storage.blob.aio import BlobServiceClient, ContainerClient
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.settings import Settings
from shared.storage.keys import PROOFS_CONTAINER, Table

# Short and few: a person waits, and the queue tries again where nobody does.
RETRIES: dict[str, Any] = {"retry_total": 2, "retry_backoff_factor": 0.2, "connection_timeout": 5, "read_timeout": 20}
# The wait before a retry is initial_backoff + increment_base ** retry, give or take the jitter: about a second.
BLOB_RETRIES: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0,
    "increment_base": 1,
    "random_jitter_range": 0.5,
    "connection_timeout": 5,
    "read_timeout": 60,
}

# A large proof goes over the wire in pieces: the library copies a request's bytes, and keeps them until it is answered.
PIECE = 1024 * 1024  # bytes; what is no larger takes one request
PIECES: dict[str, Any] = {
    "max_single_put_size": PIECE,
    "max_block_size": PIECE,
    "max_single_get_size": PIECE,
    "max_chunk_get_size": PIECE,
}


class Clients:
    """Table, queue and blob clients. `transport` replaces the network's, for tests that inject faults."""

    def __init__(self, settings: Settings, *, transport: AsyncHttpTransport[Any, Any] | None = None) -> None:
        extra: dict[str, Any] = {"transport": transport} if transport else {}
        self._credential: Any = None
        if settings.data_storage:
            self.table_service = TableServiceClient.from_connection_string(settings.data_storage, **RETRIES, **extra)
            self.queue_service = QueueServiceClient.from_connection_string(
                settings.data_storage, **BLOB_RETRIES, **extra
            )
        else:
            credential = self._identity(settings)
            self.table_service = TableServiceClient(
                endpoint=settings.table_service_uri or "", credential=credential, **RETRIES, **extra
            )
            self.queue_service = QueueServiceClient(
                account_url=settings.queue_service_uri or "", credential=credential, **BLOB_RETRIES, **extra
            )
        if settings.proof_storage:
            self.blob_service = BlobServiceClient.from_connection_string(
                settings.proof_storage, **BLOB_RETRIES, **PIECES, **extra
            )
        else:
            self.blob_service = BlobServiceClient(
                account_url=settings.blob_service_uri or "",
                credential=self._identity(settings),
                **BLOB_RETRIES,
                **PIECES,
                **extra,
            )
        self._tables: dict[Table, TableClient] = {}
        self._queues: dict[str, QueueClient] = {}
        self.proofs: ContainerClient = self.blob_service.get_container_client(PROOFS_CONTAINER)

    def _identity(self, settings: Settings) -> Any:
        from azure.identity.aio import ManagedIdentityCredential

        if self._credential is None:
            self._credential = ManagedIdentityCredential(client_id=settings.identity_client_id)
        return self._credential

    def table(self, name: Table) -> TableClient:
        """The client of one table."""
        if name not in self._tables:
            self._tables[name] = self.table_service.get_table_client(name.value)
        return self._tables[name]

    def queue(self, name: str) -> QueueClient:
        """The client of one queue."""
        if name not in self._queues:
            self._queues[name] = self.queue_service.get_queue_client(name)
        return self._queues[name]

    async def close(self) -> None:
        """Close every connection."""
        await self.table_service.close()
        await self.queue_service.close()
        await self.blob_service.close()
        if self._credential is not None:
            await self._credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
