"""The one way a claim changes: intent before commit, one transaction, then the messages (STORAGE.md, Order of writes).

What a crash leaves, step by step:
- before the recovery message: nothing;
- after it: a message that finds nothing to do;
- after the deadline rows: rows that are dropped when they come due, for no clock of the claim matches them;
- after the transaction: the recovery message, or the immediate one, carries out what is outstanding.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Item, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import SlotEffect, Step, apply
from shared.domain.clocks import clocks_for
from shared.domain.deadlines import ClockKind
from shared.domain.errors import DomainError
from shared.domain.history import SYSTEM
from shared.domain.mails import MAILS, MailIntent, MailKind
from shared.domain.policy import CLOCK_SKEW_MARGIN
from shared.domain.registry import RegisteredCustomer
from shared.domain.sayings import say
from shared.domain.slots import Slot, SlotParty, promote, release, take_pending
from shared.usecases.records import (
    ClaimWrite,
    Commit,
    ConflictError,
    DeadlineRow,
    MailWrite,
    Queue,
    SlotWrite,
    Versioned,
    WorkMessage,
)
from shared.usecases.services import Services

RECOVERY_DELAY = timedelta(seconds=60)
RECOVERY_STEP = "recovery"
CAS_TRIES = 8
_WATCHED = (ClockKind.OPT_OUT, ClockKind.ACTION_REQUIRED, ClockKind.DRAFT)
_HOLDING = frozenset({Status.PENDING_CUSTOMER, Status.APPROVED})
_OPERATIONS = uuid.UUID("9d6f0a52-6a55-4b7e-9a5b-0c6b8f3f1c57")


class PreconditionFailedError(DomainError):
    """The claim's revision is not the one that the caller saw."""

    code = "precondition-failed"


def reminder_of(kind: ClockKind) -> str:
    """The kind of the deadline row that a clock's reminder has."""
    return f"{kind.value}-reminder"


async def carry_out(
    services: Services,
    current: Versioned[Claim] | None,
    event: Event,
    *,
    now: datetime,
    new: Claim | None = None,
    mails: tuple[MailWrite, ...] = (),
    registered: RegisteredCustomer | None = None,
) -> Claim | None:
    """Apply the event to the claim and commit it with its history, slots, mail intents and given ledger rows.

    `new` is the claim that the event makes where `current` is null; `registered` is the customer's registry row, for
    events that start the customer's clock. Returns the claim as committed, null for a deleted one. Raises
    ForbiddenTransitionError, ConflictError (read again), SlotPendingError, SupersedeRequiredError.
    """
    before = current.value if current else None
    subject = before or new
    if subject is None:
        raise ConflictError(say("There is no such claim."))
    operation_id = services.new_id()
    start_clock = clocks_for(subject, registered, services.policy)
    step = apply(before, event, now=now, operation_id=operation_id, start_clock=start_clock, new=new)
    slots, incumbents = await _slots(services, before, step, now=now, operation_id=operation_id)
    write = ClaimWrite(
        before=before,
        version=current.version if current else None,
        after=step.claim,
        row=step.row,
        mails=_intents(step, now=now),
    )
    await services.queue.send(
        Queue.EFFECTS,
        WorkMessage(claim_id=subject.claim_id, step=RECOVERY_STEP, sent_at=now),
        delay=RECOVERY_DELAY,
    )
    if step.claim is not None:
        await services.deadlines.put(deadline_rows(step.claim, {kind.value for kind in step.rule.clocks}))
    await services.claims.commit(
        Commit(
            tenant_id=subject.customer.tenant_id,
            operation_id=operation_id,
            claims=(write, *incumbents),
            slots=slots,
            mails=mails,
        )
    )
    await _tell(services, step, incumbents, now=now)
    return step.claim


async def _tell(services: Services, step: Step, incumbents: Iterable[ClaimWrite], *, now: datetime) -> None:
    """Send the immediate messages. Should one be lost, the recovery message does its work a minute later."""
    if step.claim is None:
        return
    messages = [(Queue.EFFECTS, step.claim.claim_id)]
    if step.claim.status is Status.SUBMITTED:
        messages.append((Queue.VERIFY, step.claim.claim_id))
    messages += [(Queue.EFFECTS, write.row.claim_id) for write in incumbents]
    await asyncio.gather(
        *(
            services.queue.send(queue, WorkMessage(claim_id=claim_id, step=step.row.event, sent_at=now))
            for queue, claim_id in messages
        )
    )


async def change(
    services: Services,
    claim_id: str,
    decide: Callable[[Claim | None], Event | None],
    *,
    now: datetime,
) -> Claim:
    """Read, decide, commit; and again where somebody else was quicker, so that the answer is always about the truth.

    `decide` gets the claim as it is and gives the event, or null where nothing is left to do; it raises what the caller
    is to be told. ConflictError after eight lost races.
    """
    for _ in range(CAS_TRIES):
        current = await services.claims.get(claim_id)
        event = decide(current.value if current else None)
        if current is None:
            raise ConflictError(say("There is no such claim."))
        if event is None:
            return current.value
        try:
            after = await carry_out(services, current, event, now=now)
        except ConflictError:
            continue
        return after or current.value
    raise ConflictError(say("The claim is being changed by others at this moment. Try again."))


def _intents(step: Step, *, now: datetime) -> tuple[MailIntent, ...]:
    if step.claim is None:
        return ()
    return tuple(intent(step.claim, kind, n=step.row.seq, now=now) for kind in step.rule.mails)


def intent(claim: Claim, kind: MailKind, *, n: int, now: datetime) -> MailIntent:
    """The ledger row for a mail of the claim's present round; `n` tells repeats of one round apart."""
    number = n if MAILS[kind].repeatable else None
    name = f"{claim.claim_id}:{kind.value}:{claim.round}:{number}"
    return MailIntent(
        claim_id=claim.claim_id,
        kind=kind,
        round=claim.round,
        n=number,
        operation_id=str(uuid.uuid5(_OPERATIONS, name)),
        created_at=now,
    )


def deadline_rows(claim: Claim, kinds: Iterable[str]) -> tuple[DeadlineRow, ...]:
    """The due rows of the claim's clocks of these kinds, each looked at a safety margin after its deadline."""
    rows: list[DeadlineRow] = []
    for kind in (kind for kind in _WATCHED if kind.value in kinds):
        receipt = claim.clocks[kind.value]
        due_at = receipt.deadline_at + CLOCK_SKEW_MARGIN
        rows.append(DeadlineRow(kind=kind.value, claim_id=claim.claim_id, due_at=due_at))
        if receipt.reminder_at is not None:
            rows.append(DeadlineRow(kind=reminder_of(kind), claim_id=claim.claim_id, due_at=receipt.reminder_at))
    return tuple(rows)


async def _slots(
    services: Services, before: Claim | None, step: Step, *, now: datetime, operation_id: str
) -> tuple[tuple[SlotWrite, ...], tuple[ClaimWrite, ...]]:
    """The slot rows that the step changes, and the incumbents' claims that it ends."""
    claim, effect = step.claim, step.rule.slots
    if claim is None or effect is None:
        return (), ()
    items = _concerned(before, claim, effect)
    resources = sorted({item.resource for item in items if item.resource})
    if not resources:
        return (), ()
    stored = await services.claims.slots(claim.customer.tenant_id, resources)
    working = {name: stored[name].value if name in stored else Slot(resource=name) for name in resources}
    displaced = _apply_slots(services, claim, effect, items, working)
    writes = tuple(
        SlotWrite(slot=slot, version=stored[name].version if name in stored else None)
        for name, slot in working.items()
        if name not in stored or slot != stored[name].value
    )
    return writes, await _ended_incumbents(services, displaced, now=now, operation_id=operation_id)


def _concerned(before: Claim | None, after: Claim, effect: SlotEffect) -> tuple[Item, ...]:
    """The items whose slots the effect is about: the live ones, or for a release those that do not hold any more."""
    if effect is not SlotEffect.RELEASE:
        return after.live_items
    if after.status not in _HOLDING:
        return after.items
    live = {item.item_id for item in after.live_items}
    return tuple(item for item in (before or after).items if item.item_id not in live)


def _apply_slots(
    services: Services, claim: Claim, effect: SlotEffect, items: Iterable[Item], working: dict[str, Slot]
) -> Mapping[str, frozenset[str]]:
    """Change the working slots item by item; gives the displaced claims' items by claim ID."""
    displaced: dict[str, frozenset[str]] = {}
    for item in items:
        if item.resource is None:
            continue
        slot = working[item.resource]
        party = SlotParty(claim_id=claim.claim_id, organisation=claim.organisation, item_id=item.item_id)
        if effect is SlotEffect.RELEASE:
            slot = release(slot, claim_id=claim.claim_id, item_ids=frozenset({item.item_id}))
        elif effect is SlotEffect.TAKE_PENDING:
            slot = take_pending(
                slot, programme=item.programme, party=party, supersede=item.supersede, policy=services.policy
            )
        else:
            slot, gone = promote(slot, programme=item.programme, party=party, policy=services.policy)
            for rival in gone:
                displaced[rival.claim_id] = displaced.get(rival.claim_id, frozenset()) | {rival.item_id}
        working[item.resource] = slot
    return displaced


async def _ended_incumbents(
    services: Services, displaced: Mapping[str, frozenset[str]], *, now: datetime, operation_id: str
) -> tuple[ClaimWrite, ...]:
    """The superseded items of other claims, ended in the same transaction; their slots are the challenger's already."""
    writes: list[ClaimWrite] = []
    for claim_id, item_ids in displaced.items():
        held = await services.claims.get(claim_id)
        if held is None:
            continue
        event = Event(kind=EventKind.SUPERSEDED, actor=SYSTEM, item_ids=item_ids, reasons=("superseded",))
        start_clock = clocks_for(held.value, None, services.policy)
        step = apply(held.value, event, now=now, operation_id=operation_id, start_clock=start_clock)
        writes.append(
            ClaimWrite(
                before=held.value, version=held.version, after=step.claim, row=step.row, mails=_intents(step, now=now)
            )
        )
    return tuple(writes)


def with_revision(claim: Claim, if_match: int | None) -> Claim:
    """The claim, if it is at the revision that the caller saw. PreconditionFailedError otherwise."""
    if if_match is not None and claim.revision != if_match:
        raise PreconditionFailedError(say("The claim has changed since you read it. Read it again and decide anew."))
    return claim
