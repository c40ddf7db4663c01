"""A step of the wizard as a page: its form with what is known or was typed, and the list of steps beside it."""

from collections.abc import Sequence
from typing import Any

import azure.functions as func

from functions.claim_fields_form import anchor_of, label_of, step_faults, typed_from
from functions.page_forms import Faults, Posted, field_name
from functions.page_rendering import language_of_page, page
from functions.page_views import claim_view, reason_words
from functions.routing import Call
from functions.wizard_products import Looked, Row, look, posted_rows, stored_rows, takes_subscriptions
from functions.wizard_steps import STEPS, Step, kinds_of, missing_of, path_of, seen_of, step_of, step_states
from shared.domain.claim import Claim
from shared.domain.claim_fields import fields_of
from shared.domain.errors import Fault
from shared.domain.reasons import ReasonCode
from shared.forms.claim_form import request_json
from shared.texts import texts
from shared.usecases import look_at_proofs as looking
from shared.usecases import pre_check as checking
from shared.usecases.own_locations import own_locations
from shared.usecases.rate_limits import TooManyRequestsError
from shared.usecases.records import ServiceUnavailableError

UNPROCESSABLE, CHANGED = 422, 412
KEY, NEXT, SEEN = "idempotencyKey", "next", "seen"
_BROKEN = frozenset({ReasonCode.POE_MISSING.value, ReasonCode.POE_UNREADABLE.value, ReasonCode.POE_INFECTED.value})


async def step_page(
    call: Call,
    claim: Claim | None,
    step: Step,
    *,
    typed: Posted | None = None,
    faults: Sequence[Fault] = (),
    rows: Sequence[Row] | None = None,
    changed: bool = False,
    status: int = 200,
) -> func.HttpResponse:
    """The step's page. `changed` says that the draft's answers of this step are not those the form was made from.

    `typed` is the form as it was sent, null for what the draft says; `rows` the lines for products where they differ
    from what was sent; `claim` is null before there is a draft.
    """
    shown = typed or typed_from(request_json(fields_of(claim)) if claim else {})
    context: dict[str, Any] = {
        **frame(call, claim, step),
        "typed": shown,
        "faults": step_faults(faults, shown, step) if faults else Faults(),
        "changed": changed,
        "seen": seen_of(claim, step) if claim else "",
        "back_to_check": (typed.one(NEXT) if typed else call.request.params.get(NEXT, "")) == Step.CHECK,
    }
    if claim is not None:
        context |= claim_view(claim, caller=call.caller, language=language_of_page(call.request), now=call.now)
    if step is Step.CUSTOMER:
        locations = await own_locations(call.services, caller=call.caller)
        context["locations"] = [(one.mpn_id, f"{one.mpn_id}, {one.name}") for one in locations]
    elif claim is not None:
        context |= await _more(call, claim, step, typed=typed, rows=rows)
    return page(
        call,
        f"wizard/{step}.html",
        status=status,
        module="upload.js" if step is Step.PROOFS else "",
        **context,
    )


def frame(call: Call, claim: Claim | None, step: Step | None) -> dict[str, Any]:
    """What every page of the wizard shows around its form."""
    said = texts(language_of_page(call.request)).gettext
    number = STEPS.index(step) + 1 if step else 0
    back = (path_of(claim, STEPS[number - 2]) if number > 1 else path_of(claim)) if claim else "/claims"
    return {
        "path": path_of(claim) if claim else "",
        "action": path_of(claim, step) if claim else "/claims/new",
        "back": back,
        "number": number,
        "total": len(STEPS),
        "steps_names": [one.value for one in STEPS],
        "steps": [
            {"words": said(one.words), "state": one.state, "path": one.path, "hint": said(one.hint) if one.hint else ""}
            for one in step_states(claim, step, catalogue=call.services.catalogue)
        ],
    }


async def _more(
    call: Call, claim: Claim, step: Step, *, typed: Posted | None, rows: Sequence[Row] | None
) -> dict[str, Any]:
    """What single steps need besides."""
    if step is Step.PRODUCTS:
        return await _products(call, claim, rows if rows is not None else _rows(call, claim, typed))
    if step is Step.CONTACTS:
        kinds = kinds_of(claim.solution_area, claim.activities, call.services.catalogue)
        return {
            "asks_technical": any(kind.technical_contact for kind in kinds),
            "asks_revenue": any(kind.revenue_fields for kind in kinds),
        }
    if step is Step.PROOFS:
        return await _proofs(call, claim)
    if step is Step.CHECK:
        return await _answers(call, claim)
    return {}


def _rows(call: Call, claim: Claim, typed: Posted | None) -> Sequence[Row]:
    return posted_rows(typed) if typed is not None else stored_rows(claim, call.services.catalogue)


async def _products(call: Call, claim: Claim, rows: Sequence[Row]) -> dict[str, Any]:
    looked: Looked = await look(call, claim, rows)
    by_subscription = takes_subscriptions(claim, call.services.catalogue)
    several = [row.product_id for row in rows]
    asks = [
        by_subscription
        and (
            bool(row.subscription_id)
            or several.count(row.product_id) > 1
            or not looked.told
            or looked.asks_subscription(index)
        )
        for index, row in enumerate(rows)
    ]
    kinds = kinds_of(claim.solution_area, claim.activities, call.services.catalogue)
    optional = bool(kinds) and all(kind.revenue_fields for kind in kinds)
    return {"rows": rows, "looked": looked, "asks": asks, "by_subscription": by_subscription, "optional": optional}


async def _proofs(call: Call, claim: Claim) -> dict[str, Any]:
    """Every file with what the checks would say of it, null where they could not be asked."""
    policy = call.services.policy
    try:
        found = await looking.look_at_proofs(call.services, caller=call.caller, claim=claim, now=call.now)
        findings: dict[str, Any] | None = {one.proof_id: one for one in found}
    except ServiceUnavailableError:
        findings, found = None, ()
    codes = [code for one in found for code in one.codes]
    return {
        "findings": findings,
        "finding_words": reason_words(codes, language=language_of_page(call.request)),
        "broken": _BROKEN,
        "most_files": policy.proof_max_count,
        "most_bytes": policy.proof_max_bytes,
    }


async def _answers(call: Call, claim: Claim) -> dict[str, Any]:
    """What the draft lacks, and what the checks would say of it, null where they could not be asked."""
    services = call.services
    missing = missing_of(claim, catalogue=services.catalogue)
    found: checking.PreCheck | None = None
    if claim.solution_area and claim.activities:
        try:
            found = await checking.pre_check(
                services,
                caller=call.caller,
                fields=fields_of(claim),
                mpn_id=claim.mpn_id,
                faults=(),
                missing=(),
                now=call.now,
            )
        except (TooManyRequestsError, ServiceUnavailableError):
            found = None
    return {
        "missing": [(fault, _where(claim, fault)) for fault in missing],
        "asked": found is not None,
        "errors": [(fault, _where(claim, fault)) for fault in found.errors] if found else [],
        "warnings": [(fault, _where(claim, fault)) for fault in found.warnings] if found else [],
        "address": f"{call.settings.public_url.rstrip('/')}{path_of(claim, Step.CHECK)}",
    }


def _where(claim: Claim, fault: Fault) -> tuple[str, str]:
    """The address where a fault can be mended, "" where there is none, and its field's words (a message ID)."""
    step = step_of(fault.pointer)
    if step is None or step is Step.CHECK:
        return "", ""
    name = field_name(fault.pointer)
    anchor = (
        "f-items-0-productId" if step is Step.PRODUCTS else anchor_of("activities" if "activities" in name else name)
    )
    return f"{path_of(claim, step)}?{NEXT}={Step.CHECK}#{anchor}", label_of(name)
