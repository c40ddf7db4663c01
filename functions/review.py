"""What reviewers see and decide (API.md, Reviewers and program admins)."""

import azure.functions as func

from functions.answers import claim_answer, json_answer
from functions.bodies import form_of, if_match
from functions.contest_json import contest_json
from functions.presenters import list_json
from functions.routing import Call, new_blueprint, route
from shared.forms.action_forms import DecisionForm
from shared.forms.list_form import review_query
from shared.usecases import decide_claim as deciding
from shared.usecases import reading
from shared.usecases.callers import PROGRAMME
from shared.usecases.decide_claim import Decision, ItemDecision
from shared.usecases.read_contest import read_for_review

blueprint = new_blueprint()


@route(blueprint, "api/review/claims", methods=("GET",), roles=PROGRAMME)
async def list_for_review(call: Call) -> func.HttpResponse:
    """One page of all claims in one status: what waits for a reviewer, overdue first, unless another is named."""
    query = review_query(call.request.params, now=call.now)
    page = await reading.list_for_review(call.services, caller=call.caller, query=query)
    return json_answer(list_json(page, for_programme=True))


@route(blueprint, "api/review/claims/{claimId}", methods=("GET",), roles=PROGRAMME)
async def read_claim_for_review(call: Call) -> func.HttpResponse:
    """Everything about one claim, both sides of a contest too."""
    seen = await read_for_review(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    return claim_answer(
        call, seen.claim, more={"contest": contest_json(seen.contest) if seen.contest is not None else None}
    )


@route(blueprint, "api/review/claims/{claimId}/decision", methods=("POST",), roles=PROGRAMME)
async def decide_claim(call: Call) -> func.HttpResponse:
    """A reviewer decides; If-Match says which version was looked at."""
    wanted = if_match(call.request)
    form = form_of(call.request, DecisionForm)
    seen = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    claim = await deciding.decide_claim(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        decision=decision_of(form),
        if_match=wanted.seen(seen),
        now=call.now,
    )
    return claim_answer(call, claim)


def decision_of(form: DecisionForm) -> Decision:
    """What the form decides."""
    return Decision(
        decision=form.decision,
        reason_codes=tuple(form.reason_codes),
        comment=form.comment,
        items=tuple(
            ItemDecision(
                item_id=item.item_id,
                decision=item.decision,
                supersede=item.supersede,
                reason_codes=tuple(item.reason_codes),
            )
            for item in form.items
        ),
        supersede=form.supersede,
    )
