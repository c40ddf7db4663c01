"""The customer's page: who asks for what, and the answer (API.md, The customer's page).

Opening it shows nothing and decides nothing; the token comes by POST, and only an explicit choice acts.
"""

import secrets
from urllib.parse import quote

import azure.functions as func

from functions.customer_presenter import request_view_json
from functions.page_forms import Faults, FieldFault, Posted, any_form
from functions.page_problems import customer_problem_page
from functions.page_rendering import language_of_page, page
from functions.page_views import status_sentence
from functions.page_words import CHOICES
from functions.routing import ANYONE, Call, new_blueprint, route
from shared.domain.door import REQUIRED
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.action_forms import RespondForm
from shared.forms.form import parse
from shared.texts import texts
from shared.texts.seen import seen_by_partner
from shared.usecases.customer_response import (
    AlreadyDecidedError,
    BadTokenError,
    Choice,
    RequestView,
    TooLateError,
    answer_request,
    view_request,
)

blueprint = new_blueprint()
_UNAUTHORIZED, _CONFLICT, _UNPROCESSABLE = 401, 409, 422
_NOTHING_CHOSEN = N_("Choose at least one product, or all of them.")


@route(blueprint, "respond/{claimId}", methods=("GET", "HEAD"), roles=ANYONE, on_problem=customer_problem_page)
async def show_response_page(call: Call) -> func.HttpResponse:
    """A shell without anything of the claim: the link's token never reached us, for it stands behind the #."""
    nonce = secrets.token_urlsafe(16)
    return page(call, "respond-start.html", nonce=nonce, private=True, path=_path(call))


@route(blueprint, "respond/{claimId}", methods=("POST",), roles=ANYONE, on_problem=customer_problem_page)
async def answer_on_response_page(call: Call) -> func.HttpResponse:
    """With the token alone the request as it stands; with a choice, that choice first."""
    posted = await any_form(call.request)
    token = _token(posted.one("token"))
    try:
        if not posted.one("choice"):
            return _shown(call, await _view(call, token), token)
        return await _answered(call, posted, token)
    except BadTokenError:
        return page(call, "respond-bad-link.html", status=_UNAUTHORIZED, private=True, path=_path(call))


async def _answered(call: Call, posted: Posted, token: str) -> func.HttpResponse:
    try:
        form = _form(posted, token)
        view = await answer_request(
            call.services,
            claim_id=call.claim_id,
            token=token,
            choice=Choice(str(form.choice)),
            item_ids=frozenset(form.items),
            reason=form.reason,
            now=call.now,
        )
    except InvalidClaimError as error:
        faults = Faults([FieldFault(field="", anchor="answer", message=fault.message) for fault in error.faults])
        return _shown(call, await _view(call, token), token, faults=faults, status=_UNPROCESSABLE)
    except TooLateError:
        return _shown(call, await _view(call, token), token, too_late=True, status=_CONFLICT)
    except AlreadyDecidedError:
        return _shown(call, await _view(call, token), token, refused=True, status=_CONFLICT)
    return _shown(call, view, token, just_now=True)


async def _view(call: Call, token: str) -> RequestView:
    return await view_request(call.services, claim_id=call.claim_id, token=token)


def _form(posted: Posted, token: str) -> RespondForm:
    """The answer; "only these" without any product is not taken for all of them. InvalidClaimError."""
    items = posted.many("items") if posted.one("scope") == "some" else []
    if posted.one("scope") == "some" and not items:
        raise InvalidClaimError((Fault(pointer="/items", code=REQUIRED, message=_NOTHING_CHOSEN),))
    data = {"token": token, "choice": posted.one("choice"), "items": items, "reason": posted.one("reason")}
    return parse(RespondForm, data)


def _token(pasted: str) -> str:
    """The token, also where the whole link was pasted."""
    return pasted.strip().rpartition("#")[2]


def _shown(
    call: Call,
    view: RequestView,
    token: str,
    *,
    status: int = 200,
    just_now: bool = False,
    too_late: bool = False,
    refused: bool = False,
    faults: Faults | None = None,
) -> func.HttpResponse:
    language = language_of_page(call.request)
    call.claim = view.claim.claim_id
    request = request_view_json(view, catalogue=call.services.catalogue, language=language)
    return page(
        call,
        "respond-request.html",
        status=status,
        private=True,
        path=_path(call),
        host=call.settings.public_url.partition("://")[2],
        request=request,
        seen=seen_by_partner(texts(language), view.claim.activities),
        sentence=status_sentence(view.claim, language=language),
        outcome=texts(language).gettext(CHOICES[view.outcome]) if view.outcome else None,
        token=token,
        just_now=just_now,
        too_late=too_late,
        refused=refused,
        faults=faults or Faults(),
    )


def _path(call: Call) -> str:
    return f"/respond/{quote(call.claim_id, safe='')}"
