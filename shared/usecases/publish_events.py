"""Tell the outside what happened to a claim, at least once and in order (docs/events.md).

Level-triggered: a message only says "look at this claim". The cursor tells what was taken last; every history row
behind it is published, and after each of them the cursor moves by compare-and-swap. What a crash leaves:
- before the receiver took a row: nothing, the next message publishes it;
- after that and before the cursor moved: the row is published again, under the same ID;
- two handlers of one claim: both publish the next row, and nobody publishes a row before the one ahead of it was taken,
  so that rows are first seen in order; a repeat may come behind a younger one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.history import HistoryRow
from shared.usecases.event_records import DISCARDED, ClaimEvent, EventCursor
from shared.usecases.programme_ports import EventPublisher
from shared.usecases.records import ConflictError, Queue, ServiceUnavailableError, Versioned, WorkMessage
from shared.usecases.services import Services

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
TRIED_FOR = timedelta(hours=24)
"""How long a receiver that does not answer is tried before the message ends with the dead letters."""
AGAIN_STEP = "again"
_ROUNDS = frozenset({EventKind.SUBMITTED.value, EventKind.RESUBMITTED.value, EventKind.DISPUTED.value})


async def publish_events(services: Services, *, message: WorkMessage, now: datetime) -> timedelta | None:
    """Publish what is outstanding for the claim. Gives how long the receiver is left alone, null where it took all.

    Each wait is as long as the message is old, so that they double, from ten seconds to an hour. After a day the
    receiver's silence is raised (ServiceUnavailableError), and the message ends with the dead letters; the claim's next
    transition, or a replay, goes on where this one stopped.
    """
    if services.events is None:
        return None
    try:
        await _catch_up(services, services.events, message.claim_id)
    except ServiceUnavailableError:
        age = now - message.sent_at
        if age >= TRIED_FOR:
            raise
        wait = min(max(age, FIRST_WAIT), LONGEST_WAIT)
        again = WorkMessage(claim_id=message.claim_id, step=AGAIN_STEP, sent_at=message.sent_at)
        await services.queue.send(Queue.EVENTS, again, delay=wait)
        return wait
    return None


async def wake_events(services: Services, claim_id: str, current: Claim | None, *, step: str, now: datetime) -> None:
    """Ask for the claim's events where some are outstanding; costs nothing where nobody is to be told.

    They have a queue of their own, so that a slow receiver holds up no mail.
    """
    if services.events is None:
        return
    cursor = await services.event_cursors.get(claim_id)
    told = cursor.value.seq if cursor else 0
    if (current is None and cursor is not None) or (current is not None and told < current.history_seq):
        await services.queue.send(Queue.EVENTS, WorkMessage(claim_id=claim_id, step=step, sent_at=now))


async def _catch_up(services: Services, publisher: EventPublisher, claim_id: str) -> None:
    cursor = await services.event_cursors.get(claim_id)
    current = await services.claims.get(claim_id)
    if current is None:
        if cursor is not None:
            await publisher.publish(_discarded(cursor.value, at=services.clock()), at=services.clock())
            await services.event_cursors.delete(claim_id)
        return
    claim = current.value
    if cursor is None:
        cursor = await _begun(services, claim)
    if cursor is None or cursor.value.seq >= claim.history_seq:
        return
    rows = await services.claims.history(claim_id)
    while (row := _next(rows, cursor.value.seq)) is not None:
        await publisher.publish(_event(claim, row, rows), at=services.clock())
        moved = await _moved(services, cursor, row.seq)
        if moved is None:
            return
        cursor = moved


def _next(rows: Iterable[HistoryRow], told: int) -> HistoryRow | None:
    return next((row for row in rows if row.seq > told), None)


async def _begun(services: Services, claim: Claim) -> Versioned[EventCursor] | None:
    """The cursor before the first row: written before anything is told, for a draft may be gone by the next time."""
    begun = EventCursor(
        claim_id=claim.claim_id,
        number=claim.number,
        organisation=claim.organisation,
        tenant_id=claim.customer.tenant_id,
        seq=0,
    )
    try:
        return Versioned(value=begun, version=await services.event_cursors.save(begun, None))
    except ConflictError:
        return await services.event_cursors.get(claim.claim_id)


async def _moved(services: Services, cursor: Versioned[EventCursor], seq: int) -> Versioned[EventCursor] | None:
    """The cursor at that row, or where another handler has taken it meanwhile; null where it is gone."""
    at_row = EventCursor(
        claim_id=cursor.value.claim_id,
        number=cursor.value.number,
        organisation=cursor.value.organisation,
        tenant_id=cursor.value.tenant_id,
        seq=seq,
    )
    try:
        return Versioned(value=at_row, version=await services.event_cursors.save(at_row, cursor.version))
    except ConflictError:
        return await services.event_cursors.get(cursor.value.claim_id)


def _event(claim: Claim, row: HistoryRow, rows: Iterable[HistoryRow]) -> ClaimEvent:
    """The row as others may know it. The items are the claim's present ones: `itemsAsOf` says of which row."""
    return ClaimEvent(
        event_id=f"{row.claim_id}/{row.seq}",
        claim_id=row.claim_id,
        number=claim.number,
        event=row.event,
        at=row.at,
        data={
            "claimId": row.claim_id,
            "number": claim.number,
            "organisation": claim.organisation,
            "tenantId": claim.customer.tenant_id,
            "seq": row.seq,
            "event": row.event,
            "from": row.from_status or None,
            "to": row.to_status or None,
            "actor": row.actor.kind.value,
            "round": sum(one.event in _ROUNDS and one.seq <= row.seq for one in rows),
            "reasons": list(row.reasons),
            "items": [
                {
                    "itemId": item.item_id,
                    "productId": item.product_id,
                    "subscriptionId": item.subscription_id,
                    "activity": item.activity,
                    "outcome": item.outcome.value,
                    "reasons": list(item.reasons),
                }
                for item in claim.items
            ],
            "itemsAsOf": claim.history_seq,
        },
    )


def _discarded(cursor: EventCursor, *, at: datetime) -> ClaimEvent:
    """The last that is told of a draft whose rows are gone: that it is, and not by whom."""
    return ClaimEvent(
        event_id=f"{cursor.claim_id}/{DISCARDED}",
        claim_id=cursor.claim_id,
        number=cursor.number,
        event=DISCARDED,
        at=at,
        data={
            "claimId": cursor.claim_id,
            "number": cursor.number,
            "organisation": cursor.organisation,
            "tenantId": cursor.tenant_id,
            "seq": None,
            "event": DISCARDED,
            "from": Status.DRAFT.value,
            "to": None,
            "actor": None,
            "round": 0,
            "reasons": [],
            "items": [],
            "itemsAsOf": None,
        },
    )
