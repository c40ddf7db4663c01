"""The pages that show claims: the list, one claim, its history (API.md, Pages)."""

from collections.abc import Mapping
from typing import Any

import azure.functions as func

from functions.page_forms import Faults, Posted, field_faults
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page
from functions.page_views import claim_view, history_view, whole_history_view
from functions.presenters import list_json
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.claim import Claim, Status
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.list_form import list_query
from shared.usecases import claim_history as recording
from shared.usecases import read_sent_mails as sending
from shared.usecases import reading
from shared.usecases.callers import PARTNERS
from shared.usecases.own_locations import own_locations
from shared.usecases.records import ListPage

blueprint = new_blueprint()
FILTERS = ("q", "status", "mpnId", "solutionArea", "activity", "productId", "submittedFrom", "submittedTo")
_KNOWN = {name: f"f-{name}" for name in (*FILTERS, "tenantId")}
_FILTER_LABELS = {
    "q": N_("Search"),
    "status": N_("Status"),
    "tenantId": N_("Customer's directory ID"),
    "submittedFrom": N_("Submitted from"),
    "submittedTo": N_("Submitted until"),
}
_ACTION_FIELDS = {"answer": "f-answer", "comment": "f-comment", "proof": "f-proofs", "proofs": "f-proofs"}
_ACTION_LABELS = {"answer": N_("Your answer (optional)"), "comment": N_("Write a comment")}
_TOP = "25"
DISCARDED = "discarded"
"""The parameter that tells the list that a draft has just gone."""
_UNPROCESSABLE = 422


@route(blueprint, "claims", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_claims_page(call: Call) -> func.HttpResponse:
    """The organisation's claims, newest first."""
    parameters = {"top": _TOP, **{name: value for name, value in call.request.params.items() if name != DISCARDED}}
    own = await own_locations(call.services, caller=call.caller)
    more: dict[str, Any] = {
        "locations": [(one.mpn_id, f"{one.mpn_id}: {one.name}") for one in own],
        "discarded": DISCARDED in call.request.params,
        "by_customer": True,
        "names": (*FILTERS, "tenantId"),
    }
    try:
        found = await reading.list_claims(call.services, caller=call.caller, query=list_query(parameters))
    except InvalidClaimError as error:
        return list_page(call, "claims.html", None, faults=error.faults, **more)
    return list_page(call, "claims.html", found, **more)


def list_page(
    call: Call,
    template: str,
    found: ListPage | None,
    *,
    faults: tuple[Fault, ...] = (),
    defaults: Mapping[str, str] | None = None,
    names: tuple[str, ...] = FILTERS,
    **more: Any,
) -> func.HttpResponse:
    """A list with its filters; null where the filters make no sense. `more` is what else the template is told."""
    filters = {**(defaults or {}), **{name: call.request.params.get(name, "") for name in names}}
    filters |= {name: value for name, value in (defaults or {}).items() if not filters[name]}
    shown = list_json(found or ListPage(items=(), continuation=None), for_programme=call.caller.is_programme)
    return page(
        call,
        template,
        status=_UNPROCESSABLE if faults else 200,
        typed=Posted(values={name: [value] for name, value in filters.items()}),
        filter_values=filters,
        filtered=any(filters[name] for name in names if name not in (defaults or {})),
        started=bool(call.request.params.get("continuation")),
        rows=shown["items"],
        continuation=shown["continuation"],
        states=[status.value for status in Status],
        faults=Faults(
            field_faults(faults, known={**_KNOWN, **{name: f"f-{name}" for name in names}}, labels=_FILTER_LABELS)
        ),
        **more,
    )


@route(blueprint, "claims/{claimId:minlength(4)}", methods=("GET",), roles=EVERY_ROLE, on_problem=problem_page)
async def show_claim_page(call: Call) -> func.HttpResponse:
    """Where the claim stands, who must act, and what can be done with it."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    return await claim_page(call, claim)


async def claim_page(
    call: Call,
    claim: Claim,
    *,
    posted: Posted | None = None,
    faults: tuple[Fault, ...] = (),
    moved: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """The claim's page; with faults, those of the form that was sent from it, `moved` as for `field_faults`."""
    language = language_of_page(call.request)
    rows = await reading.read_history(call.services, caller=call.caller, claim_id=claim.claim_id)
    return page(
        call,
        "claim.html",
        status=_UNPROCESSABLE if faults else 200,
        typed=posted or Posted(values={}),
        faults=Faults(field_faults(faults, known=_ACTION_FIELDS, moved=moved, labels=_ACTION_LABELS)),
        **claim_view(claim, caller=call.caller, language=language, now=call.now),
        **history_view(claim, rows, for_programme=call.caller.is_programme, language=language),
    )


@route(blueprint, "claims/{claimId:minlength(4)}/history", methods=("GET",), roles=EVERY_ROLE, on_problem=problem_page)
async def show_history_page(call: Call) -> func.HttpResponse:
    """Everything that happened to the claim, newest first: its events, its mails, and who looked at its proofs."""
    language = language_of_page(call.request)
    history = await recording.claim_history(call.services, caller=call.caller, claim_id=call.claim_id)
    letters = await sending.read_sent_mails(call.services, history)
    return page(
        call,
        "history.html",
        **claim_view(history.claim, caller=call.caller, language=language, now=call.now),
        **whole_history_view(history, for_programme=call.caller.is_programme, language=language, letters=letters),
    )
