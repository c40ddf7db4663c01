"""The page that changes what is open in a claim that waits for its partner: location, contacts, dropping products."""

from collections.abc import Sequence

import azure.functions as func

from functions.claim_fields_form import claim_request, label_of, typed_from
from functions.page_forms import Faults, Posted, field_faults, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view
from functions.pages_filing import seen_revision
from functions.routing import Call, new_blueprint, route
from functions.wizard_steps import kinds_of, path_of
from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_fields import fields_of
from shared.domain.claim_states import permits
from shared.domain.errors import Fault, ForbiddenTransitionError, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.claim_form import request_json
from shared.forms.parse_claim import parse_claim
from shared.usecases import edit_claim as editing
from shared.usecases import reading
from shared.usecases.callers import PARTNERS, check_own
from shared.usecases.own_locations import own_locations
from shared.usecases.transition import PreconditionFailedError

blueprint = new_blueprint()
_PATH = "claims/{claimId:minlength(4)}/edit"
_OPEN = ("mpnId", "customerContact", "technicalContact", "partnerContact")
_KEPT = "keep"
_CHANGED = N_(
    "Somebody changed this claim after you opened this page. What you typed is in the form below: save it again to "
    "replace what is stored now."
)
_KNOWN = {
    "mpnId": "f-mpnId",
    "items": "f-keep",
    **{group: f"f-{group}-name" for group in _OPEN[1:]},
    **{f"{group}.{name}": f"f-{group}-{name}" for group in _OPEN[1:] for name in ("name", "title", "email")},
}


@route(blueprint, _PATH, methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def amend_claim_form_page(call: Call) -> func.HttpResponse:
    """What may be changed, as the claim says it; a draft goes to its steps."""
    claim = check_own(await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id), call.caller)
    if claim.status is Status.DRAFT:
        return see_other(path_of(claim))
    if not permits(claim, EventKind.AMENDED):
        raise ForbiddenTransitionError(status=claim.status.value, event=EventKind.AMENDED.value)
    data = request_json(fields_of(claim))
    kept = [str(index) for index in range(len(claim.requested))]
    return await _form(call, claim, typed_from({**data, _KEPT: kept, "ifMatch": claim.revision}))


@route(blueprint, _PATH, methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def amend_claim_page(call: Call) -> func.HttpResponse:
    """The claim as changed, if nobody else changed it since the form was opened."""
    posted = await posted_form(call)
    claim = check_own(await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id), call.caller)
    data, written = request_json(fields_of(claim)), claim_request(posted)
    for name in _OPEN:
        data.pop(name, None)
        data |= {name: written[name]} if name in written else {}
    products = data.pop("items", [])
    kept = set(posted.many(_KEPT))
    if isinstance(products, list) and products:
        data["items"] = [one for index, one in enumerate(products) if str(index) in kept]
    parsed = parse_claim(data, complete=True, catalogue=call.services.catalogue, proofs_count=None)
    if parsed.fields is None or parsed.faults:
        return await _form(call, claim, posted, parsed.faults, status=422)
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
        return await _form(call, claim, posted, error.faults, status=422)
    except PreconditionFailedError as error:
        fault = Fault(pointer="", code=error.code, message=_CHANGED)
        fresh = Posted(values={**posted.values, "ifMatch": [str(claim.revision)]})
        return await _form(call, claim, fresh, (fault,), status=412)
    return see_other(f"/claims/{claim.claim_id}")


async def _form(
    call: Call, claim: Claim, typed: Posted, faults: Sequence[Fault] = (), *, status: int = 200
) -> func.HttpResponse:
    locations = await own_locations(call.services, caller=call.caller)
    kinds = kinds_of(claim.solution_area, claim.activities, call.services.catalogue)
    return page(
        call,
        "claim-amend.html",
        status=status,
        typed=typed,
        faults=Faults(field_faults(faults, known=_KNOWN, labels={name: label_of(name) for name in _KNOWN})),
        locations=[(one.mpn_id, f"{one.mpn_id}, {one.name}") for one in locations],
        products=[(str(index), one.product_id, one.subscription_id) for index, one in enumerate(claim.requested)],
        asks_technical=any(kind.technical_contact for kind in kinds),
        **claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now),
    )
