"""The same world on the real tables and blobs: the observer is shown their raw rows."""

import random
from typing import Any

from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.usecases.records import DeadlineRow, Versioned
from shared.wiring.composition import build
from tests.fakes.rows import FakeRows
from tests.simulation.faulty_ports import FaultPlan
from tests.simulation.world import World

REAL = ("claims", "lists", "deadlines", "proofs", "registry", "idempotency", "operations", "mail_failures")
"""The queue stays in memory, for its time is the world's."""
_NOTE = "place:"
"""Begins the key of a note that says where a claim stands in the reviewers' queue; it is no row of a list."""


class _Summary:
    """What the observer asks of a list's row."""

    def __init__(self, entity: Any) -> None:
        self.claim_id, self.summary, self.history_seq = entity["ClaimId"], self, entity["HistorySeq"]


class StoredWorld(World):
    """A world whose ports are the real adapters, on storage that nobody else uses."""

    def __init__(self, settings: Settings, clients: Clients, plan: FaultPlan, rng: random.Random) -> None:
        built = build(settings, clients)
        self._clients = clients
        super().__init__(plan, rng, hesitates=3, ports={name: getattr(built, name) for name in REAL})

    async def refresh(self) -> None:
        """The observer sees the raw rows as they are now."""
        product = self.product
        self.observer.rows.stored = await self._table(Table.CLAIMS, dict)
        listed = await self._table(Table.CLAIM_LISTS, _Summary)
        product.lists.rows = FakeRows({key: row for key, row in listed.items() if not key[1].startswith(_NOTE)})
        product.deadlines.rows = FakeRows(await self._table(Table.DEADLINES, _due))
        product.proofs.blobs = {
            name: await (await self._clients.proofs.get_blob_client(name).download_blob()).readall()
            async for name in self._clients.proofs.list_blob_names()
        }

    async def _table(self, table: Table, read: Any) -> dict[tuple[str, str], Versioned[Any]]:
        rows = self._clients.table(table).list_entities()
        return {
            (row["PartitionKey"], row["RowKey"]): Versioned(value=read(row), version=str(row.metadata["etag"]))
            async for row in rows
        }


def _due(entity: Any) -> DeadlineRow:
    kind, _, claim_id = str(entity["RowKey"]).partition(":")
    return DeadlineRow(kind=kind, claim_id=claim_id, due_at=entity["DueAt"])
