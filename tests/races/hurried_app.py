"""The app as it is deployed, in a hurry, among sixteen partners, and without a safeguard where RACES_WITHOUT names one.

Served by the local host as the function_app of a folder of its own: no delay of a message is longer than a few seconds,
so that a recovery that would come in a minute comes while a test watches.
"""

import asyncio
import os
from datetime import datetime, timedelta
from typing import Any

import azure.functions as func
from azure.data.tables import UpdateMode

from functions.registration import register_functions
from shared.storage import claims, idempotency, keys, queues
from shared.usecases.records import Queue, SentMessage, Ticket, WorkMessage
from tools.host.personas import PERSONAS, Persona

RECOVERY_DELAY, LONGEST_DELAY = timedelta(seconds=1), timedelta(seconds=4)
"""A mail is taken over from whoever is sending it after the longer one: sending takes milliseconds here."""
LATE_SECONDS = 0.7
WITHOUT = os.environ.get("RACES_WITHOUT", "")

_send = queues.StorageWorkQueue.send
_operations = claims._operations
_late: set[asyncio.Task[None]] = set()


def invite_partners(number: int) -> None:
    """Have partner-1, partner-2, … sign in, each the admin of an organisation of its own."""
    for one in range(1, number + 1):
        name = f"partner-{one}"
        organisation = f"{one:08x}-0000-4000-8000-0000000000cc"
        person = Persona(name, name.title(), f"{name}@{name}.example", organisation, ("Partner.IncentivesAdmin",), name)
        PERSONAS[name] = person


async def send_soon(
    self: queues.StorageWorkQueue, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()
) -> SentMessage:
    """Send with a delay of a few seconds at most."""
    longest = RECOVERY_DELAY if message.step == "recovery" else LONGEST_DELAY
    return await _send(self, queue, message, delay=min(delay, longest))


async def send_without_intent(
    self: queues.StorageWorkQueue, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()
) -> SentMessage:
    """No recovery message."""
    if message.step == "recovery":
        return SentMessage(queue=queue, message=message, message_id="never sent", receipt="")
    return await send_soon(self, queue, message, delay=delay)


async def hasten_late(self: queues.StorageWorkQueue, sent: SentMessage, instead: WorkMessage) -> None:
    """The immediate message only after the answer: what a crash forgets."""

    async def later() -> None:
        await asyncio.sleep(LATE_SECONDS)
        await send_soon(self, sent.queue, instead)

    task = asyncio.create_task(later())
    _late.add(task)
    task.add_done_callback(_late.discard)


async def recall_nothing(self: queues.StorageWorkQueue, sent: SentMessage) -> None:
    """There is nothing to take back."""


def unconditional(commit: Any) -> list[Any]:
    """The transaction's operations, with every update as if nobody else could have written meanwhile."""
    found: list[Any] = _operations(commit)
    return [("upsert", one[1], {"mode": one[2]["mode"]}) if one[0] == "update" else one for one in found]


def careless(commit: Any) -> list[Any]:
    """The transaction's operations, each of them writing over whatever is there."""
    return [("upsert", one[1], {"mode": UpdateMode.REPLACE}) for one in _operations(commit)]


async def begin_unseen(
    self: idempotency.TableIdempotency,
    *,
    organisation: str,
    key: str,
    payload_hash: str,
    claim_id: str,
    now: datetime,
) -> Ticket:
    """A ticket for everybody who asks, and no row."""
    return Ticket(
        organisation=organisation,
        key_digest=keys.key_digest(key),
        claim_id=claim_id,
        payload_hash=payload_hash,
        version="",
    )


async def finish_unseen(self: idempotency.TableIdempotency, ticket: Ticket) -> None:
    """Nothing to close."""


invite_partners(16)
queues.StorageWorkQueue.send = send_soon  # type: ignore[method-assign]
if WITHOUT == "if-match":
    claims._operations = unconditional
elif WITHOUT == "compare-and-swap":
    claims._operations = careless
elif WITHOUT == "intent":
    queues.StorageWorkQueue.send = send_without_intent  # type: ignore[method-assign]
    queues.StorageWorkQueue.hasten = hasten_late  # type: ignore[method-assign]
    queues.StorageWorkQueue.recall = recall_nothing  # type: ignore[method-assign]
elif WITHOUT == "ticket":
    idempotency.TableIdempotency.begin = begin_unseen  # type: ignore[method-assign]
    idempotency.TableIdempotency.finish = finish_unseen  # type: ignore[method-assign]
elif WITHOUT:
    raise ValueError(f"no such safeguard: {WITHOUT}")

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
register_functions(app)
