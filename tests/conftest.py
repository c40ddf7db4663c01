"""What every kind of test shares: an emulator of its own for each process that runs tests."""

from collections.abc import Iterator

import pytest

from tools.embedded import Azurite


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of an in-memory Azurite that nobody else uses; one per session, and per xdist worker."""
    with Azurite() as emulator:
        yield emulator.connection_string
