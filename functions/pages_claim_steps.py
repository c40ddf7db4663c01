"""What a partner decides about a claim, each step on a page of its own that asks once (PAGES.md, Patterns).

A page is shown only while the step is open; whoever comes too late is told so by the same refusal as the API's.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from functions.page_forms import Faults, Posted, field_faults, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view
from functions.routing import Call, new_blueprint, route
from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded, permits
from shared.domain.door import REQUIRED
from shared.domain.errors import Fault, ForbiddenTransitionError, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.domain.reasons import DISASSOCIATION_REASONS, reason
from shared.domain.registry import PartnerLocation
from shared.domain.sayings import say
from shared.forms.action_forms import CorrectMpnForm, DisassociateForm, DisputeForm, OptionalCommentForm
from shared.forms.form import parse
from shared.texts import texts
from shared.usecases import correct_mpn as correcting
from shared.usecases import disassociate_claim as disassociating
from shared.usecases import dispute_claim as disputing
from shared.usecases import reading
from shared.usecases import withdraw_claim as withdrawing
from shared.usecases.callers import Role, check_own
from shared.usecases.own_locations import own_locations

blueprint = new_blueprint()
_ADMIN = frozenset({Role.PARTNER_ADMIN})
_CLAIM = "claims/{claimId:minlength(4)}"
_UNPROCESSABLE = 422
_COMMENT = {"comment": "f-comment"}
_GIVEN_UP = {"reason": "f-reason", "items": "f-items", "scope": "f-scope"}
_LOCATION = {"mpnId": "f-mpnId"}
_CHOOSE_SCOPE = N_("Say whether you give up all products or only some.")
_CHOOSE_PRODUCT = N_("Choose at least one product.")
_CHOOSE_REASON = N_("Choose a reason.")
_CHOOSE_LOCATION = N_("Choose a location.")
_ALL, _SOME = "all", "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A page that asks: the event it is about, its template, and the IDs of its form's elements by field."""

    kind: EventKind
    template: str
    known: Mapping[str, str]
    more: Callable[[Call, Claim], Awaitable[Mapping[str, Any]]] | None = None


async def _ask(
    call: Call, asked: _Asked, *, posted: Posted | None = None, faults: Sequence[Fault] = ()
) -> func.HttpResponse:
    """The page, with what was typed. ForbiddenTransitionError where the step is not open."""
    claim = check_own(await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id), call.caller)
    if asked.kind is EventKind.DISPUTED:
        guarded(claim, Event(kind=asked.kind, actor=call.caller.actor), now=call.now)
    if not permits(claim, asked.kind):
        raise ForbiddenTransitionError(status=claim.status.value, event=asked.kind.value)
    return page(
        call,
        asked.template,
        status=_UNPROCESSABLE if faults else 200,
        typed=posted or Posted(values={}),
        faults=Faults(field_faults(faults, known=asked.known)),
        **(await asked.more(call, claim) if asked.more else {}),
        **claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now),
    )


async def _act(call: Call, asked: _Asked, action: Callable[[Posted], Awaitable[object]]) -> func.HttpResponse:
    """The step is taken, and its claim shown; the page that asked again where the form has faults."""
    posted = await posted_form(call)
    try:
        await action(posted)
    except InvalidClaimError as error:
        return await _ask(call, asked, posted=posted, faults=error.faults)
    return see_other(f"/claims/{call.claim_id}")


_WITHDRAW = _Asked(kind=EventKind.WITHDRAWN, template="withdraw.html", known=_COMMENT)


@route(blueprint, _CLAIM + "/withdraw", methods=("GET",), roles=_ADMIN, on_problem=problem_page)
async def confirm_withdrawal_page(call: Call) -> func.HttpResponse:
    """Asks once, and says what follows."""
    return await _ask(call, _WITHDRAW)


@route(blueprint, _CLAIM + "/withdraw", methods=("POST",), roles=_ADMIN, on_problem=problem_page)
async def withdraw_claim_page(call: Call) -> func.HttpResponse:
    """The claim is taken back."""

    async def withdraw(posted: Posted) -> None:
        form = parse(OptionalCommentForm, {"comment": posted.one("comment")})
        await withdrawing.withdraw_claim(
            call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
        )

    return await _act(call, _WITHDRAW, withdraw)


_DISPUTE = _Asked(kind=EventKind.DISPUTED, template="claim-dispute.html", known=_COMMENT)


@route(blueprint, _CLAIM + "/dispute", methods=("GET",), roles=_ADMIN, on_problem=problem_page)
async def dispute_form_page(call: Call) -> func.HttpResponse:
    """The rejection's reasons, and room to say what is wrong about them."""
    return await _ask(call, _DISPUTE)


@route(blueprint, _CLAIM + "/dispute", methods=("POST",), roles=_ADMIN, on_problem=problem_page)
async def dispute_claim_page(call: Call) -> func.HttpResponse:
    """The rejection is disputed: a reviewer looks at the claim again."""

    async def dispute(posted: Posted) -> None:
        form = parse(DisputeForm, {"comment": posted.one("comment")})
        await disputing.dispute_claim(
            call.services, caller=call.caller, claim_id=call.claim_id, comment=form.comment, now=call.now
        )

    return await _act(call, _DISPUTE, dispute)


async def _reasons_to_end(call: Call, claim: Claim) -> Mapping[str, Any]:
    words = texts(language_of_page(call.request))
    return {
        "reason_options": [(code.value, words.gettext(reason(code).title)) for code in DISASSOCIATION_REASONS],
        "live": [item.item_id for item in claim.live_items],
    }


_DISASSOCIATE = _Asked(
    kind=EventKind.DISASSOCIATED,
    template="claim-disassociate.html",
    known=_GIVEN_UP,
    more=_reasons_to_end,
)


@route(blueprint, _CLAIM + "/disassociate", methods=("GET",), roles=_ADMIN, on_problem=problem_page)
async def disassociate_form_page(call: Call) -> func.HttpResponse:
    """What is given up, why, and what follows from it."""
    return await _ask(call, _DISASSOCIATE)


@route(blueprint, _CLAIM + "/disassociate", methods=("POST",), roles=_ADMIN, on_problem=problem_page)
async def disassociate_claim_page(call: Call) -> func.HttpResponse:
    """The association is given up, for the products chosen or for all."""

    async def disassociate(posted: Posted) -> None:
        form = _given_up(posted)
        await disassociating.disassociate_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            reason=form.reason,
            item_ids=form.items,
            now=call.now,
        )

    return await _act(call, _DISASSOCIATE, disassociate)


def _given_up(posted: Posted) -> DisassociateForm:
    """What the form says; "only these" without any product, or nothing at all, is never taken for all."""
    items = posted.many("items")
    scope = posted.one("scope") or (_SOME if items else "")
    faults: list[Fault] = []
    if scope not in {_ALL, _SOME}:
        faults.append(Fault(pointer="/scope", code=REQUIRED, message=say(_CHOOSE_SCOPE)))
    elif scope == _SOME and not items:
        faults.append(Fault(pointer="/items", code=REQUIRED, message=say(_CHOOSE_PRODUCT)))
    if not posted.one("reason"):
        faults.append(Fault(pointer="/reason", code=REQUIRED, message=say(_CHOOSE_REASON)))
    if faults:
        raise InvalidClaimError(tuple(faults))
    return parse(DisassociateForm, {"reason": posted.one("reason"), "items": items if scope == _SOME else []})


async def _other_locations(call: Call, claim: Claim) -> Mapping[str, Any]:
    """Those that may be chosen, and those that may not, for they are not enrolled."""
    programmes = {item.programme for item in claim.live_items}
    others = [one for one in await own_locations(call.services, caller=call.caller) if one.mpn_id != claim.mpn_id]
    return {
        "locations": [_named(one) for one in others if programmes <= one.programmes],
        "not_enrolled": [_named(one)[1] for one in others if not programmes <= one.programmes],
    }


def _named(location: PartnerLocation) -> tuple[str, str]:
    return location.mpn_id, f"{location.mpn_id}, {location.name}"


_CORRECT = _Asked(
    kind=EventKind.MPN_CORRECTED,
    template="claim-location.html",
    known=_LOCATION,
    more=_other_locations,
)


@route(blueprint, _CLAIM + "/correct-mpn", methods=("GET",), roles=_ADMIN, on_problem=problem_page)
async def correct_location_form_page(call: Call) -> func.HttpResponse:
    """The organisation's other locations that the claim could have been filed for."""
    return await _ask(call, _CORRECT)


@route(blueprint, _CLAIM + "/correct-mpn", methods=("POST",), roles=_ADMIN, on_problem=problem_page)
async def correct_location_page(call: Call) -> func.HttpResponse:
    """The claim belongs to the other location from now on."""

    async def correct(posted: Posted) -> None:
        if not posted.one("mpnId"):
            raise InvalidClaimError((Fault(pointer="/mpnId", code=REQUIRED, message=say(_CHOOSE_LOCATION)),))
        form = parse(CorrectMpnForm, {"mpnId": posted.one("mpnId")})
        await correcting.correct_mpn(
            call.services, caller=call.caller, claim_id=call.claim_id, mpn_id=form.mpn_id, now=call.now
        )

    return await _act(call, _CORRECT, correct)
