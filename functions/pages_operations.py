"""What operators look at and start, as pages: the figures, what failed for good, what is due (API.md, Pages)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import azure.functions as func

from functions.continuations import continuation, place_of
from functions.operations import ADMINS
from functions.operations_json import foreseen_json, letter_json, place_named, work_json
from functions.page_forms import Faults, Posted, field_faults, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.presenters import instant
from functions.routing import Call, new_blueprint, route
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.operation_forms import DeadLettersForm, FinalizationForm, parameters
from shared.texts import texts
from shared.usecases import foresee_finalization as foreseeing
from shared.usecases import list_dead_letters as listing
from shared.usecases import replay_dead_letter as replaying
from shared.usecases import start_finalization as starting
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.records import DeadlineRow

blueprint = new_blueprint()
LETTERS, FINALIZATION = "review/dead-letters", "review/finalization"
_TOP = "50"
_UNPROCESSABLE = 422
_COUNT = re.compile(r"[0-9]{1,6}")
_OUTCOMES: Mapping[str, str] = {
    "approve-by-silence": N_("Becomes official, for nobody objected"),
    "reject-for-no-answer": N_("Is rejected, for the partner did not answer"),
    "expire-draft": N_("The draft is deleted"),
    "remind": N_("A reminder is sent"),
    "look-at-the-subscription": N_("The subscription is looked at"),
    "nothing": N_("Nothing"),
}


@route(blueprint, LETTERS, methods=("GET",), roles=ADMINS, on_problem=problem_page)
async def show_dead_letters_page(call: Call) -> func.HttpResponse:
    """What failed for good and waits for somebody, or all of it, oldest day first."""
    typed = _typed(call, state="open", since="")
    shown: dict[str, Any] = {"rows": [], "continuation": None, "faults": Faults()}
    try:
        shown |= await _letters(call, typed)
    except InvalidClaimError as error:
        shown["faults"] = _faults(error.faults, "state", "since")
    return _list(call, "review-dead-letters.html", typed, shown)


async def _letters(call: Call, typed: Mapping[str, str]) -> dict[str, Any]:
    form = parameters(DeadLettersForm, _said({"top": _TOP, **typed, **_started(call)}))
    place = place_of(call.settings.form_secret, LETTERS, form.continuation)
    found = await listing.list_dead_letters(
        call.services,
        caller=call.caller,
        since=form.first_day,
        open_only=form.state == "open",
        top=form.rows,
        behind=DeadLetterPlace(day=place[0], letter_id=place[1]) if place else None,
        now=call.now,
    )
    behind = (found.behind.day, found.behind.letter_id) if found.behind else None
    return {
        "rows": [letter_json(letter, language=language_of_page(call.request)) for letter in found.items],
        "continuation": continuation(call.settings.form_secret, LETTERS, behind),
    }


@route(blueprint, LETTERS + "/{letterId}/replay", methods=("POST",), roles=ADMINS, on_problem=problem_page)
async def replay_dead_letter_page(call: Call) -> func.HttpResponse:
    """Put the message back on its queue, and show what is left."""
    await posted_form(call)
    await replaying.replay_dead_letter(
        call.services,
        caller=call.caller,
        place=place_named(call.segment("letterId")),
        is_readable=lambda kept: work_json(kept) is not None,
        now=call.now,
    )
    return see_other(f"/{LETTERS}?replayed=1")


@route(blueprint, FINALIZATION, methods=("GET",), roles=ADMINS, on_problem=problem_page)
async def show_finalization_page(call: Call) -> func.HttpResponse:
    """What a run would do, now or at another instant, claim by claim, and why; nothing happens."""
    typed = _typed(call, asOf="")
    shown: dict[str, Any] = {"rows": [], "continuation": None, "faults": Faults(), "as_of": None}
    try:
        shown |= await _foreseen(call, typed)
    except InvalidClaimError as error:
        shown["faults"] = _faults(error.faults, "asOf")
    words = texts(language_of_page(call.request))
    told = call.request.params.get("handedOut", "")
    return _list(
        call,
        "review-finalization.html",
        typed,
        shown,
        plans={name: words.gettext(word) for name, word in _OUTCOMES.items()},
        handed_out=int(told) if _COUNT.fullmatch(told) else None,
    )


async def _foreseen(call: Call, typed: Mapping[str, str]) -> dict[str, Any]:
    form = parameters(FinalizationForm, _said({"dryRun": "true", "top": _TOP, **typed, **_started(call)}))
    place = place_of(call.settings.form_secret, FINALIZATION, form.continuation)
    as_of = form.instant(call.now)
    found = await foreseeing.foresee_finalization(
        call.services,
        caller=call.caller,
        as_of=as_of,
        top=form.rows,
        behind=DeadlineRow(kind=place[0], claim_id=place[1], due_at=datetime.fromisoformat(place[2]))
        if place
        else None,
    )
    row = found.behind
    behind = (row.kind, row.claim_id, row.due_at.isoformat()) if row else None
    return {
        "as_of": instant(as_of),
        "rows": [foreseen_json(one, language=language_of_page(call.request)) for one in found.rows],
        "continuation": continuation(call.settings.form_secret, FINALIZATION, behind),
    }


@route(blueprint, FINALIZATION, methods=("POST",), roles=ADMINS, on_problem=problem_page)
async def start_finalization_page(call: Call) -> func.HttpResponse:
    """Hand out what is due now, and show how much that was."""
    await posted_form(call)
    started = await starting.start_finalization(call.services, caller=call.caller, now=call.now)
    return see_other(f"/{FINALIZATION}?handedOut={started.handed_out}")


def _list(call: Call, template: str, typed: Mapping[str, str], shown: dict[str, Any], **more: Any) -> func.HttpResponse:
    return page(
        call,
        template,
        status=_UNPROCESSABLE if shown["faults"] else 200,
        typed=Posted(values={name: [value] for name, value in typed.items()}),
        filter_values=dict(typed),
        started=bool(_started(call)),
        replayed=bool(call.request.params.get("replayed")),
        is_admin=True,
        **shown,
        **more,
    )


def _typed(call: Call, **names: str) -> dict[str, str]:
    return {name: call.request.params.get(name, usual) for name, usual in names.items()}


def _started(call: Call) -> dict[str, str]:
    token = call.request.params.get("continuation", "")
    return {"continuation": token} if token else {}


def _said(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in values.items() if value.strip()}


def _faults(faults: tuple[Fault, ...], *names: str) -> Faults:
    return Faults(field_faults(faults, known={name: f"f-{name}" for name in names}))
