"""What a partner does with a claim once it is there (API.md, Partner)."""

import azure.functions as func

from functions.answers import ACCEPTED, CREATED, claim_answer
from functions.bodies import form_of
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.forms.action_forms import (
    CommentForm,
    CorrectMpnForm,
    DisassociateForm,
    DisputeForm,
    EmptyForm,
    OptionalCommentForm,
)
from shared.usecases import comment_on_claim as commenting
from shared.usecases import correct_mpn as correcting
from shared.usecases import disassociate_claim as disassociating
from shared.usecases import dispute_claim as disputing
from shared.usecases import resubmit_claim as resubmitting
from shared.usecases import submit_draft as submitting
from shared.usecases import withdraw_claim as withdrawing
from shared.usecases.callers import Role

blueprint = new_blueprint()
_PARTNER_ADMIN = frozenset({Role.PARTNER_ADMIN})


@route(blueprint, "api/claims/{claimId}/submit", methods=("POST",), roles=_PARTNER_ADMIN)
async def submit_draft(call: Call) -> func.HttpResponse:
    """The draft is submitted; its checks are about to run."""
    form_of(call.request, EmptyForm, optional=True)
    claim = await submitting.submit_draft(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    return claim_answer(call, claim, status=ACCEPTED)


@route(blueprint, "api/claims/{claimId}/resubmit", methods=("POST",), roles=_PARTNER_ADMIN)
async def resubmit_claim(call: Call) -> func.HttpResponse:
    """The claim is submitted again, after what was asked for has been done."""
    form = form_of(call.request, OptionalCommentForm, optional=True)
    claim = await resubmitting.resubmit_claim(
        call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
    )
    return claim_answer(call, claim, status=ACCEPTED)


@route(blueprint, "api/claims/{claimId}/withdraw", methods=("POST",), roles=_PARTNER_ADMIN)
async def withdraw_claim(call: Call) -> func.HttpResponse:
    """The partner takes the claim back, for good."""
    form = form_of(call.request, OptionalCommentForm, optional=True)
    claim = await withdrawing.withdraw_claim(
        call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
    )
    return claim_answer(call, claim)


@route(blueprint, "api/claims/{claimId}/comments", methods=("POST",), roles=EVERY_ROLE)
async def comment_on_claim(call: Call) -> func.HttpResponse:
    """A partner or a reviewer says something."""
    form = form_of(call.request, CommentForm)
    claim = await commenting.comment_on_claim(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        text=form.comment,
        internal=form.internal,
        now=call.now,
    )
    return claim_answer(call, claim, status=CREATED)


@route(blueprint, "api/claims/{claimId}/dispute", methods=("POST",), roles=_PARTNER_ADMIN)
async def dispute_claim(call: Call) -> func.HttpResponse:
    """The rejection is disputed: a reviewer looks at the claim again."""
    form = form_of(call.request, DisputeForm)
    claim = await disputing.dispute_claim(
        call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
    )
    return claim_answer(call, claim)


@route(blueprint, "api/claims/{claimId}/disassociate", methods=("POST",), roles=_PARTNER_ADMIN)
async def disassociate_claim(call: Call) -> func.HttpResponse:
    """The partner gives the association up, for the items named or for all."""
    form = form_of(call.request, DisassociateForm)
    claim = await disassociating.disassociate_claim(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        reason=form.reason,
        item_ids=form.items,
        now=call.now,
    )
    return claim_answer(call, claim)


@route(blueprint, "api/claims/{claimId}/correct-mpn", methods=("POST",), roles=_PARTNER_ADMIN)
async def correct_mpn(call: Call) -> func.HttpResponse:
    """The claim belongs to another location of the same organisation from now on."""
    form = form_of(call.request, CorrectMpnForm)
    claim = await correcting.correct_mpn(
        call.services, caller=call.caller, claim_id=call.claim_id, mpn_id=form.mpn_id, now=call.now
    )
    return claim_answer(call, claim)
