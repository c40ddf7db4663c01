"""What operators ask and start (API.md, Reviewers and program admins)."""

from datetime import datetime

import azure.functions as func

from functions.answers import ACCEPTED, json_answer, language_of
from functions.bodies import form_of
from functions.continuations import continuation, place_of
from functions.metrics_json import metrics_json
from functions.operations_json import (
    foreseen_json,
    letter_json,
    place_named,
    verdict_json,
    work_json,
)
from functions.presenters import instant
from functions.routing import Call, new_blueprint, route
from shared.forms.action_forms import ErasePersonForm
from shared.forms.operation_forms import DeadLettersForm, FinalizationForm, finalization_of, parameters
from shared.usecases import erase_person as erasing
from shared.usecases import foresee_finalization as foreseeing
from shared.usecases import list_dead_letters as listing
from shared.usecases import read_metrics as reading
from shared.usecases import replay_dead_letter as replaying
from shared.usecases import start_finalization as starting
from shared.usecases import verify_history as verifying
from shared.usecases.callers import PROGRAMME, Role
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.records import DeadlineRow

blueprint = new_blueprint()
ADMINS = frozenset({Role.PROGRAM_ADMIN})
_LETTERS, _DUE = "dead-letters", "due"


@route(blueprint, "api/review/metrics", methods=("GET",), roles=PROGRAMME)
async def read_metrics(call: Call) -> func.HttpResponse:
    """The programme's figures as they were taken last."""
    return json_answer(metrics_json(await reading.read_metrics(call.services, caller=call.caller, now=call.now)))


@route(blueprint, "api/review/dead-letters", methods=("GET",), roles=ADMINS)
async def list_dead_letters(call: Call) -> func.HttpResponse:
    """What failed for good and waits for somebody (or all of it), oldest day first."""
    form = parameters(DeadLettersForm, call.request.params)
    place = place_of(call.settings.form_secret, _LETTERS, form.continuation)
    page = await listing.list_dead_letters(
        call.services,
        caller=call.caller,
        since=form.first_day,
        open_only=form.state == "open",
        top=form.rows,
        behind=DeadLetterPlace(day=place[0], letter_id=place[1]) if place else None,
        now=call.now,
    )
    behind = (page.behind.day, page.behind.letter_id) if page.behind else None
    shown = [letter_json(letter, language=language_of(call)) for letter in page.items]
    return json_answer({"items": shown, "continuation": continuation(call.settings.form_secret, _LETTERS, behind)})


@route(blueprint, "api/review/dead-letters/{letterId}/replay", methods=("POST",), roles=ADMINS)
async def replay_dead_letter(call: Call) -> func.HttpResponse:
    """Put the message back on its queue."""
    letter = await replaying.replay_dead_letter(
        call.services,
        caller=call.caller,
        place=place_named(call.segment("letterId")),
        is_readable=lambda kept: work_json(kept) is not None,
        now=call.now,
    )
    return json_answer(letter_json(letter, language=language_of(call)))


@route(blueprint, "api/review/finalization", methods=("POST",), roles=ADMINS)
async def finalize(call: Call) -> func.HttpResponse:
    """Hand out what is due now; with `dryRun=true` only tell what a run at `asOf` would do, and why."""
    form = finalization_of(call.request.params)
    if form.is_dry:
        return await _foresee(call, form)
    started = await starting.start_finalization(call.services, caller=call.caller, now=call.now)
    answer = {"dryRun": False, "asOf": instant(call.now), "handedOut": started.handed_out, "more": started.more}
    return json_answer(answer, status=ACCEPTED)


async def _foresee(call: Call, form: FinalizationForm) -> func.HttpResponse:
    place = place_of(call.settings.form_secret, _DUE, form.continuation)
    as_of = form.instant(call.now)
    foreseen = await foreseeing.foresee_finalization(
        call.services,
        caller=call.caller,
        as_of=as_of,
        top=form.rows,
        behind=_row(place) if place else None,
    )
    row = foreseen.behind
    behind = (row.kind, row.claim_id, row.due_at.isoformat()) if row else None
    return json_answer(
        {
            "dryRun": True,
            "asOf": instant(as_of),
            "items": [foreseen_json(one, language=language_of(call)) for one in foreseen.rows],
            "continuation": continuation(call.settings.form_secret, _DUE, behind),
        }
    )


def _row(place: tuple[str, ...]) -> DeadlineRow:
    kind, claim_id, due_at = place
    return DeadlineRow(kind=kind, claim_id=claim_id, due_at=datetime.fromisoformat(due_at))


@route(blueprint, "api/review/claims/{claimId}/erase-person", methods=("POST",), roles=ADMINS)
async def erase_person(call: Call) -> func.HttpResponse:
    """Blank a person's name and address on a claim that is over."""
    form = form_of(call.request, ErasePersonForm)
    erasure = await erasing.erase_person(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        email=form.email,
        comments=form.comments,
        now=call.now,
    )
    return json_answer({"claimId": erasure.claim.claim_id, "erased": list(erasure.places)})


@route(blueprint, "api/review/claims/{claimId}/verify-history", methods=("GET",), roles=PROGRAMME)
async def verify_history(call: Call) -> func.HttpResponse:
    """Recompute the claim's hash chain and say where it is not as it was written."""
    verdict = await verifying.verify_history(call.services, caller=call.caller, claim_id=call.claim_id)
    return json_answer(verdict_json(verdict))
