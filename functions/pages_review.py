"""The reviewers' pages: what waits, and one claim with its decision (API.md, Pages)."""

import re
from typing import Any

import azure.functions as func

from functions.contest_json import contest_json
from functions.page_forms import Faults, Posted, field_faults, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view, history_view
from functions.pages_claims import FILTERS, list_page
from functions.pages_filing import seen_revision
from functions.presenters import instant
from functions.review import decision_of
from functions.routing import Call, new_blueprint, route
from shared.domain.claim import Status
from shared.domain.door import MOST_ITEMS
from shared.domain.errors import DomainError, Fault, InvalidClaimError
from shared.domain.reasons import REVIEWER_REASONS, reason
from shared.forms.action_forms import DecisionForm
from shared.forms.form import parse
from shared.forms.list_form import review_query
from shared.texts import texts
from shared.usecases import decide_claim as deciding
from shared.usecases import reading
from shared.usecases.callers import PROGRAMME
from shared.usecases.read_contest import read_for_review
from shared.usecases.records import ListPage
from shared.usecases.transition import PreconditionFailedError

blueprint = new_blueprint()
_WAITING = {"status": Status.UNDER_REVIEW.value}
_FILTERS = (*FILTERS, "overdue", "contested", "sort")
_TOP = "25"
_UNPROCESSABLE, _CHANGED = 422, 412
_REVIEW = "review/{claimId:minlength(20)}"
_ITEM_FIELD = re.compile(r"items\.(\d{1,3})\.itemId")


@route(blueprint, "review", methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_review_page(call: Call) -> func.HttpResponse:
    """All claims in one status: those that wait for a reviewer, overdue first, unless another is chosen."""
    parameters = {"top": _TOP, **_WAITING, **call.request.params}
    found: ListPage | None = None
    faults: tuple[Fault, ...] = ()
    by_urgency = False
    try:
        query = review_query(parameters, now=call.now)
        by_urgency = query.urgent_first
        found = await reading.list_for_review(call.services, caller=call.caller, query=query)
    except InvalidClaimError as error:
        faults = error.faults
    return list_page(
        call,
        "review-list.html",
        found,
        faults=faults,
        defaults=_WAITING,
        names=_FILTERS,
        late=instant(call.now),
        by_urgency=by_urgency,
    )


@route(blueprint, _REVIEW, methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_claim_review_page(call: Call) -> func.HttpResponse:
    """Everything about one claim, and the decision where one is open."""
    return await _page(call)


@route(blueprint, _REVIEW + "/decision", methods=("POST",), roles=PROGRAMME, on_problem=problem_page)
async def decide_on_review_page(call: Call) -> func.HttpResponse:
    """The decision is carried out, if the claim is still the one that was looked at."""
    posted = await posted_form(call)
    try:
        form = parse(DecisionForm, decision_request(posted))
        await deciding.decide_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            decision=decision_of(form),
            if_match=seen_revision(posted),
            now=call.now,
        )
    except InvalidClaimError as error:
        return await _page(call, posted=posted, faults=error.faults, status=_UNPROCESSABLE)
    except PreconditionFailedError as error:
        return await _page(call, posted=posted, faults=(_as_fault(error),), status=_CHANGED)
    return see_other(f"/review/{call.claim_id}")


def decision_request(posted: Posted) -> dict[str, Any]:
    """The JSON that the decision form stands for. Items are named only where something else than "accept" is said."""
    data: dict[str, Any] = {"decision": posted.one("decision") or None, "comment": posted.one("comment")}
    data["reasonCodes"] = posted.many("reasonCodes")
    data["items"] = [
        item for index in decided_rows(posted) if (item := _item(posted, index)) and data["decision"] == "accept"
    ]
    return data


def decided_rows(posted: Posted) -> list[int]:
    """The rows of the form's table of products on which something is said."""
    rows = sorted(int(match[1]) for name in posted.values if (match := _ITEM_FIELD.fullmatch(name)))
    return [index for index in rows[: MOST_ITEMS * 2] if _says_something(posted, index)]


def _says_something(posted: Posted, index: int) -> bool:
    row = f"items.{index}"
    return posted.one(f"{row}.decision") == "refuse" or bool(posted.one(f"{row}.supersede"))


def _item(posted: Posted, index: int) -> dict[str, Any]:
    row = f"items.{index}"
    return {
        "itemId": posted.one(f"{row}.itemId"),
        "decision": posted.one(f"{row}.decision") or "accept",
        "supersede": bool(posted.one(f"{row}.supersede")),
        "reasonCodes": posted.many(f"{row}.reasonCodes"),
    }


def _as_fault(error: DomainError) -> Fault:
    return Fault(pointer="", code=error.code, message=str(error))


async def _page(
    call: Call,
    *,
    posted: Posted | None = None,
    faults: tuple[Fault, ...] = (),
    status: int = 200,
) -> func.HttpResponse:
    language = language_of_page(call.request)
    words = texts(language)
    typed = posted or Posted(values={})
    seen = await read_for_review(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    claim = seen.claim
    rows = await reading.read_history(call.services, caller=call.caller, claim_id=claim.claim_id)
    moved = {f"/items/{place}": f"/items/{index}" for place, index in enumerate(decided_rows(typed))}
    return page(
        call,
        "review-claim.html",
        status=status,
        typed=typed,
        faults=Faults(field_faults(faults, known=_anchors(len(claim.live_items)), moved=moved)),
        reason_options=[(code.value, words.gettext(reason(code).title)) for code in REVIEWER_REASONS],
        live=[item.item_id for item in claim.live_items],
        contest=contest_json(seen.contest) if seen.contest else None,
        contested={one.item.item_id for one in seen.contest.items} if seen.contest else set(),
        **claim_view(claim, caller=call.caller, language=language, now=call.now),
        **history_view(claim, rows, for_programme=True, language=language),
    )


def _anchors(rows: int) -> dict[str, str]:
    known = {name: f"f-{name}" for name in ("decision", "reasonCodes", "comment")}
    known["items"] = "f-items-0-decision"
    for index in range(rows):
        known[f"items.{index}"] = f"f-items-{index}-decision"
        known[f"items.{index}.reasonCodes"] = f"f-items-{index}-reasonCodes"
    return known
