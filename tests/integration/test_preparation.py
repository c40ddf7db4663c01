"""The storage as `make run` prepares it."""

from pathlib import Path

from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from shared.storage.keys import POISON_SUFFIX, Table
from shared.usecases.records import Queue
from tools import sample_registry
from tools.local_environment import local_environment
from tools.preparation import Preparation


def prepare(storage: str, folder: Path) -> None:
    """Prepare this storage."""
    preparation = Preparation()
    preparation.begin(local_environment(storage=storage, port=7071, folder=folder, base={}))
    preparation.finish()


def row_counts(storage: str) -> dict[str, int]:
    """How many rows each table has."""
    with TableServiceClient.from_connection_string(storage) as service:
        counts = {}
        for table in service.list_tables():
            with service.get_table_client(table.name) as rows:
                counts[table.name] = len(list(rows.list_entities()))
        return counts


def test_everything_the_code_names_is_made_and_the_registry_seeded(azurite: str, tmp_path: Path) -> None:
    """Every table, queue, poison queue and container is there, with the sample registry; preparing again adds nothing."""
    prepare(azurite, tmp_path)
    counts = row_counts(azurite)
    assert {table.value for table in Table} <= set(counts)
    assert counts["Customers"] == len(sample_registry.customers())
    assert counts["Partners"] == len(sample_registry.locations())
    with QueueServiceClient.from_connection_string(azurite) as service:
        queues = {queue.name for queue in service.list_queues()}
    assert {queue.value + suffix for queue in Queue for suffix in ("", POISON_SUFFIX)} <= queues
    with BlobServiceClient.from_connection_string(azurite) as blobs:
        assert "proofs" in {container.name for container in blobs.list_containers()}
    prepare(azurite, tmp_path)
    assert row_counts(azurite) == counts
