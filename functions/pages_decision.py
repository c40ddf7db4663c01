"""A reviewer's decision: chosen, seen with the mails that it sends, and only then carried out (API.md, Pages)."""

from collections.abc import Mapping
from http import HTTPStatus

import azure.functions as func

from functions.decision_form import posted_decision
from functions.page_forms import TOKEN, Posted, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view
from functions.pages_filing import seen_revision
from functions.pages_review import REVIEW, SCRIPT, review_page, titles_of
from functions.problems import problem_of
from functions.routing import Call, new_blueprint, route
from shared.domain.errors import DomainError, Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.texts import texts
from shared.usecases import decide_claim as deciding
from shared.usecases import preview_decision as previewing
from shared.usecases.callers import PROGRAMME
from shared.usecases.decide_claim import Decision

blueprint = new_blueprint()
PREVIEW, CHANGE = "preview", "change"
_TOLD_ON_THE_PAGE = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_CONTENT})
_UNPROCESSABLE = 422
_NOT_CARRIED = frozenset({TOKEN, "step"})
_DECISIONS: Mapping[str, str] = {
    "accept": N_("Accept: the customer is asked"),
    "requestInformation": N_("Ask the partner for information"),
    "reject": N_("Reject"),
    "noticeIncumbent": N_("Tell the present partner, who then has time to answer"),
}
_WHAT_TO_DO: Mapping[str, tuple[str, str]] = {
    "precondition-failed": (
        "",
        N_("What stands below is the claim as it is now, with what you chose. Look at it again, then decide."),
    ),
    "slot-pending": (
        "/items",
        N_("Wait until that customer has answered, or refuse this product."),
    ),
    "supersede-required": (
        "/items",
        N_("Say at the product that it takes the place of the present association, or refuse it."),
    ),
    "incumbent-window-open": (
        "/decision",
        N_("Tell the present partner, if you have not, and decide when the time to answer is over."),
    ),
    "no-incumbent": ("/decision", N_("Choose another decision.")),
    "incumbents-told": ("/decision", N_("Wait until the time to answer is over, then decide.")),
    "too-many-incumbents": ("/items", N_("The partner can claim the refused products again, with fewer at a time.")),
    "state-conflict": ("", N_("Somebody may have decided before you: the history at the end of this page says who.")),
}
"""By code, the field to go to (a pointer) and what a reviewer can do about what stands in the way."""


@route(blueprint, REVIEW + "/decision", methods=("POST",), roles=PROGRAMME, on_problem=problem_page)
async def decide_on_review_page(call: Call) -> func.HttpResponse:
    """The mails that the decision would send; or, once they were seen, the decision itself.

    It is carried out only if the claim is still the one that was looked at. What stands in its way is told on the
    claim's page, as it is by then, with everything that was typed.
    """
    posted = await posted_form(call)
    step = posted.one("step")
    if step == CHANGE:
        return await review_page(call, typed=posted)
    try:
        decision = posted_decision(posted)
        if step == PREVIEW:
            return await _preview(call, posted, decision)
        await deciding.decide_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            decision=decision,
            if_match=seen_revision(posted),
            now=call.now,
        )
    except InvalidClaimError as error:
        return await review_page(call, typed=posted, faults=error.faults, status=_UNPROCESSABLE)
    except DomainError as error:
        problem = problem_of(error, correlation_id=call.correlation_id)
        if problem.kind.status not in _TOLD_ON_THE_PAGE:
            raise
        faults = [Fault(pointer="", code=error.code, message=error.saying)]
        if error.code in _WHAT_TO_DO:
            pointer, advice = _WHAT_TO_DO[error.code]
            faults.append(Fault(pointer=pointer, code=error.code, message=advice))
        return await review_page(call, typed=posted, faults=faults, status=problem.status, problem=problem)
    return see_other(f"/review/{call.claim_id}?decided=1")


async def _preview(call: Call, posted: Posted, decision: Decision) -> func.HttpResponse:
    language = language_of_page(call.request)
    words = texts(language)
    seen = await previewing.preview_decision(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        decision=decision,
        if_match=seen_revision(posted),
        now=call.now,
    )
    return page(
        call,
        "review-decision.html",
        module=SCRIPT,
        decision=words.gettext(_DECISIONS[decision.decision]),
        to_reviewers=decision.decision == "noticeIncumbent",
        comment=decision.comment or "",
        titles=titles_of(decision.reason_codes, language=language),
        refused={
            item.item_id: titles_of(item.reason_codes, language=language)
            for item in decision.items
            if item.decision == "refuse"
        },
        superseding={item.item_id for item in decision.items if item.supersede and item.decision == "accept"},
        mails=seen.mails,
        carried=[(name, value) for name, all_ in posted.values.items() if name not in _NOT_CARRIED for value in all_],
        **claim_view(seen.claim, caller=call.caller, language=language, now=call.now),
    )
