"""Clocks that ran out: the timer hands the due rows out by queue, the handler decides each by compare-and-swap.

The row goes only after the commit, and by the handler's hand: a crash before that leaves a row that is handed out
again, to a handler that finds the decision made.
"""

import asyncio
from datetime import datetime

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import permits
from shared.domain.deadlines import ClockKind
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import SYSTEM
from shared.domain.reasons import ReasonCode
from shared.usecases.discard_draft import delete_draft
from shared.usecases.records import DeadlineRow, Queue, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import change, deadline_rows, reminder_of

HANDED_OUT_AT_MOST = 1000
AT_ONCE = 16
STEP = "due"

_DUE: dict[str, Event] = {
    ClockKind.OPT_OUT.value: Event(kind=EventKind.DEADLINE_PASSED, actor=SYSTEM),
    ClockKind.ACTION_REQUIRED.value: Event(
        kind=EventKind.ANSWER_OVERDUE, actor=SYSTEM, reasons=(ReasonCode.NO_PARTNER_RESPONSE,)
    ),
    ClockKind.DRAFT.value: Event(kind=EventKind.DRAFT_EXPIRED, actor=SYSTEM),
    reminder_of(ClockKind.OPT_OUT): Event(kind=EventKind.REMINDER_DUE, actor=SYSTEM),
    reminder_of(ClockKind.ACTION_REQUIRED): Event(kind=EventKind.REMINDER_DUE, actor=SYSTEM),
    reminder_of(ClockKind.DRAFT): Event(kind=EventKind.REMINDER_DUE, actor=SYSTEM),
}
_STATE = {
    ClockKind.OPT_OUT.value: Status.PENDING_CUSTOMER,
    ClockKind.ACTION_REQUIRED.value: Status.ACTION_REQUIRED,
    ClockKind.DRAFT.value: Status.DRAFT,
    reminder_of(ClockKind.OPT_OUT): Status.PENDING_CUSTOMER,
    reminder_of(ClockKind.ACTION_REQUIRED): Status.ACTION_REQUIRED,
    reminder_of(ClockKind.DRAFT): Status.DRAFT,
}


async def hand_out_due_deadlines(services: Services, *, now: datetime) -> int:
    """Send a message for each row that is due; gives how many. Rows handed out twice are decided once."""
    rows = await services.deadlines.due(now, limit=HANDED_OUT_AT_MOST)
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
    one goes. Never early: the guard of the transition table compares the claim's own receipt with `now`, whatever the
    row says.
    """
    row = message.deadline
    if row is None or row.due_at > now:
        return
    event = _DUE.get(row.kind)
    current = await services.claims.get(row.claim_id)
    if event is not None and current is not None:
        await _decide(services, row, event, current.value, now=now)
    await services.deadlines.delete(row)


async def _decide(services: Services, row: DeadlineRow, event: Event, seen: Claim, *, now: datetime) -> None:
    def decide(claim: Claim | None) -> Event | None:
        if claim is None or claim.status is not _STATE[row.kind] or not permits(claim, event.kind):
            return None
        return event

    try:
        if event.kind is EventKind.DRAFT_EXPIRED:
            await delete_draft(services, seen, event, now=now)
        else:
            await change(services, row.claim_id, decide, now=now)
    except ForbiddenTransitionError:
        coming = [later for later in deadline_rows(seen, seen.clocks) if later.kind == row.kind and later.due_at > now]
        await services.deadlines.put(coming)
