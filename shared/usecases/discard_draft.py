"""A draft goes: its partner throws it away, or nobody touched it for thirty days.

A recovery message comes before all, then the list rows go: a crash after that leaves a draft which the message lists
again. They go once more after the commit, for a projection that ran in between.
"""

from datetime import datetime

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded
from shared.usecases.callers import PARTNERS, Caller, check_own
from shared.usecases.reading import stored_claim
from shared.usecases.records import Queue, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import RECOVERY_DELAY, RECOVERY_STEP, change


async def discard_draft(services: Services, *, caller: Caller, claim_id: str, now: datetime) -> None:
    """Delete the draft and its history. NotFoundError, ForbiddenTransitionError (not a draft)."""
    own = check_own(await stored_claim(services, claim_id), caller)
    caller.needs(*PARTNERS)
    await delete_draft(services, own, Event(kind=EventKind.DISCARDED, actor=caller.actor), now=now)


async def delete_draft(services: Services, draft: Claim, event: Event, *, now: datetime) -> None:
    """Delete the draft by that event, lists first. ForbiddenTransitionError; a draft that is gone is fine."""
    guarded(draft, event, now=now)
    await services.queue.send(
        Queue.EFFECTS, WorkMessage(claim_id=draft.claim_id, step=RECOVERY_STEP, sent_at=now), delay=RECOVERY_DELAY
    )
    await services.lists.remove(draft)

    def decide(claim: Claim | None) -> Event | None:
        return event if claim is not None and claim.status is Status.DRAFT else None

    await change(services, draft.claim_id, decide, now=now)
    await services.lists.remove(draft)  # a projection may have run between the two
