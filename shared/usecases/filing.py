"""What making a draft and filing a claim share: the ticket, the door, the new claim's values."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.domain.catalogue import expand_items
from shared.domain.claim import Claim, Comment, Item, Proof, Status
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.identifiers import claim_id, claim_number
from shared.domain.reasons import ReasonCode, reason
from shared.domain.sayings import say
from shared.usecases.callers import Caller
from shared.usecases.records import ConflictError, Queue, Ticket, WorkMessage
from shared.usecases.services import Services


async def location_faults(services: Services, caller: Caller, mpn_id: str | None) -> tuple[Fault, ...]:
    """A fault unless the MPN ID is one of the caller's own registered locations."""
    if mpn_id is None:
        return ()
    location = await services.registry.location(caller.organisation, mpn_id)
    if location is not None and location.active:
        return ()
    code = ReasonCode.MPN_NOT_ENROLLED
    return (Fault(pointer="/mpnId", code=code, message=reason(code).explanation),)


def items_of(services: Services, fields: ClaimFields) -> tuple[Item, ...]:
    """The items that the fields expand to so far; none while area, activities or products are still open."""
    if fields.solution_area is None or not fields.activities:
        return ()
    return expand_items(
        fields.requested,
        area=fields.solution_area,
        activities=fields.activities,
        catalogue=services.catalogue,
        subscriptions=(),
    )


def new_claim(
    services: Services, *, caller: Caller, fields: ClaimFields, claim_id: str, proofs: tuple[Proof, ...], now: datetime
) -> Claim:
    """A claim that is not stored yet, at revision 0."""
    comments: tuple[Comment, ...] = ()
    if fields.comment:
        comments = (Comment(comment_id="c1", at=now, actor=caller.actor, text=fields.comment),)
    return Claim(
        claim_id=claim_id,
        number=claim_number(claim_id),
        organisation=caller.organisation,
        mpn_id=fields.mpn_id,
        customer=fields.customer,
        created_at=now,
        updated_at=now,
        solution_area=fields.solution_area,
        activities=fields.activities,
        claim_name=fields.claim_name,
        requested=fields.requested,
        items=items_of(services, fields),
        customer_contact=fields.customer_contact,
        technical_contact=fields.technical_contact,
        partner_contact=fields.partner_contact,
        revenue=fields.revenue,
        proofs=proofs,
        comments=comments,
    )


async def once(
    services: Services,
    *,
    caller: Caller,
    fields: ClaimFields,
    idempotency_key: str,
    payload_hash: str,
    now: datetime,
    make: Callable[[str], Awaitable[Claim]],
) -> Claim:
    """Run `make` for the one request of this key that may make the claim; the others get that claim.

    The ticket is taken before anything is written. A crash before the claim exists leaves a ticket that another
    request takes over after 60 s; a crash after it leaves one whose taker finds the claim and closes it.
    Raises KeyReusedError, InFlightError, InvalidClaimError (the ticket is given back).
    """
    identity = claim_id(
        tenant_id=fields.customer.tenant_id,
        organisation=caller.organisation,
        key=idempotency_key,
        secret=services.claim_id_secret,
    )
    begun, faults = await asyncio.gather(
        services.idempotency.begin(
            organisation=caller.organisation,
            key=idempotency_key,
            payload_hash=payload_hash,
            claim_id=identity,
            now=now,
        ),
        location_faults(services, caller, fields.mpn_id),
    )
    if not isinstance(begun, Ticket):
        return await _made(services, begun)
    if begun.taken_over and (made := await services.claims.get(identity)) is not None:
        await _woken(services, made.value, now=now)
        await services.idempotency.finish(begun)
        return made.value
    if faults:
        await services.idempotency.abandon(begun)
        raise InvalidClaimError(faults)
    try:
        claim = await make(identity)
    except ConflictError:
        claim = await _made(services, identity)
    await services.idempotency.finish(begun)
    return claim


async def _woken(services: Services, claim: Claim, *, now: datetime) -> None:
    """Ask for the checks again: whoever committed the claim may have died before it sent the immediate message."""
    if claim.status is Status.SUBMITTED:
        await services.queue.send(Queue.VERIFY, WorkMessage(claim_id=claim.claim_id, step="taken-over", sent_at=now))


async def _made(services: Services, identity: str) -> Claim:
    found = await services.claims.get(identity)
    if found is None:
        raise ConflictError(say("The draft that was made with this Idempotency-Key has been discarded. Use a new key."))
    return found.value
