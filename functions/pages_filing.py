"""The pages that file a claim step by step (API.md, Pages; PAGES.md, Patterns).

The first step makes a draft, every other one changes it, so that nothing is lost whatever becomes of the browser.
"""

import uuid
from dataclasses import replace
from typing import Any

import azure.functions as func

from functions.claim_fields_form import claim_request, typed_from
from functions.page_forms import Posted, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view
from functions.pages_claims import DISCARDED
from functions.routing import Call, new_blueprint, route
from functions.wizard_pages import CHANGED, KEY, NEXT, UNPROCESSABLE, frame, step_page
from functions.wizard_products import posted_rows, with_another
from functions.wizard_proofs import save_proofs
from functions.wizard_steps import (
    Step,
    fitted,
    knows_activity,
    next_step_of,
    part_of,
    path_of,
    seen_of,
    step_of,
    with_part,
)
from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_fields import ClaimFields, fields_of
from shared.domain.errors import Fault, ForbiddenTransitionError, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.action_forms import OptionalCommentForm
from shared.forms.claim_form import request_json
from shared.forms.form import parse
from shared.forms.json_body import payload_hash
from shared.forms.parse_claim import parse_claim
from shared.usecases import create_draft as drafting
from shared.usecases import discard_draft as discarding
from shared.usecases import edit_claim as editing
from shared.usecases import proof_files, reading
from shared.usecases.callers import PARTNERS, check_own
from shared.usecases.filing import location_faults
from shared.usecases.own_locations import own_locations
from shared.usecases.records import KeyReusedError
from shared.usecases.transition import PreconditionFailedError

blueprint = new_blueprint()
_CLAIM = "claims/{claimId:minlength(4)}"
_LATER, _ANOTHER = "later", "another:"


@route(blueprint, "claims/new", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def new_claim_page(call: Call) -> func.HttpResponse:
    """The first step, empty; its key makes one draft of however many clicks."""
    locations = await own_locations(call.services, caller=call.caller)
    typed = typed_from({KEY: uuid.uuid4().hex, **({"mpnId": locations[0].mpn_id} if len(locations) == 1 else {})})
    return await step_page(call, None, Step.CUSTOMER, typed=typed)


@route(blueprint, "claims/new", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def start_claim_page(call: Call) -> func.HttpResponse:
    """The draft is made; the step again with every fault where there is any."""
    posted = await posted_form(call)
    data = claim_request(posted)
    parsed = parse_claim(data, complete=False, catalogue=call.services.catalogue)
    if parsed.fields is None or parsed.faults:
        faults = (*parsed.faults, *await location_faults(call.services, call.caller, parsed.mpn_id))
        return await step_page(call, None, Step.CUSTOMER, typed=posted, faults=faults, status=UNPROCESSABLE)
    try:
        claim = await drafting.create_draft(
            call.services,
            caller=call.caller,
            fields=parsed.fields,
            idempotency_key=_key(posted),
            payload_hash=payload_hash(data, ()),
            now=call.now,
        )
    except InvalidClaimError as error:
        return await step_page(call, None, Step.CUSTOMER, typed=posted, faults=error.faults, status=UNPROCESSABLE)
    except KeyReusedError as error:
        message = say("This form has made a draft already: you find it among your claims. Send it again for another.")
        fresh = Posted(values={**posted.values, KEY: [uuid.uuid4().hex]})
        fault = Fault(pointer="", code=error.code, message=message)
        return await step_page(call, None, Step.CUSTOMER, typed=fresh, faults=(fault,), status=UNPROCESSABLE)
    return see_other(_onward(claim, Step.CUSTOMER, posted))


@route(blueprint, _CLAIM + "/draft", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_draft_page(call: Call) -> func.HttpResponse:
    """The list of steps: what is done, what is left, and until when the draft is kept."""
    claim = await _own(call)
    if claim.status is not Status.DRAFT:
        return see_other(f"/claims/{claim.claim_id}")
    view = claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now)
    saved = bool(call.request.params.get("saved"))
    return page(call, "wizard/overview.html", saved=saved, **frame(call, claim, None), **view)


@route(blueprint, _CLAIM + "/draft/{step}", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_step_page(call: Call) -> func.HttpResponse:
    """One step, with what the draft says."""
    claim, step = await _own(call), _step(call)
    if claim.status is not Status.DRAFT:
        return see_other(f"/claims/{claim.claim_id}")
    if step is None:
        return see_other(path_of(claim))
    if step in {Step.PRODUCTS, Step.CONTACTS} and not knows_activity(claim):
        return see_other(path_of(claim, Step.ACTIVITY))
    return await step_page(call, claim, step)


@route(blueprint, _CLAIM + "/draft/{step}", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def save_step_page(call: Call) -> func.HttpResponse:
    """The draft with the step's answers, then the next step; the step again with every fault where there is any."""
    posted = await posted_form(call)
    claim, step = await _own(call), _step(call)
    if claim.status is not Status.DRAFT:
        raise ForbiddenTransitionError(status=claim.status.value, event=EventKind.EDITED.value)
    wish = posted.one("action")
    if step is None:
        return see_other(path_of(claim))
    if step is Step.CHECK:
        return await _save_comment(call, claim, posted)
    if step is Step.PROOFS:
        return await save_proofs(call, claim, posted, onward=_onward(claim, step, posted))
    if step is Step.PRODUCTS and wish.startswith(_ANOTHER):
        rows = with_another(posted_rows(posted), wish.removeprefix(_ANOTHER))
        return await step_page(call, claim, step, typed=posted, rows=rows)
    return await _save(call, claim, step, posted)


async def _save(call: Call, claim: Claim, step: Step, posted: Posted) -> func.HttpResponse:
    merged = with_part(request_json(fields_of(claim)), step, part_of(claim_request(posted), step))
    if step is Step.ACTIVITY:
        merged = fitted(merged, catalogue=call.services.catalogue)
    fields, faults = _read(call, merged, step, complete=posted.one("action") != _LATER)
    if fields is None or faults:
        return await step_page(call, claim, step, typed=posted, faults=faults, status=UNPROCESSABLE)
    if fields == fields_of(claim):
        return see_other(_onward(claim, step, posted))
    if posted.one("seen") != seen_of(claim, step):
        return await step_page(call, claim, step, typed=posted, changed=True, status=CHANGED)
    try:
        claim = await editing.edit_claim(
            call.services,
            caller=call.caller,
            claim_id=claim.claim_id,
            fields=fields,
            if_match=claim.revision,
            now=call.now,
        )
    except InvalidClaimError as error:
        return await step_page(call, claim, step, typed=posted, faults=error.faults, status=UNPROCESSABLE)
    except PreconditionFailedError:
        return await step_page(call, await _own(call), step, typed=posted, changed=True, status=CHANGED)
    return see_other(_onward(claim, step, posted))


def _read(
    call: Call, data: dict[str, Any], step: Step, *, complete: bool
) -> tuple[ClaimFields | None, tuple[Fault, ...]]:
    """The fields, and what is wrong with the step; `complete` asks for what it needs to be submitted.

    What other steps still lack is their own business, but nothing is stored that does not fit.
    """
    known = call.services.catalogue
    parsed = parse_claim(data, complete=False, catalogue=known)
    if not complete:
        return parsed.fields, parsed.faults
    whole = parse_claim(data, complete=True, catalogue=known)
    others = tuple(fault for fault in parsed.faults if step_of(fault.pointer) is not step)
    return parsed.fields, (*others, *(fault for fault in whole.faults if step_of(fault.pointer) is step))


async def _save_comment(call: Call, claim: Claim, posted: Posted) -> func.HttpResponse:
    """The comment is kept with the draft, and the claim waits."""
    try:
        comment = parse(OptionalCommentForm, {"comment": posted.one("comment")}).comment
        if comment:
            await editing.edit_claim(
                call.services,
                caller=call.caller,
                claim_id=claim.claim_id,
                fields=replace(fields_of(claim), comment=comment),
                if_match=seen_revision(posted),
                now=call.now,
            )
    except InvalidClaimError as error:
        return await step_page(call, claim, Step.CHECK, typed=posted, faults=error.faults, status=UNPROCESSABLE)
    except PreconditionFailedError:
        return await step_page(call, await _own(call), Step.CHECK, typed=posted, changed=True, status=CHANGED)
    return see_other(f"{path_of(claim)}?saved=1")


@route(
    blueprint,
    _CLAIM + "/draft/proofs/{proofId}/remove",
    methods=("POST",),
    roles=PARTNERS,
    on_problem=problem_page,
)
async def remove_draft_proof_page(call: Call) -> func.HttpResponse:
    """The file does not belong to the draft any more."""
    await posted_form(call)
    claim = await proof_files.remove_proof(
        call.services, caller=call.caller, claim_id=call.claim_id, proof_id=call.segment("proofId"), now=call.now
    )
    return see_other(path_of(claim, Step.PROOFS))


@route(blueprint, _CLAIM + "/discard", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def confirm_discard_page(call: Call) -> func.HttpResponse:
    """Asks once, and says what follows."""
    claim = await _own(call)
    if claim.status is not Status.DRAFT:
        raise ForbiddenTransitionError(status=claim.status.value, event=EventKind.DISCARDED.value)
    view = claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now)
    return page(call, "wizard/discard.html", path=path_of(claim), **view)


@route(blueprint, _CLAIM + "/discard", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def discard_draft_page(call: Call) -> func.HttpResponse:
    """The draft and its files are deleted."""
    await posted_form(call)
    await discarding.discard_draft(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    return see_other(f"/claims?{DISCARDED}=draft")


def seen_revision(posted: Posted) -> int:
    """The revision of the claim that the form was made from. PreconditionFailedError where it is none."""
    said = posted.one("ifMatch")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):  # noqa: PLR2004 - a revision is small
        raise PreconditionFailedError(say("The form does not say which version of the claim it shows. Open it again."))
    return int(said)


async def _own(call: Call) -> Claim:
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    return check_own(claim, call.caller)


def _step(call: Call) -> Step | None:
    name = call.segment("step")
    return Step(name) if name in set(Step) else None


def _onward(claim: Claim, step: Step, posted: Posted) -> str:
    """Where the answers lead: to the list of steps, back to the answers, or to the next step."""
    if posted.one("action") == _LATER:
        return f"{path_of(claim)}?saved=1"
    return path_of(claim, Step.CHECK if posted.one(NEXT) == Step.CHECK else next_step_of(step))


def _key(posted: Posted) -> str:
    """The form's key; one that was tampered with only makes a claim of its own."""
    key = posted.one(KEY)
    return key if key.isascii() and key.isalnum() and len(key) <= 64 else uuid.uuid4().hex  # noqa: PLR2004
