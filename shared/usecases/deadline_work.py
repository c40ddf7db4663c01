"""Clocks that ran out: the timer hands the due rows out by queue, the handler decides each by compare-and-swap.

The row goes only after the commit, and by the handler's hand: a crash before that leaves a row that is handed out
again, to a handler that finds the decision made.
"""

import asyncio
from datetime import datetime
from functools import partial

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.errors import ForbiddenTransitionError
from shared.usecases.association_ends import END, ENDING
from shared.usecases.discard_draft import delete_draft
from shared.usecases.due_plans import DueReason, is_planned, plan_due
from shared.usecases.follow_up import follow_up
from shared.usecases.look_after_association import look_after_association
from shared.usecases.records import DeadlineRow, Queue, Versioned, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import change
from shared.usecases.work_queue import Kept

HANDED_OUT_AT_MOST = 1000
A_CROWD = 100
"""Due rows, from which on the timer looks whether an earlier tick's messages still wait."""
BACKLOG = 500
"""Messages that wait, from which on no more are sent: they would be about the same rows."""
AT_ONCE = 16
STEP = "due"


async def hand_out_due_deadlines(services: Services, *, now: datetime) -> int:
    """Send a message for each row that is due; gives how many are with the queue.

    Rows handed out twice are decided once. Where hundreds wait already nothing is sent, or a queue that stands still
    would hold each row once more for each minute.
    """
    rows = await services.deadlines.due(now, limit=HANDED_OUT_AT_MOST)
    if len(rows) >= A_CROWD and await services.queue.backlog(Queue.DEADLINES) >= BACKLOG:
        return len(rows)
    gate = asyncio.Semaphore(AT_ONCE)

    async def hand_out(row: DeadlineRow) -> None:
        async with gate:
            message = WorkMessage(claim_id=row.claim_id, step=STEP, sent_at=now, deadline=row)
            await services.queue.send(Queue.DEADLINES, message)

    await asyncio.gather(*(hand_out(row) for row in rows))
    return len(rows)


async def handle_deadline(services: Services, *, message: WorkMessage, now: datetime) -> None:
    """Do what the clock asks for if it really ran out, then delete its row.

    A row whose clock was stopped or replaced is stale. Where the clock runs on, its row is written again before this
    one goes. What is done is decided by `plan_due`, as the dry run of the finalization tells it.
    """
    row = message.deadline
    if row is None or row.due_at > now:
        return
    kept = Kept()
    present = await _present(services, row, kept, now=now)
    if row not in present:
        await services.deadlines.put(present)
        await services.deadlines.delete(row)
        await services.deadlines.put(present)  # two clocks of one hour share a row; the old one's deletion took it
    await follow_up(services, kept, now=now)


async def _present(services: Services, row: DeadlineRow, kept: Kept, *, now: datetime) -> tuple[DeadlineRow, ...]:
    """Do what the row asks for; gives the rows that its clock must have from now on."""
    if row.kind in {END, ENDING}:
        return await look_after_association(services, claim_id=row.claim_id, now=now)
    present = await _done(services, row, kept, now=now) if is_planned(row.kind) else None
    return () if present is None else (present,)


async def _done(services: Services, row: DeadlineRow, kept: Kept, *, now: datetime) -> DeadlineRow | None:
    """Carry out the row's plan; gives the row that the clock must have from now on, null where it needs none."""
    stored = await services.claims.get(row.claim_id)
    seen = stored.value if stored else None
    plan = plan_due(row, seen, now=now)
    if stored is not None and plan.event is not None:
        return await _decide(services, row, plan.event, stored, kept, now=now)
    return row if plan.why is DueReason.NOT_YET else plan.present


def _event_of(row: DeadlineRow, now: datetime, claim: Claim | None) -> Event | None:
    return plan_due(row, claim, now=now).event


async def _decide(
    services: Services, row: DeadlineRow, event: Event, seen: Versioned[Claim], kept: Kept, *, now: datetime
) -> DeadlineRow | None:
    """Commit the event. Where the claim has moved on meanwhile, gives the row of its clock as it runs now."""
    try:
        if event.kind is EventKind.DRAFT_EXPIRED:
            await delete_draft(services, seen.value, event, now=now)
        else:
            decide = partial(_event_of, row, now)
            await change(services, row.claim_id, decide, now=now, read=seen, kept=kept)
    except ForbiddenTransitionError:
        stored = await services.claims.get(row.claim_id)
        return plan_due(row, stored.value if stored else None, now=now).present
    return None
