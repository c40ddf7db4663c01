"""A partner or a reviewer says something about a claim."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.usecases.callers import PARTNERS, PROGRAMME, Caller, check_may_see
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change

COMMENTS_AT_MOST = 100


async def comment_on_claim(
    services: Services, *, caller: Caller, claim_id: str, text: str, internal: bool, now: datetime
) -> Claim:
    """The claim with the comment. An `internal` one is for reviewers only. NotFoundError, ForbiddenTransitionError."""
    check_may_see(await stored_claim(services, claim_id), caller)
    caller.needs(*PARTNERS, *PROGRAMME)

    def decide(claim: Claim | None) -> Event:
        seen = check_may_see(claim, caller)
        if len(seen.comments) >= COMMENTS_AT_MOST:
            message = say("A claim takes at most %(most)s comments.", most=COMMENTS_AT_MOST)
            raise InvalidClaimError((Fault(pointer="/comment", code="too-many", message=message),))
        comment = remark(seen, caller.actor, text, now=now, internal=internal and caller.is_programme)
        return Event(kind=EventKind.COMMENTED, actor=caller.actor, comment=comment)

    return await change(services, claim_id, decide, now=now)
