"""What the independent reader finds after a race: the raw rows and blobs of the customers concerned, once all is quiet.

The invariants are those of the faults' suite; here the evidence is gathered from outside the hosts' processes.
"""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property
from typing import Any

from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueServiceClient

from shared.usecases.records import Mail
from tests.faults.evidence import Evidence, Row, body_of
from tests.faults.invariants import broken
from tests.faults.surroundings import Promises
from tests.races.arena import PARTNERS, Arena, organisation_of

LOOKS, PAUSE = 2, 0.2
COLUMNS = ["Status", "OptOutDeadline"]
PATIENCE, LONGEST = 90.0, 600.0
"""Seconds that a queue may stand still, or take to empty: a busy machine takes its time, a loop would not end."""


class Gathered(Evidence):
    """Evidence that does not change any more: each body is read once."""

    @cached_property
    def bodies(self) -> dict[str, Row]:
        """The claims' values, by ID."""
        return {claim_id: body_of(row) for claim_id, row in self.claims.items()}


class Reader:
    """Eyes on the storage that belong to no host."""

    def __init__(self, arena: Arena) -> None:
        storage = arena.product.storage
        self._arena = arena
        self._tables = TableServiceClient.from_connection_string(storage)
        self._queues = QueueServiceClient.from_connection_string(storage)
        self._proofs = ContainerClient.from_connection_string(storage, "proofs")
        self.checked = 0
        """How many claims the invariants were held against so far."""

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._tables, self._queues, self._proofs):
            await client.close()

    async def quiet(self) -> None:
        """Wait until no queue holds a message, be it invisible, for some looks on end."""
        names = [queue.name async for queue in self._queues.list_queues() if not queue.name.endswith("-poison")]
        quiet_looks, before, moved_at, began = 0, [1], time.monotonic(), time.monotonic()
        while quiet_looks < LOOKS:
            counts = await asyncio.gather(*(self._count(name) for name in names))
            quiet_looks = 0 if any(counts) else quiet_looks + 1
            if counts != before:
                before, moved_at = counts, time.monotonic()
            now = time.monotonic()
            stuck = now > moved_at + PATIENCE or now > began + LONGEST
            assert not stuck, f"the queues never empty: {dict(zip(names, counts, strict=True))}"
            await asyncio.sleep(PAUSE)

    async def worked_off(self, tick: Callable[[], Awaitable[None]]) -> None:
        """Run the timer until no clock is left that ran out, as it does minute by minute: a run has its limit."""
        began = time.monotonic()
        while await self._is_due():
            assert time.monotonic() < began + LONGEST, "clocks that ran out are left"
            await tick()
            await self.quiet()

    async def _is_due(self) -> bool:
        now = (await self._arena.now()).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = self._tables.get_table_client("Deadlines").query_entities(f"DueAt le datetime'{now}'", select=["DueAt"])
        return await anext(aiter(rows), None) is not None

    async def _count(self, queue: str) -> int:
        found = await self._queues.get_queue_client(queue).get_queue_properties()
        return int(found.approximate_message_count or 0)

    async def poisoned(self) -> list[str]:
        """What was given up."""
        names = [queue.name async for queue in self._queues.list_queues() if queue.name.endswith("-poison")]
        counts = await asyncio.gather(*(self._count(name) for name in names))
        return [f"{count} messages in {name}" for name, count in zip(names, counts, strict=True) if count]

    async def claims(self, tenant_id: str) -> Gathered:
        """The tenant's rows as they are now, and nothing else."""
        rows = await self._rows("Claims", f"PartitionKey eq '{tenant_id}'")
        return Gathered(
            tenant_id=tenant_id, rows=rows, lists=[], tickets=[], proofs={}, mails=[], promises=self._arena.promises
        )

    async def until(self, tenant_id: str, is_it: Callable[[Row], bool], what: str) -> Gathered:
        """The tenant's rows once every claim's row is as wanted; only a few columns are read till then."""
        over_at = time.monotonic() + PATIENCE
        claims = f"PartitionKey eq '{tenant_id}' and RowKey ge 'claim:' and RowKey lt 'claim;'"
        while not all(map(is_it, seen := await self._rows("Claims", claims, COLUMNS))):
            assert time.monotonic() < over_at, f"{what}: not in time; last seen: {seen}"
            await asyncio.sleep(PAUSE)
        return await self.claims(tenant_id)

    async def findings(self, tenants: Iterable[str], *, crashes: int = 0) -> list[str]:
        """What is broken of the twelve invariants, for these customers, once all is quiet."""
        await self.quiet()
        mails = [(row["operationId"], _mail(row)) for row in await self._arena.mails()]
        log = self._arena.new_log()
        found = await self.poisoned()
        for tenant_id in tenants:
            evidence = await self._evidence(tenant_id, mails, crashes)
            evidence.log = log
            self.checked += len(evidence.claims)
            found += [f"{tenant_id}: {what}" for what in broken(evidence)]
        return found

    async def _evidence(self, tenant_id: str, mails: list[tuple[str, Mail]], crashes: int) -> Gathered:
        found = await self.claims(tenant_id)
        found.lists = await self._rows("ClaimLists", f"TenantId eq '{tenant_id}'")
        own = {row["OperationId"] for row in found.children("mail")}
        found.mails = [(operation, mail) for operation, mail in mails if operation in own]
        found.promises = self._promised(found)
        found.faults = crashes
        tickets = (
            self._rows("Idempotency", f"PartitionKey eq '{row['Organisation']}' and ClaimId eq '{claim_id}'")
            for claim_id, row in found.claims.items()
        )
        found.tickets = [ticket for some in await asyncio.gather(*tickets) for ticket in some]
        for claim_id, body in found.bodies.items():
            for proof in body["proofs"]:
                name = f"{claim_id}/{proof['sha256']}"
                if await self._proofs.get_blob_client(name).exists():
                    found.proofs[name] = await (await self._proofs.download_blob(name)).readall()
        found.answers = await self._answers(found)
        found.changed_by_reading = (await self.claims(tenant_id)).rows != found.rows
        return found

    def _promised(self, found: Evidence) -> Promises:
        """The promises about this tenant; a claim that is promised and is nowhere shows as missing."""
        begin, everything = _prefix(found.tenant_id), self._arena.promises
        return Promises(
            claims={key: ids for key, ids in everything.claims.items() if any(one.startswith(begin) for one in ids)},
            choices={one: choice for one, choice in everything.choices.items() if one.startswith(begin)},
        )

    async def _answers(self, found: Evidence) -> dict[str, str]:
        """What each partner reads of its own claims."""
        partners = {organisation_of(one): one for one in range(1, PARTNERS + 1)}
        told: dict[str, list[object]] = {}
        for claim_id, body in found.bodies.items():
            answer = await self._arena.read(partners[body["organisation"]], claim_id)
            told.setdefault(body["organisation"], []).append(answer)
        return {organisation: json.dumps(answers) for organisation, answers in told.items()}

    async def _rows(self, table: str, query: str, columns: list[str] | None = None) -> list[Row]:
        client = self._tables.get_table_client(table)
        return [dict(entity) async for entity in client.query_entities(query, select=columns)]


def _prefix(tenant_id: str) -> str:
    """How the IDs of this tenant's claims begin."""
    return base64.b32encode(uuid.UUID(tenant_id).bytes).decode().lower()[:25]


def _mail(row: dict[str, Any]) -> Mail:
    return Mail(to=row["to"], recipient_name="", subject=row["subject"], text=row["text"], html=row["html"])
