"""The one way a claim changes: intent before commit, one transaction, then the messages (STORAGE.md, Order of writes).

What a crash leaves, step by step:
- before the recovery messages, one for each claim that the transaction is about: nothing;
- after some or all of them: messages that find nothing to do;
- after the deadline rows: rows that are dropped when they come due, for no clock of the claim matches them;
- after the transaction: each claim's recovery message carries out what is outstanding for it, a minute later. It is
  hastened after the commit, so that it comes at once: one message does both (ADR 0012).

A handler that carries out by itself what follows keeps the message of its own claim, and takes it back when all is done
(`follow_up`).
"""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import Step, apply
from shared.domain.clocks import clocks_for
from shared.domain.deadlines import ClockKind
from shared.domain.errors import DomainError, ForbiddenTransitionError
from shared.domain.history import SYSTEM
from shared.domain.mails import MAILS, MailIntent, MailKind
from shared.domain.policy import CLOCK_SKEW_MARGIN
from shared.domain.reasons import ReasonCode
from shared.domain.registry import RegisteredCustomer
from shared.domain.sayings import say
from shared.domain.slots import Slot
from shared.usecases.association_ends import dated
from shared.usecases.records import (
    ClaimWrite,
    Commit,
    ConflictError,
    DeadlineRow,
    MailWrite,
    Queue,
    SentMessage,
    Versioned,
    WorkMessage,
)
from shared.usecases.services import Services
from shared.usecases.slot_changes import slot_changes
from shared.usecases.work_queue import Kept

RECOVERY_DELAY = timedelta(seconds=60)
RECOVERY_STEP = "recovery"
CAS_TRIES = 8
_WATCHED = (ClockKind.OPT_OUT, ClockKind.ACTION_REQUIRED, ClockKind.DRAFT)
_OPERATIONS = uuid.UUID("9d6f0a52-6a55-4b7e-9a5b-0c6b8f3f1c57")


class PreconditionFailedError(DomainError):
    """The claim's revision is not the one that the caller saw."""

    code = "precondition-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What happens to another claim in the same transaction; `current` null is one that has gone meanwhile."""

    current: Versioned[Claim] | None
    event: Event


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
    asides: tuple[Aside, ...] = (),
    slots: Mapping[str, Versioned[Slot]] | None = None,
    kept: Kept | None = None,
) -> Claim | None:
    """Apply the event to the claim and commit it with its history, slots, mail intents and given ledger rows.

    `new` is the claim that the event makes where `current` is null; `registered` is the customer's registry row, for
    events that start the customer's clock; `asides` are what happens to other claims of the same customer in the same
    transaction; `slots` are the claim's, by resource, where they were read just now. `kept` takes the claim's own
    recovery message, of a refused commit too, for a caller that carries out by itself what follows.

    Returns the claim as committed, null for a deleted one. Raises ForbiddenTransitionError, ConflictError (read again),
    SlotPendingError, SupersedeRequiredError, IncumbentWindowOpenError, TooManyIncumbentsError.
    """
    before = current.value if current else None
    subject = before or new
    if subject is None:
        raise ConflictError(say("There is no such claim."))
    operation_id = services.new_id()
    start_clock = clocks_for(subject, registered, services.policy)
    step = apply(before, event, now=now, operation_id=operation_id, start_clock=start_clock, new=new)
    if step.claim is not None and _is_newly_official(before, step.claim):
        step = replace(step, claim=await dated(services, step.claim))
    changes = await slot_changes(services, before, step, known=slots, now=now)
    asides = (*asides, *await _ended_incumbents(services, changes.displaced, by=subject.claim_id))
    others = tuple(_aside(services, aside, now=now, operation_id=operation_id) for aside in asides)
    write = ClaimWrite(
        before=before,
        version=current.version if current else None,
        after=step.claim,
        row=step.row,
        mails=_intents(step, now=now),
    )
    recoveries = await asyncio.gather(
        _insured(services, _handler_of(step.claim), subject.claim_id, now=now),
        *(_insured(services, Queue.EFFECTS, one.row.claim_id, now=now) for one in others),
    )
    if kept is not None:
        kept.messages.append(recoveries[0])
    if step.claim is not None:
        await services.deadlines.put(deadline_rows(step.claim, {kind.value for kind in step.rule.clocks}))
    await services.claims.commit(
        Commit(
            tenant_id=subject.customer.tenant_id,
            operation_id=operation_id,
            claims=(write, *others),
            slots=changes.writes,
            mails=mails,
        )
    )
    if kept is not None:
        kept.claim, kept.step = step.claim, step.row.event
    hastened = recoveries[1:] if kept is not None or step.claim is None else recoveries
    told = (services.queue.hasten(sent, replace(sent.message, step=step.row.event)) for sent in hastened)
    await asyncio.gather(*told)
    return step.claim


def _is_newly_official(before: Claim | None, after: Claim) -> bool:
    return after.status is Status.APPROVED and (before is None or before.status is not Status.APPROVED)


def _handler_of(claim: Claim | None) -> Queue:
    """Who does what follows: the checks of a submitted claim carry it out by themselves."""
    return Queue.VERIFY if claim is not None and claim.status is Status.SUBMITTED else Queue.EFFECTS


async def _insured(services: Services, queue: Queue, claim_id: str, *, now: datetime) -> SentMessage:
    """The claim's recovery message, sent before the commit."""
    message = WorkMessage(claim_id=claim_id, step=RECOVERY_STEP, sent_at=now)
    return await services.queue.send(queue, message, delay=RECOVERY_DELAY)


async def change(
    services: Services,
    claim_id: str,
    decide: Callable[[Claim | None], Event | None],
    *,
    now: datetime,
    read: Versioned[Claim] | None = None,
    kept: Kept | None = None,
) -> Claim:
    """Read, decide, commit; and again where somebody else was quicker, so that the answer is always about the truth.

    `decide` gets the claim as it is and gives the event, or null where nothing is left to do; it raises what the caller
    is to be told. `read` is the claim where the caller has just read it, `kept` as for `carry_out`. ConflictError after
    eight lost races.
    """
    for _ in range(CAS_TRIES):
        current, read = read or await services.claims.get(claim_id), None
        event = decide(current.value if current else None)
        if current is None:
            raise ConflictError(say("There is no such claim."))
        if event is None:
            return current.value
        try:
            after = await carry_out(services, current, event, now=now, kept=kept)
        except ConflictError:
            continue
        return after or current.value
    raise ConflictError(say("The claim is being changed by others at this moment. Try again."))


def _intents(step: Step, *, now: datetime) -> tuple[MailIntent, ...]:
    if step.claim is None:
        return ()
    return tuple(intent(step.claim, kind, n=step.row.seq, now=now, detail=step.row.detail) for kind in step.rule.mails)


def intent(claim: Claim, kind: MailKind, *, n: int, now: datetime, detail: Mapping[str, object]) -> MailIntent:
    """The ledger row for a mail of the claim's present round; `n` tells repeats of one round apart.

    Of the event's `detail` it keeps what the mail's text needs.
    """
    number = n if MAILS[kind].repeatable else None
    name = f"{claim.claim_id}:{kind.value}:{claim.round}:{number}"
    return MailIntent(
        claim_id=claim.claim_id,
        kind=kind,
        round=claim.round,
        n=number,
        operation_id=str(uuid.uuid5(_OPERATIONS, name)),
        created_at=now,
        detail={name: detail[name] for name in MAILS[kind].details if name in detail} or None,
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


async def _ended_incumbents(services: Services, displaced: Mapping[str, frozenset[str]], *, by: str) -> list[Aside]:
    """The superseded items of other claims, to be ended in the same transaction; their slots are the challenger's."""
    held = await asyncio.gather(*(services.claims.get(claim_id) for claim_id in displaced))
    return [
        Aside(
            current=one,
            event=Event(
                kind=EventKind.SUPERSEDED,
                actor=SYSTEM,
                item_ids=item_ids,
                reasons=(ReasonCode.SUPERSEDED,),
                detail={"items": sorted(item_ids), "by": by},
            ),
        )
        for one, item_ids in zip(held, displaced.values(), strict=True)
    ]


def _aside(services: Services, aside: Aside, *, now: datetime, operation_id: str) -> ClaimWrite:
    """The other claim's part of the commit. ConflictError where it has moved on since its slot was read."""
    if aside.current is None:
        raise ConflictError(say("The claim has changed meanwhile."))
    held = aside.current.value
    start_clock = clocks_for(held, None, services.policy)
    try:
        step = apply(held, aside.event, now=now, operation_id=operation_id, start_clock=start_clock)
    except ForbiddenTransitionError as error:
        raise ConflictError(say("The claim has changed meanwhile.")) from error
    return ClaimWrite(
        before=held,
        version=aside.current.version,
        after=step.claim,
        row=step.row,
        mails=_intents(step, now=now),
    )


def with_revision(claim: Claim, if_match: int | None) -> Claim:
    """The claim, if it is at the revision that the caller saw. PreconditionFailedError otherwise."""
    if if_match is not None and claim.revision != if_match:
        raise PreconditionFailedError(say("The claim has changed since you read it. Read it again and decide anew."))
    return claim
