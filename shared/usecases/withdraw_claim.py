"""A partner takes a claim back; a customer who was told is told that too."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change


async def withdraw_claim(
    services: Services, *, caller: Caller, claim_id: str, comment: str | None, now: datetime
) -> Claim:
    """The claim, Withdrawn. ForbiddenTransitionError where the customer or the programme was quicker."""
    check_own(await stored_claim(services, claim_id), caller)
    caller.needs(Role.PARTNER_ADMIN)

    def decide(claim: Claim | None) -> Event:
        own = check_own(claim, caller)
        return Event(kind=EventKind.WITHDRAWN, actor=caller.actor, comment=remark(own, caller.actor, comment, now=now))

    return await change(services, claim_id, decide, now=now)
