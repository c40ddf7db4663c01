"""A partner answers what was asked: a new round begins, the filing date stays."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind
from shared.usecases.callers import Caller, Role
from shared.usecases.services import Services
from shared.usecases.submit_draft import file_again


async def resubmit_claim(
    services: Services, *, caller: Caller, claim_id: str, comment: str | None, now: datetime
) -> Claim:
    """The claim, Submitted again. InvalidClaimError, ForbiddenTransitionError (not in ActionRequired)."""
    caller.needs(Role.PARTNER_ADMIN)
    return await file_again(
        services, caller=caller, claim_id=claim_id, kind=EventKind.RESUBMITTED, now=now, comment=comment
    )
