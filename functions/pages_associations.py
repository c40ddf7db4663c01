"""What is official for a partner, and what its customers use, each chart beside its numbers (API.md, Pages)."""

import azure.functions as func

from functions.association_charts import months_back, usage_charts
from functions.page_forms import Faults, Posted, field_faults
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page
from functions.routing import Call, new_blueprint, route
from functions.usage import association_json
from shared.domain.errors import InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.form import parse
from shared.forms.usage_form import AssociationsForm, UsageForm
from shared.texts import texts
from shared.usecases import read_association as reading_association
from shared.usecases import read_associations as reading
from shared.usecases.callers import PARTNERS

blueprint = new_blueprint()
_ROWS, _MONTHS_BEFORE, _UNPROCESSABLE = 25, 11, 422
_FIELDS = {"from": "f-from", "to": "f-to"}
_LABELS = {"from": N_("From"), "to": N_("Until")}


@route(blueprint, "associations", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_associations_page(call: Call) -> func.HttpResponse:
    """The organisation's official associations, newest first."""
    form = parse(AssociationsForm, dict(call.request.params))
    claims, continuation = await reading.read_associations(
        call.services, caller=call.caller, top=int(form.top) if form.top else _ROWS, continuation=form.continuation
    )
    return page(
        call,
        "associations.html",
        rows=[association_json(claim) for claim in claims],
        continuation=continuation,
        started=form.continuation is not None,
    )


@route(blueprint, "associations/{claimId}", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_association_page(call: Call) -> func.HttpResponse:
    """One association: since when, until when, and its usage of the last twelve months, or of those asked for."""
    asked = {name: call.request.params.get(name, "") for name in _FIELDS}
    words = texts(language_of_page(call.request))
    form, wrong = UsageForm(), Faults()
    try:
        form = parse(UsageForm, asked)
    except InvalidClaimError as error:
        wrong = Faults(field_faults(error.faults, known=_FIELDS, labels=_LABELS))
    first = form.first or (None if form.last else months_back(call.now.date(), _MONTHS_BEFORE))
    found = await reading_association.read_association(
        call.services, caller=call.caller, claim_id=call.claim_id, first=first, last=form.last
    )
    return page(
        call,
        "association.html",
        status=_UNPROCESSABLE if wrong else 200,
        association=association_json(found.claim),
        charts=None if found.months is None else usage_charts(found.months, words),
        filtered=any(asked.values()),
        typed=Posted(values={"from": [asked["from"] or ("" if wrong else first or "")], "to": [asked["to"]]}),
        faults=wrong,
    )
