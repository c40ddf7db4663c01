"""A partner files a claim with its proofs in one call (API.md, POST /api/claims multipart)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role
from shared.usecases.filing import location_faults, new_claim, once
from shared.usecases.records import ConflictError
from shared.usecases.services import Services
from shared.usecases.transition import carry_out
from shared.usecases.uploads import AdmittedProof, Upload, admit


async def submit_new_claim(
    services: Services,
    *,
    caller: Caller,
    fields: ClaimFields | None,
    mpn_id: str | None,
    faults: tuple[Fault, ...],
    proofs: Sequence[Upload],
    idempotency_key: str,
    payload_hash: str,
    now: datetime,
) -> Claim:
    """The claim as submitted, made once per key; nothing is stored where anything is wrong.

    `fields` is null, and `mpn_id` what could be read of it, where the request's own shape is wrong: its `faults` are
    then told together with those of the files and of the location. RoleMissingError, InvalidClaimError,
    KeyReusedError, InFlightError.
    """
    caller.needs(Role.PARTNER_ADMIN)
    admitted, file_faults = await admit(
        services.reader, proofs, policy=services.policy, scanning=services.scanning, first=0, now=now
    )
    if fields is None or faults or file_faults:
        known = fields.mpn_id if fields else mpn_id
        raise InvalidClaimError((*faults, *await location_faults(services, caller, known), *file_faults))

    async def make(identity: str) -> Claim:
        return await _file(services, caller=caller, fields=fields, identity=identity, admitted=admitted, now=now)

    return await once(
        services,
        caller=caller,
        fields=fields,
        idempotency_key=idempotency_key,
        payload_hash=payload_hash,
        now=now,
        make=make,
    )


async def _file(
    services: Services,
    *,
    caller: Caller,
    fields: ClaimFields,
    identity: str,
    admitted: tuple[AdmittedProof, ...],
    now: datetime,
) -> Claim:
    await asyncio.gather(
        *(services.proofs.put(identity, admission.proof.sha256, admission.content) for admission in admitted)
    )
    new = new_claim(
        services,
        caller=caller,
        fields=fields,
        claim_id=identity,
        proofs=tuple(admission.proof for admission in admitted),
        now=now,
    )
    detail = {"proofs": [proof.sha256 for proof in new.proofs], "items": [item.item_id for item in new.items]}
    event = Event(kind=EventKind.SUBMITTED, actor=caller.actor, detail=detail)
    made = await carry_out(services, None, event, now=now, new=new)
    if made is None:
        raise ConflictError(say("The claim was not made."))
    return made
