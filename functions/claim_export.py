"""The lists of claims as CSV (API.md, GET /api/claims.csv and GET /api/review/claims.csv)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import azure.functions as func

from functions.answers import language_of
from functions.exports import ROWS_AT_MOST, ExportPage, Place, export_answer
from functions.presenters import instant
from functions.routing import Call, new_blueprint, route
from functions.status_text import summary_text
from shared.forms.list_form import list_query, review_query
from shared.forms.registry_cells import LIST_SEPARATOR
from shared.usecases import reading
from shared.usecases.callers import PARTNERS, PROGRAMME
from shared.usecases.records import ClaimSummary, ListPage, ListQuery

blueprint = new_blueprint()
_CLAIMS, _REVIEW = "api/claims.csv", "api/review/claims.csv"
COLUMNS = (
    *("number", "claimId", "status", "statusText", "mpnId"),
    *("customerName", "customerDomain", "customerTenantId"),
    *("claimName", "solutionArea", "activities", "productIds"),
    *("nextActor", "nextDeadline", "submittedAt", "createdAt", "updatedAt"),
)
"""Others read these files by machine: columns are only ever added, at the end."""
REVIEW_COLUMNS = (*COLUMNS, "organisation", "contested")


@route(blueprint, _CLAIMS, methods=("GET",), roles=PARTNERS)
async def export_claims(call: Call) -> func.HttpResponse:
    """The organisation's claims, newest first, with the filters of its list; `top` is how many rows an answer holds."""
    query = list_query(_filters(call))

    async def page(wanted: ListQuery) -> ListPage:
        return await reading.list_claims(call.services, caller=call.caller, query=wanted)

    return await _exported(call, query, page, path=_CLAIMS, columns=COLUMNS)


@route(blueprint, _REVIEW, methods=("GET",), roles=PROGRAMME)
async def export_claims_for_review(call: Call) -> func.HttpResponse:
    """All claims in one status (UnderReview unless another is named), with the filters of the reviewers' list."""
    query = review_query(_filters(call), now=call.now)

    async def page(wanted: ListQuery) -> ListPage:
        return await reading.list_for_review(call.services, caller=call.caller, query=wanted)

    return await _exported(call, query, page, path=_REVIEW, columns=REVIEW_COLUMNS)


def _filters(call: Call) -> dict[str, str]:
    """The query without the place to go on from, which is the export's own."""
    return {name: value for name, value in call.request.params.items() if name != "continuation"}


async def _exported(
    call: Call,
    query: ListQuery,
    page: Callable[[ListQuery], Awaitable[ListPage]],
    *,
    path: str,
    columns: tuple[str, ...],
) -> func.HttpResponse:
    language = language_of(call)

    async def read(behind: Place | None, top: int) -> ExportPage:
        found = await page(replace(query, top=top, continuation=behind[0] if behind else None))
        return ExportPage(
            rows=[_cells(one, language=language)[: len(columns)] for one in found.items],
            behind=(found.continuation,) if found.continuation else None,
        )

    rows_at_most = query.top if "top" in call.request.params else ROWS_AT_MOST
    answer = await export_answer(call, read, path=path, columns=columns, rows_at_most=rows_at_most)
    answer.headers["Content-Language"] = language
    answer.headers["Vary"] = "Accept-Language"
    return answer


def _cells(one: ClaimSummary, *, language: str) -> list[object]:
    """A cell for each column, of which partners are shown all but the last two."""
    return [
        one.number,
        one.claim_id,
        one.status.value,
        summary_text(one, language=language),
        one.mpn_id,
        one.customer_name,
        one.domain,
        one.tenant_id,
        one.claim_name,
        one.solution_area,
        LIST_SEPARATOR.join(one.activities),
        LIST_SEPARATOR.join(one.product_ids),
        one.next_actor,
        instant(one.next_deadline),
        instant(one.submitted_at),
        instant(one.created_at),
        instant(one.updated_at),
        one.organisation,
        one.contested,
    ]
