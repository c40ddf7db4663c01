"""The customer's page: who asks for what, and the answer (API.md, The customer's page).

Opening it shows nothing and decides nothing; the token comes by POST, and only an explicit choice acts.
"""

import secrets
from typing import Any
from urllib.parse import quote

import azure.functions as func

from functions.customer_presenter import open_choices, request_view_json, standing
from functions.page_forms import Faults, FieldFault, Posted, any_form
from functions.page_problems import customer_problem_page
from functions.page_rendering import language_of_page, page
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
    return page(call, "respond-start.html", nonce=nonce, private=True, path=_path(call), **_genuine(call))


@route(blueprint, "respond/{claimId}", methods=("POST",), roles=ANYONE, on_problem=customer_problem_page)
async def answer_on_response_page(call: Call) -> func.HttpResponse:
    """With the token alone the request as it stands; with a choice, that choice first.

    Revoking is asked once, on a page of its own: its form sends `ask` instead of `choice`.
    """
    posted = await any_form(call.request)
    token = _token(posted.one("token"))
    try:
        if posted.one("choice"):
            return await _answered(call, posted, token)
        if posted.one("ask") == Choice.REVOKE:
            return await _asked(call, posted, token)
        return _shown(call, await _view(call, token), token)
    except BadTokenError as error:
        return page(
            call,
            "respond-bad-link.html",
            status=_UNAUTHORIZED,
            private=True,
            path=_path(call),
            superseded=error.superseded,
            **_genuine(call),
        )


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
        return await _returned(call, posted, token, error)
    except TooLateError:
        return _shown(call, await _view(call, token), token, said="too-late", status=_CONFLICT)
    except AlreadyDecidedError:
        return _shown(call, await _view(call, token), token, said="refused", status=_CONFLICT)
    return _shown(call, view, token, said="recorded")


async def _asked(call: Call, posted: Posted, token: str) -> func.HttpResponse:
    """What would be revoked, and what follows; nothing has happened yet."""
    try:
        form = _form(posted, token)
    except InvalidClaimError as error:
        return await _returned(call, posted, token, error)
    view = await _view(call, token)
    if Choice.REVOKE not in open_choices(view):
        return _shown(call, view, token, said="refused", status=_CONFLICT)
    live = [item.item_id for item in view.claim.live_items]
    chosen = [one for one in live if one in form.items or not form.items]
    return page(
        call,
        "respond-revoke.html",
        private=True,
        chosen=chosen,
        whole=chosen == live,
        reason=form.reason or "",
        **_facts(call, view, token),
    )


async def _returned(call: Call, posted: Posted, token: str, error: InvalidClaimError) -> func.HttpResponse:
    """The page with what was wrong; what was typed is still there."""
    choice = posted.one("choice") or posted.one("ask")
    anchors = {"/items": f"{choice}-some", "/reason": f"{choice}-{posted.one('scope') or 'all'}-reason"}
    faults = Faults(
        [
            FieldFault(field=one.pointer, anchor=anchors.get(one.pointer, "answer"), message=one.message)
            for one in error.faults
        ]
    )
    view = await _view(call, token)
    return _shown(call, view, token, posted=posted, faults=faults, status=_UNPROCESSABLE)


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
    said: str = "",
    posted: Posted | None = None,
    faults: Faults | None = None,
) -> func.HttpResponse:
    """The request as it stands; `said` is what this very post did: "recorded", "too-late", "refused", or nothing."""
    return page(
        call,
        "respond-request.html",
        status=status,
        private=True,
        said_now=said,
        typed=posted or Posted(values={}),
        faults=faults or Faults(),
        **_facts(call, view, token),
    )


def _facts(call: Call, view: RequestView, token: str) -> dict[str, Any]:
    """What every page behind the link knows of the request."""
    language = language_of_page(call.request)
    call.claim = view.claim.claim_id
    return {
        "path": _path(call),
        "token": token,
        "request": request_view_json(view, catalogue=call.services.catalogue, language=language),
        "mpn": view.claim.mpn_id,
        "standing": standing(view),
        "superseded": view.superseded,
        "seen": seen_by_partner(texts(language), view.claim.activities),
        "outcome": texts(language).gettext(CHOICES[view.outcome]) if view.outcome else "",
        **_genuine(call),
    }


def _genuine(call: Call) -> dict[str, Any]:
    """By what a customer tells that this is real, and where to complain."""
    settings = call.settings
    host = settings.public_url.partition("://")[2]
    return {"host": host, "sender": settings.email_sender, "contact": settings.contact_address}


def _path(call: Call) -> str:
    return f"/respond/{quote(call.claim_id, safe='')}"
