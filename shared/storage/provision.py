"""Make the tables, queues and the container, locally and for tests; in Azure the infrastructure makes them."""

import asyncio
from collections.abc import Awaitable

from azure.core.exceptions import ResourceExistsError

from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.keys import POISON_SUFFIX, Table
from shared.usecases.records import Queue


async def provision(settings: Settings) -> None:
    """Create whatever is missing; what is there stays as it is."""
    async with Clients(settings) as clients:
        names = [queue.value + suffix for queue in Queue for suffix in ("", POISON_SUFFIX)]
        await asyncio.gather(
            *(clients.table_service.create_table_if_not_exists(table.value) for table in Table),
            *(_unless_there(clients.queue(name).create_queue()) for name in names),
            _unless_there(clients.proofs.create_container()),
        )


async def _unless_there(creation: Awaitable[object]) -> None:
    try:
        await creation
    except ResourceExistsError:
        return
