"""A partner changes a claim's fields: all of them in a draft, the few that are open in ActionRequired."""

from dataclasses import replace
from datetime import datetime

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import ClaimFields, fields_of
from shared.domain.errors import Fault, ForbiddenTransitionError, InvalidClaimError
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role, check_own
from shared.usecases.filing import items_of, location_faults
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change, with_revision

_POINTERS = {
    "customer": "/customer",
    "solution_area": "/solutionArea",
    "activities": "/activities",
    "claim_name": "/claimName",
    "revenue": "/revenue",
}


async def edit_claim(
    services: Services, *, caller: Caller, claim_id: str, fields: ClaimFields, if_match: int | None, now: datetime
) -> Claim:
    """The claim with these fields, whole. PreconditionFailedError, InvalidClaimError, ForbiddenTransitionError.

    The tenant never changes. In ActionRequired the contacts, the MPN ID within the organisation and dropping items are
    open.
    """
    seen = check_own(await stored_claim(services, claim_id), caller)
    caller.needs(*((Role.PARTNER_ADMIN, Role.PARTNER_USER) if seen.status is Status.DRAFT else (Role.PARTNER_ADMIN,)))
    if fields.customer.tenant_id != seen.customer.tenant_id:
        message = say("The customer's directory ID cannot be changed. Discard the draft and start a new one.")
        raise InvalidClaimError((Fault(pointer="/customer/tenantId", code="not-editable", message=message),))
    if fields.mpn_id != seen.mpn_id and (faults := await location_faults(services, caller, fields.mpn_id)):
        raise InvalidClaimError(faults)

    def decide(stored: Claim | None) -> Event:
        own = with_revision(check_own(stored, caller), if_match)
        if own.status is Status.DRAFT:
            return _edited(services, own, caller, fields, now=now)
        if own.status is Status.ACTION_REQUIRED:
            return _amended(own, caller, fields, now=now)
        raise ForbiddenTransitionError(status=own.status.value, event=EventKind.EDITED.value)

    return await change(services, claim_id, decide, now=now)


def _edited(services: Services, claim: Claim, caller: Caller, fields: ClaimFields, *, now: datetime) -> Event:
    changes = {
        "mpn_id": fields.mpn_id,
        "customer": fields.customer,
        "solution_area": fields.solution_area,
        "activities": fields.activities,
        "claim_name": fields.claim_name,
        "requested": fields.requested,
        "items": items_of(services, fields),
        "customer_contact": fields.customer_contact,
        "technical_contact": fields.technical_contact,
        "partner_contact": fields.partner_contact,
        "revenue": fields.revenue,
    }
    return Event(
        kind=EventKind.EDITED,
        actor=caller.actor,
        changes=changes,
        detail={"fields": _differing(claim, fields)},
        comment=remark(claim, caller.actor, fields.comment, now=now),
    )


def _differing(claim: Claim, fields: ClaimFields) -> list[str]:
    """Names of the fields that change; never their values, which may be personal."""
    before = replace(fields_of(claim), comment=fields.comment)
    return sorted(name for name in ClaimFields.__slots__ if getattr(before, name) != getattr(fields, name))


def _amended(claim: Claim, caller: Caller, fields: ClaimFields, *, now: datetime) -> Event:
    differing = _differing(claim, fields)
    message = say("This cannot be changed any more. Withdraw the claim and file a new one.")
    faults = [
        Fault(pointer=pointer, code="not-editable", message=message)
        for name, pointer in _POINTERS.items()
        if name in differing
    ]
    if any(product not in claim.requested for product in fields.requested):
        faults.append(Fault(pointer="/items", code="not-editable", message=say("Items can be dropped, not added.")))
    if faults:
        raise InvalidClaimError(tuple(faults))
    kept = {(product.product_id, product.subscription_id) for product in fields.requested}
    named = {(product.product_id, product.subscription_id) for product in claim.requested}
    dropped = frozenset(
        item.item_id
        for item in claim.items
        if any(key in named - kept for key in ((item.product_id, item.subscription_id), (item.product_id, None)))
    )
    changes = {
        "mpn_id": fields.mpn_id,
        "requested": fields.requested,
        "customer_contact": fields.customer_contact,
        "technical_contact": fields.technical_contact,
        "partner_contact": fields.partner_contact,
    }
    return Event(
        kind=EventKind.AMENDED,
        actor=caller.actor,
        item_ids=dropped,
        changes=changes,
        detail={"fields": differing, "dropped": sorted(dropped)},
        comment=remark(claim, caller.actor, fields.comment, now=now),
    )
