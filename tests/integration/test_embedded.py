"""The storage emulator as tests and `make run` start it."""

import os
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from tools import children
from tools.children import PartNotStartedError
from tools.embedded import ROOT, Azurite, wait_until


def table_names(connection_string: str) -> list[str]:
    """The names of the tables there."""
    with TableServiceClient.from_connection_string(connection_string) as service:
        return [table.name for table in service.list_tables()]


def make_table(connection_string: str, name: str) -> None:
    """Make a table."""
    with TableServiceClient.from_connection_string(connection_string) as service:
        service.create_table(name).close()


def test_all_three_services_answer(azurite: str) -> None:
    """Tables, blobs and queues are reached with the one connection string, by the real SDKs."""
    name = f"a{uuid.uuid4().hex}"
    make_table(azurite, name)
    assert name in table_names(azurite)
    with BlobServiceClient.from_connection_string(azurite) as blobs:
        blobs.create_container(name).close()
    with QueueServiceClient.from_connection_string(azurite) as queues:
        queues.create_queue(name).close()


def test_what_a_folder_keeps_is_there_again(tmp_path: Path) -> None:
    """A write acknowledged just before the stop is there after the next start on the same folder."""
    with Azurite(tmp_path / "data") as first:
        make_table(first.connection_string, "Kept")
    with Azurite(tmp_path / "data") as second:
        assert table_names(second.connection_string) == ["Kept"]


def test_in_memory_emulators_do_not_know_each_other(azurite: str) -> None:
    """Two emulators run side by side on ports of their own, and each starts empty."""
    name = f"a{uuid.uuid4().hex}"
    make_table(azurite, name)
    with Azurite() as other:
        assert other.connection_string != azurite
        assert name not in table_names(other.connection_string)
    with pytest.raises(PartNotStartedError):
        _ = other.connection_string


def test_the_emulator_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """When the process that started the emulator is ended by SIGKILL, the emulator ends too, and keeps what it had."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent died")
    program = (
        "import sys, time; from pathlib import Path; from tools.embedded import Azurite; "
        "print(Azurite(Path(sys.argv[1])).start().connection_string, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "data")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        connection_string = parent.stdout.readline().strip()
        make_table(connection_string, "Kept")
        parent.kill()
    port = int(connection_string.split("TableEndpoint=http://127.0.0.1:")[1].split("/")[0])
    wait_until(lambda: children.is_port_free(port), process=None, log=None, name="the port's release")
    with Azurite(tmp_path / "data") as again:
        assert table_names(again.connection_string) == ["Kept"]


def test_a_part_that_ends_while_starting_says_why(tmp_path: Path) -> None:
    """The error of a part that fails to start holds its exit code and its last words."""
    log = tmp_path / "part.log"
    command = [sys.executable, "-c", "print('no such setting'); raise SystemExit(3)"]
    part = children.start(command, environment=os.environ, folder=tmp_path, log=log)
    with pytest.raises(PartNotStartedError, match=r"the part ended with code 3\.\nno such setting"):
        wait_until(lambda: False, process=part, log=log, name="the part")


def test_a_taken_port_is_noticed() -> None:
    """A port somebody listens on is not free, and is again when they stop."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not children.is_port_free(port)
    assert children.is_port_free(port)
