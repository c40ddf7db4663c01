"""The customer's answer by the signed link, as JSON (API.md, The customer's page)."""

import azure.functions as func

from functions.answers import json_answer, language_of
from functions.bodies import form_of
from functions.customer_presenter import request_view_json
from functions.routing import ANYONE, Call, new_blueprint, route
from shared.forms.action_forms import RespondForm
from shared.usecases.customer_response import Choice, RequestView, answer_request, view_request

blueprint = new_blueprint()


@route(blueprint, "api/respond/{claimId}", methods=("POST",), roles=ANYONE)
async def respond_as_customer(call: Call) -> func.HttpResponse:
    """The request as it stands; with a choice, that choice is carried out first."""
    view = await _view(call, form_of(call.request, RespondForm))
    language = language_of(call)
    shown = request_view_json(view, catalogue=call.services.catalogue, language=language)
    return json_answer(shown, headers={"Content-Language": language})


async def _view(call: Call, form: RespondForm) -> RequestView:
    if form.choice is None:
        return await view_request(call.services, claim_id=call.claim_id, token=form.token)
    return await answer_request(
        call.services,
        claim_id=call.claim_id,
        token=form.token,
        choice=Choice(form.choice),
        item_ids=frozenset(form.items),
        reason=form.reason,
        now=call.now,
    )
