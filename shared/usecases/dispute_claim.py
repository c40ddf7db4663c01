"""A partner disputes a rejection: once, within 30 days; a reviewer then decides, failed checks or not."""

from datetime import datetime

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded
from shared.domain.errors import DomainError, ForbiddenTransitionError
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change


class AlreadyDisputedError(DomainError):
    """The claim was disputed before; the second rejection is final."""

    code = "already-disputed"


class DisputeTooLateError(DomainError):
    """The 30 days of the rejection are over."""

    code = "too-late"


async def dispute_claim(services: Services, *, caller: Caller, claim_id: str, comment: str, now: datetime) -> Claim:
    """The claim, UnderReview in a new round, its filing date kept (PROCESS.md, States: Rejected).

    AlreadyDisputedError, DisputeTooLateError, ForbiddenTransitionError (not rejected).
    """
    check_own(await stored_claim(services, claim_id), caller)
    caller.needs(Role.PARTNER_ADMIN)

    def decide(claim: Claim | None) -> Event:
        own = check_own(claim, caller)
        event = Event(kind=EventKind.DISPUTED, actor=caller.actor, comment=remark(own, caller.actor, comment, now=now))
        if own.status is Status.REJECTED:
            _check_open(own, event, now=now)
        return event

    return await change(services, claim_id, decide, now=now)


def _check_open(claim: Claim, event: Event, *, now: datetime) -> None:
    """Which of the guard's two conditions does not hold, in words."""
    if claim.disputed:
        raise AlreadyDisputedError(say("A claim can be disputed once. This rejection is final; file a new claim."))
    try:
        guarded(claim, event, now=now)
    except ForbiddenTransitionError as error:
        message = say("The time to dispute this rejection is over. File a new claim.")
        raise DisputeTooLateError(message) from error
