"""Official associations in and out as CSV (API.md, Reviewers and program admins)."""

import azure.functions as func

from functions.bodies import csv_of
from functions.exports import ExportPage, Place, export_answer
from functions.import_answers import import_answer, is_dry_run
from functions.routing import Call, new_blueprint, route
from shared.forms.legacy_file import COLUMNS, association_cells, legacy_rows
from shared.usecases import export_associations as exporting
from shared.usecases import import_legacy_associations as importing
from shared.usecases.callers import Role

blueprint = new_blueprint()
_ADMIN = frozenset({Role.PROGRAM_ADMIN})
_PATH = "api/review/registry/associations"


@route(blueprint, _PATH, methods=("POST",), roles=_ADMIN)
async def import_associations(call: Call) -> func.HttpResponse:
    """The associations from before this programme, in."""
    dry_run, content = is_dry_run(call), csv_of(call.request)
    results = importing.import_legacy_associations(
        call.services, caller=call.caller, rows=legacy_rows(content), dry_run=dry_run, now=call.now
    )
    return await import_answer(call, results, dry_run=dry_run)


@route(blueprint, _PATH, methods=("GET",), roles=_ADMIN)
async def export_associations(call: Call) -> func.HttpResponse:
    """Everything that is official, out: a row for each item."""

    async def read(behind: Place | None, top: int) -> ExportPage:
        page = await exporting.export_associations(
            call.services, caller=call.caller, continuation=behind[0] if behind else None, top=top
        )
        rows = [association_cells(claim, item) for claim, item in page.items]
        return ExportPage(rows=rows, behind=(page.continuation,) if page.continuation else None)

    return await export_answer(call, read, path=_PATH, columns=COLUMNS)
