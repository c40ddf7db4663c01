"""A partner submits a draft: from now on it cannot be edited."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import fields_of
from shared.domain.claim_states import permits
from shared.domain.door import door_faults
from shared.domain.errors import InvalidClaimError
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.filing import location_faults
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change, with_revision


async def submit_draft(
    services: Services,
    *,
    caller: Caller,
    claim_id: str,
    now: datetime,
    comment: str | None = None,
    if_match: int | None = None,
) -> Claim:
    """The claim as submitted. InvalidClaimError with every missing or wrong field; ForbiddenTransitionError.

    With `if_match` what is submitted is that revision and no other (PreconditionFailedError).
    """
    caller.needs(Role.PARTNER_ADMIN)
    return await file_again(
        services,
        caller=caller,
        claim_id=claim_id,
        kind=EventKind.SUBMITTED,
        now=now,
        comment=comment,
        if_match=if_match,
    )


async def file_again(
    services: Services,
    *,
    caller: Caller,
    claim_id: str,
    kind: EventKind,
    now: datetime,
    comment: str | None = None,
    if_match: int | None = None,
) -> Claim:
    """Submit what is stored, after the same look at the door that a new claim gets."""
    seen = check_own(await stored_claim(services, claim_id), caller)
    location = await location_faults(services, caller, seen.mpn_id)

    def decide(claim: Claim | None) -> Event:
        own = with_revision(check_own(claim, caller), if_match)
        faults = door_faults(
            fields_of(own), catalogue=services.catalogue, complete=True, proofs_count=len(own.current_proofs)
        )
        if permits(own, kind) and (faults or location):
            raise InvalidClaimError((*location, *faults))
        detail = {
            "proofs": [proof.sha256 for proof in own.current_proofs],
            "items": [item.item_id for item in own.live_items],
        }
        return Event(kind=kind, actor=caller.actor, detail=detail, comment=remark(own, caller.actor, comment, now=now))

    return await change(services, claim_id, decide, now=now)
