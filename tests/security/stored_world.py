"""The same world on real storage: what goes over the wire is watched, and every row, blob and message can be read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.keys import POISON_SUFFIX, Table
from shared.storage.provision import provision
from shared.usecases.records import Queue
from shared.usecases.services import Services
from shared.wiring.composition import build
from tests.fakes.product import START, FakeProduct
from tests.faults.transport import FaultyTransport
from tests.security.world import World, new_world, settings


@dataclass
class StoredProduct:
    """The product's own services, as far as the world needs them."""

    services: Services
    now: datetime = START

    def __post_init__(self) -> None:
        self.claims, self.tokens = self.services.claims, self.services.tokens


@dataclass
class StoredWorld:
    """The world, the requests that its product sends, and a second pair of eyes that they do not pass."""

    world: World
    told: Settings
    transport: FaultyTransport
    eyes: Clients

    def sent(self) -> list[str]:
        """What was sent since the last look and changes something: method and path."""
        seen, self.transport.seen = self.transport.seen, []
        return [one for one in seen if not one.startswith(("GET ", "HEAD "))]

    async def stored(self) -> dict[str, Any]:
        """Every row, blob and message, with its version."""
        found: dict[str, Any] = {}
        for table in Table:
            async for row in self.eyes.table(table).list_entities():
                key = f"{table.value}/{row['PartitionKey']}/{row['RowKey']}"
                found[key] = {**row, "version": row.metadata["etag"]}
        async for blob in self.eyes.proofs.list_blobs(include=["metadata", "tags"]):
            found[f"proofs/{blob.name}"] = (blob.etag, blob.size, blob.metadata, blob.tags)
        for queue in Queue:
            for name in (queue.value, queue.value + POISON_SUFFIX):
                told = await self.eyes.queue(name).get_queue_properties()
                found[f"queue/{name}"] = told.approximate_message_count
        return found


@asynccontextmanager
async def stored_world(storage: str) -> AsyncIterator[StoredWorld]:
    """The world on that storage, which nobody else may use."""
    told = settings(DataStorage=storage, ProofStorage=storage)
    await provision(told)
    transport = FaultyTransport()
    async with Clients(told, transport=transport) as clients, Clients(told) as eyes:
        product = StoredProduct(build(told, clients))
        world = await new_world(cast("FakeProduct", product))  # what the world uses of it, both have
        yield StoredWorld(world, told, transport, eyes)
