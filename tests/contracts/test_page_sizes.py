"""How many rows one request of an export asks for: the service refuses more than 1,000, the emulator does not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.registry_admin import TableRegistryAdmin
from shared.storage.usage import TableUsageStore
from shared.usecases.registry_records import Place
from tests.contracts.lossy_transport import LossyTransport
from tests.contracts.sample_claims import fresh

MOST = 1000
type Read = Callable[[Clients, Place | None], Awaitable[object]]
EXPORTS: dict[str, Read] = {
    "usage": lambda clients, behind: TableUsageStore(clients).page(behind=behind, top=5 * MOST),
    "partners": lambda clients, behind: TableRegistryAdmin(clients).locations(behind=behind, top=5 * MOST),
    "customers": lambda clients, behind: TableRegistryAdmin(clients).customers(behind=behind, top=5 * MOST),
    "subscriptions": lambda clients, behind: TableRegistryAdmin(clients).subscriptions(behind=behind, top=5 * MOST),
}


class AskedFor(LossyTransport):
    """A transport that loses nothing and notes how many rows each request asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.tops: list[int] = []

    async def send(self, request: Any, **options: Any) -> Any:
        """Send it on."""
        self.tops += map(int, parse_qs(urlsplit(request.url).query).get("$top", []))
        return await super().send(request, **options)


@pytest.fixture
async def asked_for(storage: Settings, clients: Clients) -> AsyncIterator[tuple[AskedFor, Clients]]:
    """Clients whose requests are noted; `clients` has made the tables."""
    transport = AskedFor()
    async with Clients(storage, transport=transport) as made:
        yield transport, made


@pytest.mark.parametrize("begun", [False, True], ids=["from-the-start", "going-on"])
@pytest.mark.parametrize("registry", EXPORTS)
async def test_an_export_asks_for_no_more_than_the_service_gives(
    asked_for: tuple[AskedFor, Clients], registry: str, *, begun: bool
) -> None:
    """Whatever page the caller wants, no request of it asks for more than 1,000 rows, and each says how many."""
    transport, clients = asked_for
    await EXPORTS[registry](clients, (fresh(), "x") if begun else None)
    assert transport.tops
    assert max(transport.tops) <= MOST
