"""The reviewers' pages: what waits, and one claim with everything that a decision needs (API.md, Pages)."""

from collections.abc import Sequence
from typing import Any

import azure.functions as func

from functions.contest_json import contest_json
from functions.decision_form import anchors_of, decided_rows
from functions.history_json import ACCESS
from functions.page_forms import Faults, Posted, field_faults, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page, see_other
from functions.page_views import claim_view, reason_words, whole_history_view
from functions.pages_claims import FILTERS, list_page
from functions.presenters import instant
from functions.problems import Problem
from functions.routing import Call, new_blueprint, route
from shared.domain.claim import Claim, Status
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.domain.reasons import REVIEWER_REASONS, reason
from shared.forms.action_forms import CommentForm
from shared.forms.form import parse
from shared.forms.list_form import review_query
from shared.texts import texts
from shared.usecases import comment_on_claim as commenting
from shared.usecases import reading
from shared.usecases import verify_history as verifying
from shared.usecases.callers import PROGRAMME, Role
from shared.usecases.claim_history import ClaimHistory, claim_history
from shared.usecases.count_queue import count_queue
from shared.usecases.read_contest import read_for_review
from shared.usecases.records import ListPage

blueprint = new_blueprint()
REVIEW = "review/{claimId:minlength(20)}"
SCRIPT = "review.js"
_WAITING = {"status": Status.UNDER_REVIEW.value}
_FILTERS = (*FILTERS, "overdue", "contested", "sort")
_TOP = "25"
_UNPROCESSABLE = 422
_LABELS = {"decision": N_("Your decision"), "remark": N_("Write a comment")}


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
        counts=await count_queue(call.services, caller=call.caller, now=call.now),
        is_admin=Role.PROGRAM_ADMIN in call.caller.roles,
        module=SCRIPT,
    )


@route(blueprint, REVIEW, methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_claim_review_page(call: Call) -> func.HttpResponse:
    """Everything about one claim, and the decision where one is open."""
    return await review_page(call)


@route(blueprint, REVIEW + "/comments", methods=("POST",), roles=PROGRAMME, on_problem=problem_page)
async def comment_on_review_page(call: Call) -> func.HttpResponse:
    """A reviewer says something, to the partner as well or among reviewers alone."""
    posted = await posted_form(call)
    said = {"comment": posted.one("remark"), "internal": bool(posted.one("internal"))}
    try:
        form = parse(CommentForm, said)
        await commenting.comment_on_claim(
            call.services,
            caller=call.caller,
            claim_id=call.claim_id,
            text=form.comment,
            internal=form.internal,
            now=call.now,
        )
    except InvalidClaimError as error:
        faults = tuple(Fault(pointer="/remark", code=one.code, message=one.message) for one in error.faults)
        return await review_page(call, typed=posted, faults=faults, status=_UNPROCESSABLE)
    return see_other(f"/review/{call.claim_id}#comments")


async def review_page(
    call: Call,
    *,
    typed: Posted | None = None,
    faults: Sequence[Fault] = (),
    status: int = 200,
    problem: Problem | None = None,
) -> func.HttpResponse:
    """The claim as it is now, with the decision as it was typed and what is against it.

    `problem` is why it was not carried out, where that is not a fault of the form.
    """
    language = language_of_page(call.request)
    typed = typed or Posted(values={})
    seen = await read_for_review(call.services, caller=call.caller, claim_id=call.claim_id, now=call.now)
    claim, contest = seen.claim, seen.contest
    verdict = await verifying.verify_history(call.services, caller=call.caller, claim_id=claim.claim_id)
    history = ClaimHistory(claim=claim, rows=(), mails=(), looks=())
    if verdict.rows is not None:
        history = await claim_history(call.services, caller=call.caller, claim_id=claim.claim_id)
    moved = {f"/items/{place}": f"/items/{index}" for place, index in enumerate(decided_rows(typed))}
    return page(
        call,
        "review-claim.html",
        status=status,
        module=SCRIPT,
        typed=typed,
        faults=Faults(field_faults(faults, known=anchors_of(len(claim.live_items)), moved=moved, labels=_LABELS)),
        problem=problem,
        partner_name=seen.partner_name,
        decided=bool(call.request.params.get("decided")),
        reason_options=reason_options(claim, language=language),
        live=[item.item_id for item in claim.live_items],
        contest=contest_json(contest) if contest else None,
        contested={one.item.item_id for one in contest.items} if contest else set(),
        late=instant(call.now),
        intact=verdict.intact,
        **claim_view(claim, caller=call.caller, language=language, now=call.now),
        **_history(history, language=language),
    )


def _history(history: ClaimHistory, *, language: str) -> dict[str, Any]:
    """What happened, and apart from it who looked at the proofs: reviewers do that often."""
    view = whole_history_view(history, for_programme=True, language=language)
    entries = view["events"]
    return {
        **view,
        "events": [one for one in entries if one["kind"] != ACCESS],
        "looks": [one for one in entries if one["kind"] == ACCESS],
    }


def reason_options(claim: Claim, *, language: str) -> list[tuple[str, str]]:
    """What a reviewer chooses from, in words, what the checks flagged first."""
    words = texts(language)
    flagged = {check.code for check in claim.checks if check.result.value != "pass"}
    ordered = sorted(REVIEWER_REASONS, key=lambda code: code.value not in flagged)
    return [(code.value, words.gettext(reason(code).title)) for code in ordered]


def titles_of(codes: Sequence[str], *, language: str) -> list[str]:
    """These reasons' titles; a code that is no reason stands for itself."""
    known: dict[str, Any] = reason_words(codes, language=language)
    return [known[code]["title"] if code in known else code for code in codes]
