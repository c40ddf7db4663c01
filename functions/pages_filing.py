"""The page that files a claim, and the one that changes it while that is open (API.md, Pages)."""

import asyncio
import uuid
from collections.abc import Sequence

import azure.functions as func

from functions.claim_fields_form import claim_form_faults, claim_request, shown_rows, typed_from
from functions.page_forms import Faults, Posted, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import page, product_choices, see_other
from functions.pages_claims import claim_page
from functions.routing import Call, new_blueprint, route
from shared.domain.claim import Claim
from shared.domain.claim_fields import fields_of
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.claim_form import request_json
from shared.forms.json_body import payload_hash
from shared.forms.parse_claim import parse_claim
from shared.usecases import create_draft as drafting
from shared.usecases import edit_claim as editing
from shared.usecases import proof_files, reading
from shared.usecases import submit_new_claim as filing
from shared.usecases.callers import PARTNERS, Role
from shared.usecases.filing import location_faults
from shared.usecases.own_locations import own_locations
from shared.usecases.records import InFlightError, KeyReusedError
from shared.usecases.transition import PreconditionFailedError

blueprint = new_blueprint()
_UNPROCESSABLE, _CHANGED = 422, 412
_KEY = "idempotencyKey"
_PATIENCE_SECONDS, _TRIES = 0.3, 20


@route(blueprint, "claims/new", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def new_claim_page(call: Call) -> func.HttpResponse:
    """The empty form; its key makes one claim of however many clicks."""
    locations = await own_locations(call.services, caller=call.caller)
    typed = typed_from({_KEY: uuid.uuid4().hex, **({"mpnId": locations[0].mpn_id} if len(locations) == 1 else {})})
    return await claim_form_page(call, typed)


@route(blueprint, "claims/new", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def file_claim_page(call: Call) -> func.HttpResponse:
    """A claim, submitted or kept as a draft; the form again with every fault where there is any."""
    posted = await posted_form(call)
    wish = posted.one("action")
    if wish == "more":
        return await claim_form_page(call, posted, more=True)
    try:
        if wish == "draft" or Role.PARTNER_ADMIN not in call.caller.roles:
            return await _draft(call, posted)
        return see_other(f"/claims/{(await _submitted(call, posted)).claim_id}")
    except InvalidClaimError as error:
        return await claim_form_page(call, posted, faults=error.faults, status=_UNPROCESSABLE)
    except KeyReusedError:
        message = say("This form has made a claim already. Send it once more to make another one.")
        fresh = Posted(values={**posted.values, _KEY: [uuid.uuid4().hex]}, uploads=posted.uploads)
        return await claim_form_page(call, fresh, faults=(_fault(message),), status=_UNPROCESSABLE)


async def _submitted(call: Call, posted: Posted) -> Claim:
    """The claim of this form. A second click waits for what the first one makes."""
    data = claim_request(posted)
    parsed = parse_claim(data, complete=True, catalogue=call.services.catalogue, proofs_count=len(posted.uploads))
    digest = await asyncio.to_thread(lambda: payload_hash(data, [one.sha256 for one in posted.uploads]))
    for _ in range(_TRIES):
        try:
            return await filing.submit_new_claim(
                call.services,
                caller=call.caller,
                fields=parsed.fields,
                mpn_id=parsed.mpn_id,
                faults=parsed.faults,
                proofs=posted.uploads,
                idempotency_key=_key(posted),
                payload_hash=digest,
                now=call.now,
            )
        except InFlightError:
            await asyncio.sleep(_PATIENCE_SECONDS)
    raise InFlightError(say("Your first click is still being worked on. Look at your claims in a minute."))


async def _draft(call: Call, posted: Posted) -> func.HttpResponse:
    data = claim_request(posted)
    parsed = parse_claim(data, complete=False, catalogue=call.services.catalogue)
    if parsed.fields is None or parsed.faults:
        raise InvalidClaimError((*parsed.faults, *await location_faults(call.services, call.caller, parsed.mpn_id)))
    claim = await drafting.create_draft(
        call.services,
        caller=call.caller,
        fields=parsed.fields,
        idempotency_key=_key(posted),
        payload_hash=payload_hash(data, ()),
        now=call.now,
    )
    faults: list[Fault] = []
    for upload in posted.uploads:
        try:
            claim, _ = await proof_files.add_proof(
                call.services, caller=call.caller, claim_id=claim.claim_id, upload=upload, now=call.now
            )
        except InvalidClaimError as error:
            faults += error.faults
    if faults:
        return await claim_page(call, claim, posted=Posted(values={}), faults=tuple(faults))
    return see_other(f"/claims/{claim.claim_id}")


@route(blueprint, "claims/{claimId:minlength(4)}/edit", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def edit_claim_form_page(call: Call) -> func.HttpResponse:
    """The form with what the claim says."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    typed = typed_from({**request_json(fields_of(claim)), "ifMatch": claim.revision})
    return await claim_form_page(call, typed, claim=claim)


async def unfinished_draft_page(call: Call, claim: Claim, faults: Sequence[Fault]) -> func.HttpResponse:
    """The draft in its form, with what it still needs to be submitted."""
    typed = typed_from({**request_json(fields_of(claim)), "ifMatch": claim.revision})
    return await claim_form_page(call, typed, claim=claim, faults=faults, status=_UNPROCESSABLE)


@route(blueprint, "claims/{claimId:minlength(4)}/edit", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def save_claim_page(call: Call) -> func.HttpResponse:
    """The claim as changed, if nobody else changed it since the form was opened."""
    posted = await posted_form(call)
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    if posted.one("action") == "more":
        return await claim_form_page(call, posted, claim=claim, more=True)
    parsed = parse_claim(claim_request(posted), complete=False, catalogue=call.services.catalogue)
    if parsed.fields is None or parsed.faults:
        return await claim_form_page(call, posted, claim=claim, faults=parsed.faults, status=_UNPROCESSABLE)
    try:
        await editing.edit_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            fields=parsed.fields,
            if_match=seen_revision(posted),
            now=call.now,
        )
    except InvalidClaimError as error:
        return await claim_form_page(call, posted, claim=claim, faults=error.faults, status=_UNPROCESSABLE)
    except PreconditionFailedError as error:
        fault = Fault(pointer="", code=error.code, message=str(error))
        fresh = Posted(values={**posted.values, "ifMatch": [str(claim.revision)]})
        return await claim_form_page(call, fresh, claim=claim, faults=(fault,), status=_CHANGED)
    return see_other(f"/claims/{claim.claim_id}")


def seen_revision(posted: Posted) -> int:
    """The revision of the claim that the form was made from. PreconditionFailedError where it is none."""
    said = posted.one("ifMatch")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):  # noqa: PLR2004 - a revision is small
        raise PreconditionFailedError(say("The form does not say which version of the claim it shows. Open it again."))
    return int(said)


def _key(posted: Posted) -> str:
    """The form's key; one that was tampered with only makes a claim of its own."""
    key = posted.one(_KEY)
    return key if key.isascii() and key.isalnum() and len(key) <= 64 else uuid.uuid4().hex  # noqa: PLR2004


def _fault(message: str) -> Fault:
    return Fault(pointer="", code="idempotency-key-reused", message=message)


async def claim_form_page(
    call: Call,
    posted: Posted,
    *,
    claim: Claim | None = None,
    faults: Sequence[Fault] = (),
    more: bool = False,
    status: int = 200,
) -> func.HttpResponse:
    """The form with what was typed; with the claim that it changes, where there is one already."""
    locations = await own_locations(call.services, caller=call.caller)
    return page(
        call,
        "claim-form.html",
        status=status,
        typed=posted,
        faults=claim_form_faults(faults, posted) if faults else Faults(),
        rows=shown_rows(posted, more=more),
        locations=[(one.mpn_id, f"{one.mpn_id}, {one.name}") for one in locations],
        product_groups=product_choices(call.services.catalogue),
        files_lost=bool(posted.uploads),
        number=claim.number if claim else None,
        path=f"/claims/{claim.claim_id}" if claim else None,
    )
