"""A wrong MPN ID is put right inside the same organisation; the filing date stays (PROCESS.md, States)."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import permits
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reasons import ReasonCode, reason
from shared.domain.registry import PartnerLocation
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services
from shared.usecases.transition import change


async def correct_mpn(services: Services, *, caller: Caller, claim_id: str, mpn_id: str, now: datetime) -> Claim:
    """The claim with that location; as it is where it has it already.

    The location must be one that the claim could have been filed for: the organisation's own, active, and enrolled in
    the programme of every live item, for no check looks at it again. InvalidClaimError (`mpn-not-enrolled`),
    ForbiddenTransitionError (a draft is edited; elsewhere only in ActionRequired, UnderReview and Approved).
    """
    check_own(await stored_claim(services, claim_id), caller)
    caller.needs(Role.PARTNER_ADMIN)
    location = await services.registry.location(caller.organisation, mpn_id)

    def decide(claim: Claim | None) -> Event | None:
        own = check_own(claim, caller)
        if permits(own, EventKind.MPN_CORRECTED):
            if own.mpn_id == mpn_id:
                return None
            _check_enrolled(own, location)
        return Event(
            kind=EventKind.MPN_CORRECTED,
            actor=caller.actor,
            changes={"mpn_id": mpn_id},
            detail={"mpnFrom": own.mpn_id, "mpnTo": mpn_id},
        )

    return await change(services, claim_id, decide, now=now)


def _check_enrolled(claim: Claim, location: PartnerLocation | None) -> None:
    programmes = {item.programme for item in claim.live_items}
    if location is not None and location.active and programmes <= location.programmes:
        return
    code = ReasonCode.MPN_NOT_ENROLLED
    raise InvalidClaimError((Fault(pointer="/mpnId", code=code, message=reason(code).explanation),))
