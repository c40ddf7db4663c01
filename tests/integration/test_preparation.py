"""The storage as `make run` prepares it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from shared.storage.keys import POISON_SUFFIX, Table
from shared.usecases.records import Queue
from tools import sample_registry
from tools.embedded import Azurite
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


@pytest.fixture
def storage() -> Iterator[str]:
    """The connection string of an emulator that holds nothing: no other test's rows are counted."""
    with Azurite() as emulator:
        yield emulator.connection_string


def test_everything_the_code_names_is_made_and_the_registry_seeded(storage: str, tmp_path: Path) -> None:
    """Tables, queues, poison queues and container are there, and the sample registry; preparing again adds nothing."""
    prepare(storage, tmp_path)
    counts = row_counts(storage)
    assert {table.value for table in Table} <= set(counts)
    # Each customer has an index row for each of its domains, each location one for its MPN ID.
    assert counts["Customers"] == sum(1 + len(one.domains) for one in sample_registry.customers())
    assert counts["Partners"] == 2 * len(sample_registry.locations())
    with QueueServiceClient.from_connection_string(storage) as service:
        queues = {queue.name for queue in service.list_queues()}
    assert {queue.value + suffix for queue in Queue for suffix in ("", POISON_SUFFIX)} <= queues
    with BlobServiceClient.from_connection_string(storage) as blobs:
        assert "proofs" in {container.name for container in blobs.list_containers()}
    prepare(storage, tmp_path)
    assert row_counts(storage) == counts
