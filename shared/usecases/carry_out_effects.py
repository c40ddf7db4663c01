"""Whatever is outstanding for a claim: list rows, mails, events, a verification that got lost (STORAGE.md)."""

from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.mails import MailStatus
from shared.domain.sayings import say
from shared.usecases.association_ends import held_items
from shared.usecases.dispatch_mail import SENDING_LEASE, dispatch_mail
from shared.usecases.look_after_association import look_after_association
from shared.usecases.publish_events import wake_events
from shared.usecases.records import ConflictError, Queue, Versioned, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import RECOVERY_STEP
from shared.usecases.verify_claim import look_again
from shared.usecases.wake_holders import REGISTRY_STEP

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


async def carry_out_effects(services: Services, *, message: WorkMessage, thorough: bool, now: datetime) -> None:
    """Bring the lists up to date and send what is to be sent; repeats and stale messages find nothing to do.

    `thorough` (a redelivery) also clears lists that an interrupted run may have left behind, and so does a message that
    comes late, such as one put back after it had failed for good; these and a recovery message ask for the verification
    again.
    """
    thorough = thorough or now - message.sent_at > LATE
    recovering = thorough or message.step == RECOVERY_STEP
    current = await services.claims.get(message.claim_id)
    await wake_events(services, message.claim_id, current.value if current else None, step=message.step, now=now)
    if current is None:
        if not recovering:
            await look_again(services, Queue.EFFECTS, message, now=now)
        return
    if recovering and current.value.status is Status.SUBMITTED:
        again = WorkMessage(claim_id=message.claim_id, step=RECOVERY_STEP, sent_at=now)
        await services.queue.send(Queue.VERIFY, again)
    wanted = recovering or message.step in LOOKED_AFTER
    if wanted and current.value.status is Status.APPROVED and held_items(current.value):
        await look_after_association(services, claim_id=message.claim_id, now=now)
        current = await services.claims.get(message.claim_id) or current
    await _project(services, current.value, thorough=thorough)
    for wait, watched in await _mails(services, current, watched=message.watched, now=now):
        again = WorkMessage(claim_id=message.claim_id, step=AGAIN_STEP, sent_at=now, watched=watched)
        await services.queue.send(Queue.EFFECTS, again, delay=wait)


async def _mails(
    services: Services, current: Versioned[Claim], *, watched: tuple[str, ...], now: datetime
) -> list[tuple[timedelta, tuple[str, ...]]]:
    """Send every outstanding mail; gives after how long to look again, and for which versions of mails being sent.

    A mail that somebody is sending is taken over once its version has stood still for a whole lease: the queue measures
    that, for two workers' clocks may differ by more. One that fails does not hold up the others; its error is raised at
    the end, so that the queue tries it again.
    """
    leased: list[str] = []
    waits: list[timedelta] = []
    failures: list[Exception] = []
    for stored in await services.claims.mails(current.value.claim_id):
        if not stored.value.outstanding:
            continue
        if stored.value.status is MailStatus.SENDING and stored.version not in watched:
            leased.append(stored.version)
            continue
        try:
            wait = await dispatch_mail(services, current.value.claim_id, stored, now=now)
        except Exception as failure:
            failures.append(failure)
            continue
        if wait is not None:
            waits.append(wait)
    if failures:
        raise failures[0]
    again: list[tuple[timedelta, tuple[str, ...]]] = [(min(waits), ())] if waits else []
    return [*again, (SENDING_LEASE, tuple(leased))] if leased else again


async def _project(services: Services, current: Claim, *, thorough: bool) -> None:
    """Project until the claim stands still, for a projection must never be the older one of two.

    ConflictError where it will not stand still: the queue tries again.
    """
    for _ in range(PROJECTIONS_AT_MOST):
        if not await services.lists.project(current, thorough=thorough):
            return
        after = await services.claims.get(current.claim_id)
        if after is None:
            await services.lists.remove(current)
            return
        if after.value.history_seq == current.history_seq:
            return
        current = after.value
    raise ConflictError(say("The claim is changing faster than its lists can follow."))
