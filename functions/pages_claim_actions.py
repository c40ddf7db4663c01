"""What is done to a claim from its page: each form posts here, and is sent back to the page."""

from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from functions.page_forms import Posted, named, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import see_other
from functions.pages_claims import claim_page
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.door import REQUIRED
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.action_forms import CommentForm, OptionalCommentForm
from shared.forms.form import parse
from shared.usecases import comment_on_claim as commenting
from shared.usecases import proof_files, reading
from shared.usecases import resubmit_claim as resubmitting
from shared.usecases.callers import PARTNERS, Role

blueprint = new_blueprint()
_ADMIN = frozenset({Role.PARTNER_ADMIN})
_CLAIM = "claims/{claimId:minlength(4)}"
Action = Callable[[Posted], Awaitable[object]]


async def _act(call: Call, action: Action, *, moved: Mapping[str, str] | None = None) -> func.HttpResponse:
    """The action with what the form says, then the claim's page; the page with the faults where there are any.

    `moved` is where the form shows what the contract names otherwise, by JSON Pointer.
    """
    posted = await posted_form(call)
    try:
        await action(posted)
    except InvalidClaimError as error:
        claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
        return await claim_page(call, claim, posted=posted, faults=error.faults, moved=moved)
    return see_other(f"/claims/{call.claim_id}")


@route(blueprint, _CLAIM + "/resubmit", methods=("POST",), roles=_ADMIN, on_problem=problem_page)
async def resubmit_claim_page(call: Call) -> func.HttpResponse:
    """The claim is submitted again."""

    async def resubmit(posted: Posted) -> None:
        form = parse(OptionalCommentForm, {"comment": posted.one("answer")})
        await resubmitting.resubmit_claim(
            call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
        )

    return await _act(call, resubmit, moved={"/comment": "/answer"})


@route(blueprint, _CLAIM + "/comments", methods=("POST",), roles=EVERY_ROLE, on_problem=problem_page)
async def comment_on_claim_page(call: Call) -> func.HttpResponse:
    """A partner or a reviewer says something."""

    async def comment(posted: Posted) -> None:
        form = parse(CommentForm, {"comment": posted.one("comment"), "internal": bool(posted.one("internal"))})
        await commenting.comment_on_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            text=form.comment,
            internal=form.internal,
            now=call.now,
        )

    return await _act(call, comment)


@route(blueprint, _CLAIM + "/proofs", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def add_proofs_page(call: Call) -> func.HttpResponse:
    """More proofs, one after the other; those that are welcome are kept even where another one is not."""

    async def add(posted: Posted) -> None:
        faults = list(_nothing_chosen(posted))
        for upload in posted.uploads:
            try:
                await proof_files.add_proof(
                    call.services, caller=call.caller, claim_id=call.claim_id, upload=upload, now=call.now
                )
            except InvalidClaimError as error:
                faults += [named(fault, upload.file_name, pointer="/proofs") for fault in error.faults]
        if faults:
            raise InvalidClaimError(tuple(faults))

    return await _act(call, add)


def _nothing_chosen(posted: Posted) -> tuple[Fault, ...]:
    if posted.uploads:
        return ()
    return (Fault(pointer="/proofs", code=REQUIRED, message=N_("Choose a file first.")),)


@route(blueprint, _CLAIM + "/proofs/{proofId}/remove", methods=("POST",), roles=PARTNERS, on_problem=problem_page)
async def remove_proof_page(call: Call) -> func.HttpResponse:
    """The proof does not count any more."""

    async def remove(_posted: Posted) -> None:
        await proof_files.remove_proof(
            call.services, caller=call.caller, claim_id=call.claim_id, proof_id=call.segment("proofId"), now=call.now
        )

    return await _act(call, remove)
