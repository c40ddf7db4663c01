"""Each port twice: the fake, and the adapter on an Azurite that only these suites use."""

from collections.abc import AsyncIterator

import pytest

from shared.settings import Settings, read_settings
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.provision import provision
from shared.usecases.ports import ClaimStore
from tests.fakes.claims import FakeClaimStore
from tools.embedded import Azurite

KEY = "k" * 40
BOTH = ("fake", "azurite")


def settings_for(storage: str) -> Settings:
    """Settings of a product on that storage."""
    return read_settings(
        {
            "DataStorage": storage,
            "ProofStorage": storage,
            "EMAIL_ENDPOINT": "http://127.0.0.1:1",
            "EMAIL_SENDER": "no-reply@cpor.example",
            "REVIEWER_MAILBOX": "review@cpor.example",
            "PUBLIC_URL": "http://localhost:7071",
            "OPERATOR_TENANT_ID": "00000000-0000-4000-8000-0000000000aa",
            "RESPONSE_TOKEN_KEYS": KEY,
            "CLAIM_ID_SECRET": KEY,
            "FORM_SECRET": KEY,
        }
    )


@pytest.fixture(scope="session")
async def storage() -> AsyncIterator[Settings]:
    """Settings of an emulator of our own, with every table, queue and container made.

    Of our own, because its due rows would be handed out by other tests' timers.
    """
    with Azurite() as emulator:
        settings = settings_for(emulator.connection_string)
        await provision(settings)
        yield settings


@pytest.fixture(scope="session")
async def clients(storage: Settings) -> AsyncIterator[Clients]:
    """Clients of that emulator."""
    async with Clients(storage) as made:
        yield made


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest) -> ClaimStore:
    """The fake claims' store, then the adapter."""
    return FakeClaimStore() if request.param == "fake" else TableClaimStore(request.getfixturevalue("clients"))
