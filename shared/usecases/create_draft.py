"""A partner starts a claim: the location and the customer are enough (PROCESS.md, Fields)."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import ClaimFields
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role
from shared.usecases.filing import new_claim, once
from shared.usecases.records import ConflictError
from shared.usecases.services import Services
from shared.usecases.transition import carry_out


async def create_draft(
    services: Services, *, caller: Caller, fields: ClaimFields, idempotency_key: str, payload_hash: str, now: datetime
) -> Claim:
    """The draft, made once per key. RoleMissingError, InvalidClaimError, KeyReusedError, InFlightError."""
    caller.needs(Role.PARTNER_ADMIN, Role.PARTNER_USER)

    async def make(identity: str) -> Claim:
        new = new_claim(services, caller=caller, fields=fields, claim_id=identity, proofs=(), now=now)
        event = Event(kind=EventKind.DRAFTED, actor=caller.actor)
        made = await carry_out(services, None, event, now=now, new=new)
        if made is None:
            raise ConflictError(say("The draft was not made."))
        return made

    return await once(
        services,
        caller=caller,
        fields=fields,
        idempotency_key=idempotency_key,
        payload_hash=payload_hash,
        now=now,
        make=make,
    )
