"""The product as tests start it: host and storage, each stopped and killed on its own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from azure.storage.queue import QueueServiceClient

from tests.integration.sample_app import write_sample_app
from tools import children
from tools.children import PartNotStartedError
from tools.embedded import LocalProduct
from tools.preparation import Preparation


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product of one function, running."""
    folder = tmp_path_factory.mktemp("product")
    with LocalProduct(folder / "data", app=write_sample_app(folder / "app"), prepare=False) as running:
        yield running


def health(product: LocalProduct) -> list[str]:
    """What the sample app says: its process id, public address and secret."""
    answer = httpx.get(f"{product.base_url}/api/health")
    assert answer.status_code == 200
    return answer.text.split()


def queue_names(product: LocalProduct) -> list[str]:
    """The names of the queues in the product's storage."""
    with QueueServiceClient.from_connection_string(product.storage) as service:
        return [queue.name for queue in service.list_queues()]


def test_the_app_runs_with_the_products_settings(product: LocalProduct) -> None:
    """The host answers at the base address and hands the app the settings the product made."""
    _, public_url, secret = health(product)
    assert public_url == product.base_url
    assert secret == product.environment["CLAIM_ID_SECRET"]


def test_storage_outlives_a_killed_host(product: LocalProduct) -> None:
    """After SIGKILL of the host, what was written is still there, and a new host answers at the same address."""
    with QueueServiceClient.from_connection_string(product.storage) as service:
        service.create_queue("written-before").close()
    process, _, secret = health(product)
    product.kill_host()
    assert children.is_port_free(product.port)
    product.start_host()
    after = health(product)
    assert after[0] != process
    assert after[2] == secret
    assert "written-before" in queue_names(product)


def test_a_stopped_host_ends_cleanly(product: LocalProduct) -> None:
    """SIGTERM ends the host with exit code 0, and a second stop is refused as there is no host."""
    assert product.stop_host() == 0
    with pytest.raises(PartNotStartedError):
        product.stop_host()
    product.start_host()
    assert health(product)


def test_a_host_that_ends_by_itself_is_waited_for(product: LocalProduct) -> None:
    """A host told to crash ends with its own exit code, and the crash is gone with the next start."""
    product.stop_host()
    product.start_host(environment={"SAMPLE_CRASH": "7"})
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{product.base_url}/api/crash")
    assert product.wait_for_host_to_end(seconds=10) == 7
    product.start_host()
    assert httpx.get(f"{product.base_url}/api/crash").status_code == 200


def test_an_app_that_cannot_start_is_told(tmp_path: Path) -> None:
    """An app that fails while loading ends the start with the host's own words, and leaves nothing running."""
    app = write_sample_app(tmp_path / "app")
    (app / "function_app.py").write_text("raise RuntimeError('planted fault')\n", encoding="utf-8")
    product = LocalProduct(tmp_path / "data", app=app, prepare=False)
    with pytest.raises(PartNotStartedError, match="planted fault"):
        product.start()
    assert children.is_port_free(product.port)


def test_a_preparation_that_fails_says_why() -> None:
    """Settings that are not complete end the preparation with the names of what is missing."""
    preparation = Preparation()
    preparation.begin({"AzureWebJobsStorage": "none"})
    with pytest.raises(PartNotStartedError, match="DataStorage"):
        preparation.finish()
    preparation.cancel()
