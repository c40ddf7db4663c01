"""What an independent reader finds once the queues are empty: raw rows and blobs, mails, log, and what people read."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from functions.presenters import claim_json, history_json, list_json
from shared.domain.errors import DomainError
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.odata import equal, every
from shared.usecases.customer_response import view_request
from shared.usecases.proof_files import read_proof
from shared.usecases.reading import list_claims, read_claim, read_history
from shared.usecases.records import ListQuery, Mail
from tests.faults.product import DrivenProduct
from tests.faults.surroundings import OPERATOR, Logbook, Promises, caller

Row = dict[str, Any]


@dataclass(kw_only=True)
class Evidence:
    """Everything that the invariants are checked against, of one customer's tenant.

    `proofs` are the blobs' bytes by name; `tickets` the idempotency rows that name the tenant's claims; `answers` what
    each organisation reads; `reads_sent` the methods of the requests that those reads made, `changed_by_reading`
    whether a row of the tenant differs after them; `served` the scan's word on each proof that was handed out while
    scanning is on; `seen` what was noticed at any instant of the story; `faults` how many there were.
    """

    tenant_id: str
    rows: list[Row]
    lists: list[Row]
    tickets: list[Row]
    proofs: dict[str, bytes]
    mails: list[tuple[str, Mail]]
    promises: Promises
    log: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    reads_sent: set[str] = field(default_factory=set)
    changed_by_reading: bool = False
    served: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    faults: int = 1

    @property
    def claims(self) -> dict[str, Row]:
        """The claims' rows, by ID."""
        return {row["ClaimId"]: row for row in self.rows if row["RowKey"].startswith("claim:")}

    @property
    def bodies(self) -> dict[str, Row]:
        """The claims' values, by ID."""
        return {claim_id: body_of(row) for claim_id, row in self.claims.items()}

    def history(self, claim_id: str) -> list[Row]:
        """The claim's events, in order."""
        found = [body_of(row) for row in self.rows if row["RowKey"].startswith(f"history:{claim_id}:")]
        return sorted(found, key=lambda event: event["seq"])

    def children(self, prefix: str) -> list[Row]:
        """The rows of a kind: slots, mails."""
        return [row for row in self.rows if row["RowKey"].startswith(f"{prefix}:")]


def body_of(entity: Mapping[str, Any]) -> Row:
    """The stored value."""
    found: Row = json.loads("".join(entity[name] for name in sorted(entity) if name.startswith("Body")))
    return found


async def raw(clients: Clients, table: Table, tenant_id: str) -> list[Row]:
    """A tenant's rows of a table."""
    column = "PartitionKey" if table in {Table.CLAIMS, Table.USAGE} else "TenantId"
    return [dict(entity) async for entity in clients.table(table).query_entities(equal(column, tenant_id))]


async def gather_evidence(product: DrivenProduct, tenant_id: str, log: Logbook, seen: list[str]) -> Evidence:
    """Read everything, let everybody read what is theirs, and look whether that changed anything."""
    eyes = product.eyes
    rows, lists = await asyncio.gather(raw(eyes, Table.CLAIMS, tenant_id), raw(eyes, Table.CLAIM_LISTS, tenant_id))
    found = Evidence(
        tenant_id=tenant_id,
        rows=rows,
        lists=lists,
        tickets=await _tickets(eyes, rows),
        proofs={},
        mails=list(product.postbox.mails),
        promises=product.promises,
        seen=seen,
    )
    for claim_id, body in found.bodies.items():
        for proof in body["proofs"]:
            name = f"{claim_id}/{proof['sha256']}"
            blob = eyes.proofs.get_blob_client(name)
            if await blob.exists():
                found.proofs[name] = await (await blob.download_blob()).readall()
    await _let_people_read(product, found)
    after = await raw(eyes, Table.CLAIMS, tenant_id), await raw(eyes, Table.CLAIM_LISTS, tenant_id)
    found.changed_by_reading = after != (rows, lists)
    await _ask_for_proofs(product, found)
    found.log = "\n".join(log.lines)
    return found


async def _tickets(eyes: Clients, rows: list[Row]) -> list[Row]:
    tickets: list[Row] = []
    for row in rows:
        if row["RowKey"].startswith("claim:"):
            where = every((equal("PartitionKey", row["Organisation"]), equal("ClaimId", row["ClaimId"])))
            tickets += [dict(one) async for one in eyes.table(Table.IDEMPOTENCY).query_entities(where)]
    return tickets


async def _let_people_read(product: DrivenProduct, found: Evidence) -> None:
    """Each partner reads its claims with their history and its list, each customer its request."""
    product.restart()
    product.transport.plan(None)
    services, told = product.services, dict[str, list[object]]()
    for claim_id, body in found.bodies.items():
        who = caller(body["organisation"])
        claim = await read_claim(services, caller=who, claim_id=claim_id)
        rows = await read_history(services, caller=who, claim_id=claim_id)
        told.setdefault(who.organisation, []).extend(
            (
                claim_json(claim, language="en", for_programme=False),
                history_json(claim, rows, for_programme=False),
            )
        )
        if claim.round:  # a draft was never sent to anybody
            await view_request(services, claim_id=claim_id, token=services.tokens.issue(claim))
    for organisation, things in told.items():
        page = await list_claims(services, caller=caller(organisation), query=ListQuery(top=1))
        list_json(page, for_programme=False)
        found.answers[organisation] = json.dumps(things, default=str)
    found.reads_sent = {request.split(" ")[0] for request in product.transport.seen}


async def _ask_for_proofs(product: DrivenProduct, found: Evidence) -> None:
    """Ask for a proof of each claim as if scanning were on; what is served must have been found clean."""
    guarded = replace(product.services, scanning=True)
    for claim_id, body in found.bodies.items():
        for proof in body["proofs"][:1]:
            try:
                await read_proof(
                    guarded,
                    caller=caller(body["organisation"]),
                    claim_id=claim_id,
                    proof_id=proof["proof_id"],
                    now=product.now,
                )
            except DomainError:
                continue
            found.served.append(proof["scan"])


__all__ = ["OPERATOR", "Evidence", "body_of", "gather_evidence", "raw"]
