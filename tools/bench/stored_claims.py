"""Thousands of whole claims in the tables: copies of one that the product made, each a claim of its own.

What the storage layer would write is written, a hundred rows in a transaction: the claim, its history with a chain of
its own, its mails and its rows in the lists. The bytes of their proofs are not stored.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import batched

from shared.domain.claim import Claim
from shared.domain.history import HistoryRow, rehashed
from shared.domain.identifiers import claim_id, claim_number
from shared.domain.mails import MailIntent
from shared.storage import entities, keys
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.list_rows import list_entity
from shared.usecases.records import OPERATIONS_AT_MOST
from tools.bench.ground import Buyer

A_TENANT = 100
"""Claims of one customer; a large one."""
_FIRST_BUYER = 1_000_000
_SECRET = b"of the bench"
_AT_ONCE = 4
_PORTION = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A claim with everything that is stored of it, its lists apart."""

    claim: Claim
    history: tuple[HistoryRow, ...]
    mails: tuple[MailIntent, ...]


async def read(clients: Clients, of: str) -> Whole:
    """The claim of that ID, whole."""
    store = TableClaimStore(clients)
    stored = await store.get(of)
    if stored is None:
        raise RuntimeError("the claim that was taken is not there")
    mails = tuple(one.value for one in await store.mails(of))
    return Whole(claim=stored.value, history=await store.history(of), mails=mails)


async def load(clients: Clients, like: Whole, count: int) -> None:
    """Store so many copies of a claim that holds nothing any more, a hundred for each of many customers."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def write(table: Table, rows: Sequence[entities.Entity]) -> None:
        async with gate:
            await clients.table(table).submit_transaction([("upsert", row) for row in rows])

    for numbers in batched(range(count), _PORTION, strict=False):
        copies = [copy(like, number) for number in numbers]
        works = [write(Table.CLAIMS, rows) for rows in _transactions(copies)]
        for partition in (keys.partner_list(like.claim.organisation), keys.status_list(like.claim.status)):
            listed = [_listed(one.claim, partition) for one in copies]
            works += [write(Table.CLAIM_LISTS, rows) for rows in batched(listed, OPERATIONS_AT_MOST, strict=False)]
        await asyncio.gather(*works)


def copy(like: Whole, number: int) -> Whole:
    """The same life under another ID, of another customer, a little earlier."""
    buyer = Buyer(_FIRST_BUYER + number // A_TENANT)
    claim = like.claim
    new_id = claim_id(tenant_id=buyer.tenant_id, organisation=claim.organisation, key=f"{number}", secret=_SECRET)
    history: list[HistoryRow] = []
    for row in like.history:
        before = history[-1].hash if history else row.previous_hash
        history.append(rehashed(replace(row, claim_id=new_id, previous_hash=before)))
    return Whole(
        claim=replace(
            claim,
            claim_id=new_id,
            number=claim_number(new_id),
            customer=replace(claim.customer, tenant_id=buyer.tenant_id, domain=buyer.domain),
            created_at=claim.created_at - timedelta(seconds=number + 1),
            history_hash=history[-1].hash,
        ),
        history=tuple(history),
        mails=tuple(replace(mail, claim_id=new_id) for mail in like.mails),
    )


def _transactions(copies: Sequence[Whole]) -> Iterator[tuple[entities.Entity, ...]]:
    """The rows of the claims' partitions, as many in each as a transaction takes."""
    partitions: dict[str, list[entities.Entity]] = {}
    for one in copies:
        tenant_id = one.claim.customer.tenant_id
        rows = partitions.setdefault(tenant_id, [])
        rows.append(entities.claim_entity(one.claim, one.history[-1].operation_id))
        rows += [entities.history_entity(tenant_id, row) for row in one.history]
        rows += [entities.mail_entity(tenant_id, mail) for mail in one.mails]
    for rows in partitions.values():
        yield from batched(rows, OPERATIONS_AT_MOST, strict=False)


def _listed(claim: Claim, partition: str) -> entities.Entity:
    return list_entity(claim, partition, keys.list_row(claim.created_at, claim.claim_id))
