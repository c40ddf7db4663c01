"""The dry run of the finalization, held against the real one; and what stale rows lead to."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import RoleMissingError
from shared.usecases.deadline_work import A_CROWD, BACKLOG, hand_out_due_deadlines, handle_deadline
from shared.usecases.due_plans import DueOutcome, DueReason, plan_due
from shared.usecases.foresee_finalization import Foreseen, ForeseenRow, foresee_finalization
from shared.usecases.records import DeadlineRow, Queue, WorkMessage
from shared.usecases.start_finalization import start_finalization
from shared.usecases.transition import deadline_rows
from tests.fakes.product import FakeProduct
from tests.fakes.queues import FakeWorkQueue
from tests.unit.usecases.lives import ADMIN, REVIEWER, live, new_claim

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
PENDING = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
ANSWERING = (E.SUBMITTED, E.CHECKS_FLAGGED, E.INFORMATION_REQUESTED)
LIVES: tuple[tuple[Any, ...], ...] = (
    (E.DRAFTED,),
    (E.DRAFTED, 2 * DAY, E.EDITED),
    (E.DRAFTED, MINUTE, E.EDITED, 26 * DAY, E.EDITED),
    (E.DRAFTED, DAY, E.SUBMITTED),
    PENDING,
    (*PENDING, E.WITHDRAWN),
    (*PENDING, DAY, E.CONFIRMED),
    (*PENDING, E.NOTICE_UNDELIVERED),
    (*PENDING, E.NOTICE_UNDELIVERED, 3 * DAY, E.RESUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED),
    (E.SUBMITTED, E.CHECKS_PASSED),
    ANSWERING,
    (*ANSWERING, DAY, E.RESUBMITTED, E.CHECKS_FLAGGED),
)
EVENT_OF = {
    DueOutcome.APPROVE: E.DEADLINE_PASSED.value,
    DueOutcome.REJECT: E.ANSWER_OVERDUE.value,
    DueOutcome.REMIND: E.REMINDER_DUE.value,
}


@dataclass(frozen=True)
class Lived:
    """One claim's life, begun so many hours after the others."""

    events: tuple[Any, ...]
    after: int


async def all_pages(product: FakeProduct, as_of: Any, *, top: int = 2) -> list[ForeseenRow]:
    """Every row of the dry run, in pages so small that their ends are met."""
    found: list[ForeseenRow] = []
    behind: DeadlineRow | None = None
    while True:
        page: Foreseen = await foresee_finalization(product.services, caller=ADMIN, as_of=as_of, top=top, behind=behind)
        found += page.rows
        behind = page.behind
        if behind is None:
            return found


async def finalize(product: FakeProduct) -> None:
    """Run the timer and its handler until nothing more is due."""
    for _ in range(20):
        if not await hand_out_due_deadlines(product.services, now=product.now):
            return
        while (message := product.queue.take(Queue.DEADLINES)) is not None:
            await handle_deadline(product.services, message=message, now=product.now)
    raise AssertionError("something stays due for ever")


async def events_of(product: FakeProduct, claim: Claim) -> list[str] | None:
    """The claim's events, null where it is gone."""
    if await product.claims.get(claim.claim_id) is None:
        return None
    return [row.event for row in await product.claims.history(claim.claim_id)]


DELAYS = (-MINUTE, 0 * MINUTE, 13 * HOUR, 14 * HOUR + 59 * MINUTE, 15 * HOUR, 40 * DAY)


async def compared(lives: Sequence[Lived], due: int, delay: timedelta) -> int:
    """Foresee and finalize at the `due`th row's instant and the delay; gives how many rows there were.

    Fails unless each foreseen event happens, and none but those.
    """
    product = FakeProduct()
    start = product.now
    claims: list[Claim] = []
    for number, lived in enumerate(lives):
        product.now = start + lived.after * HOUR
        claims.append(await live(product, new_claim(product, str(number)), *lived.events))
    before = [await events_of(product, claim) for claim in claims]
    stored = deepcopy((product.claims.rows.stored, product.deadlines.rows.stored))
    instants = sorted(row.value.due_at for row in product.deadlines.rows.stored.values()) or [product.now]
    as_of = max(instants[due % len(instants)] + delay, *(claim.updated_at for claim in claims), start)

    foreseen = await all_pages(product, as_of)
    assert (product.claims.rows.stored, product.deadlines.rows.stored) == stored
    assert not product.queue.waiting(Queue.DEADLINES)

    product.now = as_of
    await finalize(product)
    for claim, old in zip(claims, before, strict=True):
        mine = [one.plan.outcome for one in foreseen if one.row.claim_id == claim.claim_id]
        acted = [outcome for outcome in mine if outcome is not DueOutcome.NOTHING]
        now = await events_of(product, claim)
        if DueOutcome.EXPIRE_DRAFT in acted:
            assert now is None
            acted.remove(DueOutcome.EXPIRE_DRAFT)
            assert acted in ([], [DueOutcome.REMIND])
        else:
            assert now == [*(old or []), *(EVENT_OF[outcome] for outcome in acted)]
    return len(instants)


@pytest.mark.parametrize("events", LIVES)
async def test_each_life_ends_as_foreseen(events: tuple[Any, ...]) -> None:
    """For every kind of life, around every one of its clocks, the dry run tells what the real one does."""
    due, rows = 0, 1
    while due < rows:
        for delay in DELAYS:
            rows = await compared([Lived(events, 0)], due, delay)
        due += 1


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.builds(Lived, st.sampled_from(LIVES), st.integers(0, 60)), min_size=2, max_size=4),
    st.integers(0, 30),
    st.sampled_from(DELAYS),
)
def test_the_dry_run_tells_what_the_real_one_does(lives: list[Lived], due: int, delay: timedelta) -> None:
    """Whatever claims there are together, each foreseen event happens, and none but those."""
    asyncio.run(compared(lives, due, delay))


async def pending(product: FakeProduct, name: str = "a") -> tuple[Claim, DeadlineRow]:
    """A claim whose customer was told, and the row of its window's end."""
    claim = await live(product, new_claim(product, name), *PENDING)
    row = next(one for one in deadline_rows(claim, claim.clocks) if one.kind == "opt-out")
    return claim, row


async def test_reasons_are_told() -> None:
    """Each row says why: the window is over, the clock was stopped, the claim is gone, a reminder came too late."""
    product = FakeProduct()
    claim, row = await pending(product)
    (reminder,) = (one for one in deadline_rows(claim, claim.clocks) if one.kind == "opt-out-reminder")

    def why(one: DeadlineRow, of: Claim | None, at: Any) -> tuple[DueOutcome, DueReason]:
        plan = plan_due(one, of, now=at)
        return plan.outcome, plan.why

    nothing = DueOutcome.NOTHING
    assert why(row, claim, row.due_at) == (DueOutcome.APPROVE, DueReason.WINDOW_OVER)
    assert why(row, claim, row.due_at - timedelta(microseconds=1)) == (nothing, DueReason.NOT_YET)
    assert why(row, None, row.due_at) == (nothing, DueReason.CLAIM_GONE)
    assert why(reminder, claim, reminder.due_at) == (DueOutcome.REMIND, DueReason.REMINDER_HOUR)
    assert why(reminder, claim, reminder.due_at - MINUTE) == (nothing, DueReason.NOT_YET)
    assert why(reminder, claim, row.due_at) == (nothing, DueReason.TOO_LATE_TO_REMIND)
    product.now = reminder.due_at
    reminded = await live(product, claim, E.REMINDER_DUE)
    assert why(reminder, reminded, reminder.due_at) == (nothing, DueReason.REMINDED_BEFORE)
    withdrawn = await live(product, claim, E.WITHDRAWN)
    assert why(row, withdrawn, row.due_at) == (nothing, DueReason.CLOCK_STOPPED)
    other = DeadlineRow(kind="subscription-end", claim_id=claim.claim_id, due_at=row.due_at)
    assert why(other, claim, row.due_at) == (DueOutcome.LOOK, DueReason.REGISTRY_DECIDES)


async def test_the_receipt_is_shown_with_the_plan() -> None:
    """An operator sees the very receipt that partner and customer see."""
    product = FakeProduct()
    claim, row = await pending(product)
    (foreseen,) = [one for one in await all_pages(product, row.due_at) if one.row == row]
    assert foreseen.plan.receipt == claim.window
    assert foreseen.claim is not None
    assert foreseen.claim.number == claim.number


async def test_a_clock_is_never_lost_by_its_old_row() -> None:
    """A row of a clock that was started anew writes the present row again, even where both share a key."""
    product = FakeProduct()
    claim, row = await pending(product)
    product.deadlines.rows.stored.clear()
    for due_at in (row.due_at - 3 * DAY, row.due_at - timedelta(seconds=1)):
        old = DeadlineRow(kind=row.kind, claim_id=row.claim_id, due_at=due_at)
        message = WorkMessage(claim_id=row.claim_id, step="due", sent_at=product.now, deadline=old)
        await handle_deadline(product.services, message=message, now=row.due_at + DAY)
        assert [one.value for one in product.deadlines.rows.stored.values()] == [row]
    found = await product.claims.get(claim.claim_id)
    assert found is not None
    assert found.value.status is Status.PENDING_CUSTOMER
    product.now = row.due_at
    await finalize(product)
    found = await product.claims.get(claim.claim_id)
    assert found is not None
    assert found.value.status is Status.APPROVED
    assert not product.deadlines.rows.stored


async def test_starting_hands_out_what_the_timer_would() -> None:
    """Without a dry run the due rows go to the queue, once a row, and the answer says how many."""
    product = FakeProduct()
    _, row = await pending(product)
    await pending(product, "b")
    product.now = row.due_at
    started = await start_finalization(product.services, caller=ADMIN, now=product.now)
    assert (started.handed_out, started.more) == (4, False)
    assert len(product.queue.waiting(Queue.DEADLINES)) == 4


async def test_a_queue_that_stands_still_does_not_fill_up() -> None:
    """While hundreds wait to be worked on, nobody hands them out once more; what was worked on makes room."""
    product = FakeProduct()
    rows = [
        DeadlineRow(kind="opt-out", claim_id=f"c{number}", due_at=product.now) for number in range(BACKLOG + A_CROWD)
    ]
    await product.services.deadlines.put(rows)
    for _ in range(3):
        assert await hand_out_due_deadlines(product.services, now=product.now) == len(rows)
        assert len(product.queue.waiting(Queue.DEADLINES)) == len(rows)
    while len(product.queue.waiting(Queue.DEADLINES)) >= BACKLOG:
        product.queue.take(Queue.DEADLINES)
    await hand_out_due_deadlines(product.services, now=product.now)
    assert len(product.queue.waiting(Queue.DEADLINES)) == len(rows) + BACKLOG - 1


async def test_few_rows_are_handed_out_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary minute costs no look at the queue."""
    product = FakeProduct()
    rows = [DeadlineRow(kind="opt-out", claim_id=f"c{number}", due_at=product.now) for number in range(A_CROWD - 1)]
    await product.services.deadlines.put(rows)
    monkeypatch.delattr(FakeWorkQueue, "backlog")
    assert await hand_out_due_deadlines(product.services, now=product.now) == len(rows)


async def test_only_admins_look_and_start() -> None:
    """A reviewer may neither look nor start."""
    product = FakeProduct()
    with pytest.raises(RoleMissingError):
        await foresee_finalization(product.services, caller=REVIEWER, as_of=product.now, top=1, behind=None)
    with pytest.raises(RoleMissingError):
        await start_finalization(product.services, caller=REVIEWER, now=product.now)
