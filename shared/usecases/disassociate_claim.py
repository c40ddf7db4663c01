"""A partner gives an association up, for some items or for all (PROCESS.md, States: Approved)."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import permits
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reasons import DISASSOCIATION_REASONS
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services
from shared.usecases.transition import change


async def disassociate_claim(
    services: Services, *, caller: Caller, claim_id: str, reason: str, item_ids: Sequence[str], now: datetime
) -> Claim:
    """The claim with these items ended, all of them where none is named; it ends with its last.

    `reason` is one of DISASSOCIATION_REASONS. InvalidClaimError (unknown reason, an item that is not associated),
    ForbiddenTransitionError (not Approved).
    """
    check_own(await stored_claim(services, claim_id), caller)
    caller.needs(Role.PARTNER_ADMIN)

    def decide(claim: Claim | None) -> Event:
        own = check_own(claim, caller)
        if permits(own, EventKind.DISASSOCIATED):
            _check(own, reason, item_ids)
        return Event(
            kind=EventKind.DISASSOCIATED,
            actor=caller.actor,
            reasons=(reason,),
            item_ids=frozenset(item_ids),
            detail={"items": sorted(item_ids) or [item.item_id for item in own.live_items]},
        )

    return await change(services, claim_id, decide, now=now)


def _check(claim: Claim, reason: str, item_ids: Sequence[str]) -> None:
    """Every fault of the request, at once."""
    known = {item.item_id for item in claim.live_items}
    faults = [
        Fault(pointer=f"/items/{index}", code="unknown-item", message=say("The claim has no such associated item."))
        for index, item_id in enumerate(item_ids)
        if item_id not in known
    ]
    if reason not in DISASSOCIATION_REASONS:
        message = say("This must be one of: %(known)s.", known=", ".join(DISASSOCIATION_REASONS))
        faults.insert(0, Fault(pointer="/reason", code="unknown-reason", message=message))
    if faults:
        raise InvalidClaimError(tuple(faults))
