"""What every kind of test shares: an emulator, and a running product, of its own for each process that runs tests."""

from collections.abc import Iterator

import pytest

from tools.core_tools import product_class
from tools.embedded import Azurite, LocalProduct


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of an in-memory Azurite that nobody else uses; one per session, and per xdist worker."""
    with Azurite() as emulator:
        yield emulator.connection_string


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """The whole product, running on storage of its own with the sample registry; one per session and xdist worker."""
    with product_class()(tmp_path_factory.mktemp("product")) as running:
        yield running
