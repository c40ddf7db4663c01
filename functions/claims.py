"""Making, changing and reading claims (API.md, Partner)."""

import asyncio

import azure.functions as func

from functions.answers import ACCEPTED, CREATED, NO_CONTENT, claim_answer, json_answer
from functions.bodies import JSON, MERGE_PATCH, etag, idempotency_key, if_match, json_of, media_type
from functions.history_json import whole_history_json
from functions.multipart import MULTIPART, filed_claim
from functions.presenters import list_json, receipt_json, running_receipt
from functions.request_errors import UnsupportedTypeError
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.claim_fields import fields_of
from shared.domain.errors import InvalidClaimError
from shared.domain.sayings import say
from shared.forms.claim_form import request_json
from shared.forms.json_body import merge_patch, payload_hash
from shared.forms.list_form import list_query
from shared.forms.parse_claim import parse_claim
from shared.usecases import claim_history as recording
from shared.usecases import create_draft as drafting
from shared.usecases import discard_draft as discarding
from shared.usecases import edit_claim as editing
from shared.usecases import reading
from shared.usecases import submit_new_claim as filing
from shared.usecases.callers import PARTNERS, NotFoundError
from shared.usecases.filing import location_faults

blueprint = new_blueprint()


@route(blueprint, "api/claims", methods=("POST",), roles=PARTNERS)
async def create_claim(call: Call) -> func.HttpResponse:
    """A draft from JSON (201), or a claim with its proofs from multipart/form-data, submitted at once (202)."""
    kind = media_type(call.request)
    if kind == JSON:
        return await _draft(call)
    if kind == MULTIPART:
        return await _submit(call)
    raise UnsupportedTypeError(
        say("Send %(draft)s for a draft, %(type)s to submit a claim with its proofs.", draft=JSON, type=MULTIPART)
    )


async def _draft(call: Call) -> func.HttpResponse:
    key = idempotency_key(call.request)
    data = json_of(call.request)
    parsed = parse_claim(data, complete=False, catalogue=call.services.catalogue)
    if parsed.fields is None or parsed.faults:
        raise InvalidClaimError((*parsed.faults, *await location_faults(call.services, call.caller, parsed.mpn_id)))
    claim = await drafting.create_draft(
        call.services,
        caller=call.caller,
        fields=parsed.fields,
        idempotency_key=key,
        payload_hash=payload_hash(data, ()),
        now=call.now,
    )
    return claim_answer(call, claim, status=CREATED, located=True)


async def _submit(call: Call) -> func.HttpResponse:
    key = idempotency_key(call.request)
    filed = await filed_claim(call.request)
    parsed = parse_claim(filed.data, complete=True, catalogue=call.services.catalogue, proofs_count=len(filed.proofs))
    digest = await asyncio.to_thread(lambda: payload_hash(filed.data, [proof.sha256 for proof in filed.proofs]))
    claim = await filing.submit_new_claim(
        call.services,
        caller=call.caller,
        fields=parsed.fields,
        mpn_id=parsed.mpn_id,
        faults=(*parsed.faults, *filed.faults),
        proofs=filed.proofs,
        idempotency_key=key,
        payload_hash=digest,
        now=call.now,
    )
    return claim_answer(call, claim, status=ACCEPTED, located=True)


@route(blueprint, "api/claims/{claimId}", methods=("PATCH",), roles=PARTNERS)
async def edit_claim(call: Call) -> func.HttpResponse:
    """The claim with a JSON merge patch applied; If-Match says which version the caller saw."""
    wanted = if_match(call.request)
    patch = json_of(call.request, accepted=(MERGE_PATCH, JSON))
    seen = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    revision = wanted.seen(seen)
    patched = merge_patch(request_json(fields_of(seen)), patch)
    parsed = parse_claim(patched, complete=False, catalogue=call.services.catalogue)
    if parsed.fields is None or parsed.faults:
        raise InvalidClaimError(parsed.faults)
    claim = await editing.edit_claim(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        fields=parsed.fields,
        if_match=revision,
        now=call.now,
    )
    return claim_answer(call, claim)


@route(blueprint, "api/claims/{claimId}", methods=("DELETE",), roles=PARTNERS)
async def discard_draft(call: Call) -> func.HttpResponse:
    """The draft is gone."""
    await discarding.discard_draft(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    return func.HttpResponse(status_code=NO_CONTENT)


@route(blueprint, "api/claims/{claimId}", methods=("GET",), roles=EVERY_ROLE)
async def read_claim(call: Call) -> func.HttpResponse:
    """The claim, as far as the caller may know of it."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    return claim_answer(call, claim)


@route(blueprint, "api/claims", methods=("GET",), roles=PARTNERS)
async def list_claims(call: Call) -> func.HttpResponse:
    """One page of the organisation's claims, newest first."""
    query = list_query(call.request.params)
    page = await reading.list_claims(call.services, caller=call.caller, query=query)
    return json_answer(list_json(page, for_programme=False))


@route(blueprint, "api/claims/{claimId}/history", methods=("GET",), roles=EVERY_ROLE)
async def read_history(call: Call) -> func.HttpResponse:
    """The claim's events, mails and looks at its proofs, oldest first. Events alone move the ETag."""
    history = await recording.claim_history(call.services, caller=call.caller, claim_id=call.claim_id)
    shown = whole_history_json(history, for_programme=call.caller.is_programme)
    return json_answer(shown, headers={"ETag": etag(history.claim)})


@route(blueprint, "api/claims/{claimId}/deadline", methods=("GET",), roles=EVERY_ROLE)
async def read_deadline(call: Call) -> func.HttpResponse:
    """The receipt of the deadline that the claim waits for, or of the window that is over: 404 where none was set."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    receipt = running_receipt(claim)
    if receipt is None:
        raise NotFoundError(say("No deadline has been set for this claim."))
    return json_answer({"claimId": claim.claim_id, **receipt_json(receipt)}, headers={"ETag": etag(claim)})
