"""Exports: tables as CSV, read page by page, at most 100,000 rows an answer; the next one goes on from there."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import azure.functions as func

from functions.continuations import continuation, place_of
from functions.routing import Call
from shared.forms.csv_table import MEDIA_TYPE, CsvWriter

ROWS_AT_MOST = 100_000
ROWS_PER_PAGE = 1000
type Place = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage:
    """Some rows, each a cell per column; `behind` is the place to go on from, null at the end."""

    rows: Sequence[Sequence[object]]
    behind: Place | None


type ReadPage = Callable[[Place | None, int], Awaitable[ExportPage]]
"""The page of at most so many rows from the place on, null for the beginning; it may be short and still go on."""


async def export_answer(
    call: Call, read: ReadPage, *, path: str, columns: Sequence[str], rows_at_most: int = ROWS_AT_MOST
) -> func.HttpResponse:
    """The rows as a CSV file, from the place that the query's `continuation` names on.

    Where more are to come, the header `Link: <…?continuation=…>; rel="next"` (RFC 8288) leads there; `path` is the
    route's own, its last part the file's name, and the query's other parameters go along. Cells are made safe for
    spreadsheets. InvalidClaimError for a continuation that is not this export's.
    """
    secret = call.settings.form_secret
    place = place_of(secret, path, call.request.params.get("continuation"))
    writer = CsvWriter(columns)
    count = 0
    while True:
        page = await read(place, min(ROWS_PER_PAGE, rows_at_most - count))
        for row in page.rows:
            writer.add(row)
        count += len(page.rows)
        place = page.behind
        if place is None or count >= rows_at_most:
            break
    name = path.rpartition("/")[2].removesuffix(".csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    token = continuation(secret, path, place)
    if token is not None:
        query = urlencode({**call.request.params, "continuation": token})
        headers["Link"] = f'</{path}?{query}>; rel="next"'
    return func.HttpResponse(writer.content(), headers=headers, mimetype=MEDIA_TYPE, charset="utf-8")
