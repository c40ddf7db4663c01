"""Whatever is outstanding for a claim: list rows, mails, events, a verification that got lost (STORAGE.md)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.mails import MailIntent, MailStatus
from shared.domain.sayings import say
from shared.usecases.association_ends import held_items
from shared.usecases.dispatch_mail import SENDING_LEASE, dispatch_mail
from shared.usecases.late_rows import look_again
from shared.usecases.look_after_association import look_after_association
from shared.usecases.publish_events import wake_events
from shared.usecases.read_once import reading_once
from shared.usecases.records import ConflictError, Queue, SentMessage, Versioned, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import RECOVERY_STEP
from shared.usecases.wake_holders import REGISTRY_STEP
from shared.usecases.work_queue import Kept, take_back

PROJECTIONS_AT_MOST = 5
LOOKED_AFTER = frozenset(
    {
        REGISTRY_STEP,
        EventKind.CONFIRMED.value,
        EventKind.DEADLINE_PASSED.value,
        EventKind.IMPORTED.value,
        EventKind.DISASSOCIATED.value,
        EventKind.REVOKED.value,
        EventKind.SUPERSEDED.value,
        EventKind.EXPIRED.value,
        EventKind.EXTENDED.value,
        EventKind.ENDING_NEAR.value,
    }
)
"""After these steps an official claim's subscriptions are looked at; others cannot have moved an end."""
LATE = timedelta(minutes=10)
"""From this age on a message may be one that was interrupted before: every delay that we ask for is shorter."""
AGAIN_STEP = "again"


async def carry_out_effects(
    services: Services, *, message: WorkMessage, thorough: bool, now: datetime, known: Claim | None = None
) -> None:
    """Bring the lists up to date and send what is to be sent; repeats and stale messages find nothing to do.

    `thorough` (a redelivery) also clears lists that an interrupted run may have left behind and asks for a verification
    again; so does a recovery message, which comes only where something was interrupted, and one that comes late, such
    as one put back after it had failed for good. `known` is the claim where the caller has just committed it.
    """
    services = reading_once(services)
    thorough = thorough or message.step == RECOVERY_STEP or now - message.sent_at > LATE
    current = known or await _stored(services, message.claim_id)
    await wake_events(services, message.claim_id, current, step=message.step, now=now)
    if current is None:
        if not thorough:
            await look_again(services, Queue.EFFECTS, message, now=now)
        return
    if thorough and current.status is Status.SUBMITTED:
        again = WorkMessage(claim_id=message.claim_id, step=RECOVERY_STEP, sent_at=now)
        await services.queue.send(Queue.VERIFY, again)
    wanted = thorough or message.step in LOOKED_AFTER
    if wanted and current.status is Status.APPROVED and held_items(current):
        await look_after_association(services, claim_id=message.claim_id, now=now)
        current = await _stored(services, message.claim_id) or current
    await _show_and_send(services, current, message, thorough=thorough, now=now)


async def _stored(services: Services, claim_id: str) -> Claim | None:
    stored = await services.claims.get(claim_id)
    return stored.value if stored else None


async def _show_and_send(
    services: Services, current: Claim, message: WorkMessage, *, thorough: bool, now: datetime
) -> None:
    """Lists, then mails; and again where the acceptance of a mail has moved the claim on, which is not told by queue.

    ConflictError where it does not stand still: the queue tries again.
    """
    messages: list[SentMessage] = []
    for _ in range(PROJECTIONS_AT_MOST):
        kept = Kept(messages=messages)
        ledger = await services.claims.mails(current.claim_id)
        read = await _project(services, current, thorough=thorough)
        waits = await _mails(services, ledger, read, watched=message.watched, kept=kept, now=now)
        if kept.claim is None:
            break
        current = kept.claim
        await wake_events(services, current.claim_id, current, step=AGAIN_STEP, now=now)
    else:
        raise ConflictError(say("The claim is changing faster than its lists can follow."))
    for wait, watched in waits:
        again = WorkMessage(claim_id=message.claim_id, step=AGAIN_STEP, sent_at=now, watched=watched)
        await services.queue.send(Queue.EFFECTS, again, delay=wait)
    await take_back(services.queue, kept)


async def _mails(
    services: Services,
    ledger: Sequence[Versioned[MailIntent]],
    read: Versioned[Claim] | None,
    *,
    watched: tuple[str, ...],
    kept: Kept,
    now: datetime,
) -> list[tuple[timedelta, tuple[str, ...]]]:
    """Send every outstanding mail; gives after how long to look again, and for which versions of mails being sent.

    A mail that somebody is sending is taken over once its version has stood still for a whole lease: the queue measures
    that, for two workers' clocks may differ by more. One that fails does not hold up the others; its error is raised at
    the end, so that the queue tries it again. `read` is the claim where it was read just now: the first mail needs not
    read it again.
    """
    leased: list[str] = []
    waits: list[timedelta] = []
    failures: list[Exception] = []
    for stored in ledger:
        if not stored.value.outstanding:
            continue
        if stored.value.status is MailStatus.SENDING and stored.version not in watched:
            leased.append(stored.version)
            continue
        try:
            wait = await dispatch_mail(services, stored, read=read, kept=kept, now=now)
        except Exception as failure:
            failures.append(failure)
            continue
        finally:
            read = None
        if wait is not None:
            waits.append(wait)
    if failures:
        raise failures[0]
    again: list[tuple[timedelta, tuple[str, ...]]] = [(min(waits), ())] if waits else []
    return [*again, (SENDING_LEASE, tuple(leased))] if leased else again


async def _project(services: Services, current: Claim, *, thorough: bool) -> Versioned[Claim] | None:
    """Project until the claim stands still, for a projection must never be the older one of two.

    Gives the claim as it was read behind the last projection, null where there was nothing to write or it is gone.
    ConflictError where it will not stand still: the queue tries again.
    """
    for _ in range(PROJECTIONS_AT_MOST):
        if not await services.lists.project(current, thorough=thorough):
            return None
        after = await services.claims.get(current.claim_id)
        if after is None:
            await services.lists.remove(current)
            return None
        if after.value.history_seq == current.history_seq:
            return after
        current = after.value
    raise ConflictError(say("The claim is changing faster than its lists can follow."))
