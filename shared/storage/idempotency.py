"""Who may make the claim of one (organisation, key): the row is inserted before all else, and it alone decides."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from azure.core.exceptions import AzureError
from azure.data.tables import TableEntity, UpdateMode

from shared.domain.sayings import say
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.entities import instant, version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import if_match, read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import InFlightError, KeyReusedError, KnownKey, ServiceUnavailableError, Ticket

LEASE = timedelta(seconds=60)
STARTED, DONE = "started", "done"
Row = dict[str, Any]


class TableIdempotency:
    """The Idempotency on its table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.IDEMPOTENCY)

    async def begin(
        self, *, organisation: str, key: str, payload_hash: str, claim_id: str, now: datetime
    ) -> Ticket | str:
        """A ticket, or the ID of the claim that this key made. KeyReusedError, InFlightError."""
        row: Row = {
            "PartitionKey": keys.checked(organisation),
            "RowKey": keys.key_digest(key),
            "SchemaVersion": SCHEMA_VERSION,
            "ClaimId": claim_id,
            "PayloadHash": payload_hash,
            "State": STARTED,
            "LeaseUntil": now + LEASE,
            "TicketId": secrets.token_hex(16),
        }
        try:
            answer = await self._table.create_entity(row)
        except AzureError as error:
            stored = await self._stored(row)
            if stored is None:
                raise ServiceUnavailableError(say("The storage did not answer.")) from error
            if stored["TicketId"] == row["TicketId"]:
                return _ticket(row, version_of(stored))
            return await self._existing(stored, row, now=now)
        return _ticket(row, str(answer["etag"]))

    async def _existing(self, stored: TableEntity, row: Row, *, now: datetime) -> Ticket | str:
        if stored["PayloadHash"] != row["PayloadHash"] or stored["ClaimId"] != row["ClaimId"]:
            raise KeyReusedError(say("This Idempotency-Key was used for another request. Use a new key."))
        if stored["State"] == DONE:
            return str(stored["ClaimId"])
        lease = instant(stored, "LeaseUntil")
        if lease is not None and now < lease:
            raise InFlightError(say("A request with this Idempotency-Key is being worked on. Try again in a minute."))
        try:
            version = await self._replace(row, version_of(stored))
        except AzureError as error:
            taken = await self._written(row)
            if taken is not None:
                return _ticket(row, version_of(taken), taken_over=True)
            if is_conflict(error):
                raise InFlightError(say("A request with this Idempotency-Key is being worked on.")) from error
            raise ServiceUnavailableError(say("The storage did not answer.")) from error
        return _ticket(row, version, taken_over=True)

    async def finish(self, ticket: Ticket) -> None:
        """The claim exists. Somebody who took the ticket over closes it instead: that is as good."""
        row: Row = {
            "PartitionKey": ticket.organisation,
            "RowKey": ticket.key_digest,
            "SchemaVersion": SCHEMA_VERSION,
            "ClaimId": ticket.claim_id,
            "PayloadHash": ticket.payload_hash,
            "State": DONE,
            "TicketId": secrets.token_hex(16),
        }
        try:
            await self._replace(row, ticket.version)
        except AzureError as error:
            if not is_conflict(error) and await self._written(row) is None:
                raise ServiceUnavailableError(say("The storage did not answer.")) from error

    async def abandon(self, ticket: Ticket) -> None:
        """Nothing was made: free the key, unless somebody took the ticket over."""
        try:
            with service_faults():
                await self._table.delete_entity(
                    ticket.organisation,
                    ticket.key_digest,
                    **if_match(ticket.version),
                )
        except AzureError as error:
            if not is_conflict(error):
                raise

    async def look(self, *, organisation: str, key: str) -> KnownKey | None:
        """What is known of the key, or null."""
        stored = await read_row(self._table, keys.checked(organisation), keys.key_digest(key))
        if stored is None:
            return None
        return KnownKey(
            claim_id=str(stored["ClaimId"]), payload_hash=str(stored["PayloadHash"]), made=stored["State"] == DONE
        )

    async def _stored(self, row: Row) -> TableEntity | None:
        return await read_row(self._table, row["PartitionKey"], row["RowKey"])

    async def _written(self, row: Row) -> TableEntity | None:
        """The row as stored if this very write made it, for the reply alone may be what failed."""
        stored = await self._stored(row)
        return stored if stored is not None and stored["TicketId"] == row["TicketId"] else None

    async def _replace(self, row: Row, version: str) -> str:
        answer = await self._table.update_entity(row, mode=UpdateMode.REPLACE, **if_match(version))
        return str(answer["etag"])


def _ticket(row: Row, version: str, *, taken_over: bool = False) -> Ticket:
    return Ticket(
        organisation=row["PartitionKey"],
        key_digest=row["RowKey"],
        claim_id=row["ClaimId"],
        payload_hash=row["PayloadHash"],
        version=version,
        taken_over=taken_over,
    )
