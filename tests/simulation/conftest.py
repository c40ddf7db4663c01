"""What every simulation needs."""

from collections.abc import Iterator

import pytest

from tests.simulation.plain_parts import Clockwork


@pytest.fixture(scope="module")
def clockwork() -> Iterator[Clockwork]:
    """A loop on which nothing happens but what a seed says."""
    made = Clockwork()
    yield made
    made.close()
