"""A draft is submitted from a page, and the partner is told what happens next, and by when (PAGES.md, Patterns)."""

import azure.functions as func

from functions.page_forms import posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view
from functions.pages_filing import seen_revision
from functions.routing import Call, new_blueprint, route
from functions.wizard_pages import CHANGED, UNPROCESSABLE, step_page
from functions.wizard_steps import Step, path_of
from shared.domain.claim import Status
from shared.domain.errors import InvalidClaimError
from shared.forms.action_forms import OptionalCommentForm
from shared.forms.form import parse
from shared.usecases import reading
from shared.usecases import submit_draft as submitting
from shared.usecases.callers import PARTNERS, Role
from shared.usecases.transition import PreconditionFailedError

blueprint = new_blueprint()
_CLAIM = "claims/{claimId:minlength(4)}"


@route(blueprint, _CLAIM + "/submit", methods=("POST",), roles=frozenset({Role.PARTNER_ADMIN}), on_problem=problem_page)
async def submit_draft_page(call: Call) -> func.HttpResponse:
    """The draft is submitted as it was seen; its answers again with what is missing where it cannot be.

    A form without the draft's revision, that of the claim's own page, submits what is stored. A second click finds the
    claim submitted, and is shown that.
    """
    posted = await posted_form(call)
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    if claim.status is not Status.DRAFT and claim.submitted_at is not None:
        return see_other(f"/claims/{claim.claim_id}/filed")
    try:
        comment = parse(OptionalCommentForm, {"comment": posted.one("comment")}).comment
        await submitting.submit_draft(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            comment=comment,
            if_match=seen_revision(posted) if posted.one("ifMatch") else None,
            now=call.now,
        )
    except InvalidClaimError as error:
        return await step_page(call, claim, Step.CHECK, typed=posted, faults=error.faults, status=UNPROCESSABLE)
    except PreconditionFailedError:
        fresh = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
        return await step_page(call, fresh, Step.CHECK, typed=posted, changed=True, status=CHANGED)
    return see_other(f"/claims/{claim.claim_id}/filed")


@route(blueprint, _CLAIM + "/filed", methods=("GET",), roles=PARTNERS, on_problem=problem_page)
async def show_filed_page(call: Call) -> func.HttpResponse:
    """The number, what happens next, and by when."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    if claim.status is Status.DRAFT:
        return see_other(path_of(claim))
    view = claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now)
    policy = call.services.policy
    return page(
        call,
        "wizard/filed.html",
        review_days=policy.review_business_days,
        customer_days=policy.opt_out_business_days,
        **view,
    )
