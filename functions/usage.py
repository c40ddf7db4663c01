"""What is official, and what its customers use (API.md, Partner and Reviewers)."""

from typing import Any

import azure.functions as func

from functions.answers import json_answer
from functions.bodies import csv_of
from functions.exports import ExportPage, Place, export_answer
from functions.import_answers import import_answer, is_dry_run
from functions.presenters import instant
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.claim import Claim, Outcome
from shared.domain.usage import MarkedUsage
from shared.forms.form import parse
from shared.forms.list_form import USUAL_ROWS
from shared.forms.usage_file import USAGE_COLUMNS, usage_cells, usage_rows
from shared.forms.usage_form import AssociationsForm, UsageForm
from shared.usecases import export_usage as exporting
from shared.usecases import import_usage as importing
from shared.usecases import read_associations as reading_associations
from shared.usecases import read_usage as reading_usage
from shared.usecases.callers import PARTNERS, Role

blueprint = new_blueprint()
_ADMIN = frozenset({Role.PROGRAM_ADMIN})
_USAGE = "api/review/registry/usage"


@route(blueprint, "api/associations", methods=("GET",), roles=PARTNERS)
async def list_associations(call: Call) -> func.HttpResponse:
    """One page of what is official for the organisation, newest first."""
    form = parse(AssociationsForm, dict(call.request.params))
    claims, continuation = await reading_associations.read_associations(
        call.services,
        caller=call.caller,
        top=int(form.top) if form.top else USUAL_ROWS,
        continuation=form.continuation,
    )
    return json_answer({"items": [association_json(claim) for claim in claims], "continuation": continuation})


@route(blueprint, "api/associations/{claimId}/usage", methods=("GET",), roles=EVERY_ROLE)
async def read_usage(call: Call) -> func.HttpResponse:
    """The customer's usage of what is official, month by month."""
    form = parse(UsageForm, dict(call.request.params))
    months = await reading_usage.read_usage(
        call.services,
        caller=call.caller,
        claim_id=call.claim_id,
        product_id=form.product_id,
        first=form.first,
        last=form.last,
    )
    shown = {"claimId": call.claim_id, "productId": form.product_id, "items": [_month(one) for one in months]}
    return json_answer(shown)


@route(blueprint, _USAGE, methods=("POST",), roles=_ADMIN)
async def import_usage(call: Call) -> func.HttpResponse:
    """The customers' usage, in."""
    dry_run, content = is_dry_run(call), csv_of(call.request)
    results = importing.import_usage(
        call.services, caller=call.caller, rows=usage_rows(content), dry_run=dry_run, now=call.now
    )
    return await import_answer(call, results, dry_run=dry_run)


@route(blueprint, _USAGE, methods=("GET",), roles=_ADMIN)
async def export_usage(call: Call) -> func.HttpResponse:
    """The customers' usage, out."""

    async def read(behind: Place | None, top: int) -> ExportPage:
        place = (behind[0], behind[1]) if behind else None
        page = await exporting.export_usage(call.services, caller=call.caller, behind=place, top=top)
        return ExportPage(rows=[usage_cells(one) for one in page.items], behind=page.behind)

    return await export_answer(call, read, path=_USAGE, columns=USAGE_COLUMNS)


def association_json(claim: Claim) -> dict[str, Any]:
    """An official claim: for whom, for what, since when, until when."""
    return {
        "claimId": claim.claim_id,
        "number": claim.number,
        "mpnId": claim.mpn_id,
        "customer": {
            "tenantId": claim.customer.tenant_id,
            "domain": claim.customer.domain,
            "name": claim.customer.name,
        },
        "claimName": claim.claim_name,
        "origin": claim.origin,
        "items": [
            {
                "itemId": item.item_id,
                "productId": item.product_id,
                "subscriptionId": item.subscription_id,
                "activity": item.activity,
                "programme": item.programme,
                "since": instant(item.settled_at),
            }
            for item in claim.items
            if item.outcome is Outcome.ASSOCIATED
        ],
        "approvedAt": instant(claim.approved_at),
        "validUntil": instant(claim.valid_until),
    }


def _month(one: MarkedUsage) -> dict[str, Any]:
    return {
        "productId": one.usage.product_id,
        "subscriptionId": one.usage.subscription_id,
        "month": one.usage.month,
        "monthlyActiveUsers": one.usage.monthly_active_users,
        "paidUnits": one.usage.paid_units,
        "highWaterMark": one.high_water_mark,
    }
