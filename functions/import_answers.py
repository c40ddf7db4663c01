"""The answer to an import: how many rows ended how, and each row's own end."""

import json
from collections import Counter
from collections.abc import AsyncIterable

import azure.functions as func

from functions.answers import language_of
from functions.bodies import JSON
from functions.request_errors import MalformedRequestError
from functions.routing import Call
from shared.domain.sayings import say
from shared.texts import texts
from shared.texts.said import said
from shared.usecases.import_results import RowOutcome, RowResult

_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})


def is_dry_run(call: Call) -> bool:
    """Whether `?dryRun=true` asks to write nothing. MalformedRequestError for a word that is neither true nor false."""
    return flag_of(call, "dryRun")


def flag_of(call: Call, name: str) -> bool:
    """A query parameter that is true or false, false where it is not there. MalformedRequestError."""
    word = str(call.request.params.get(name, "")).strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise MalformedRequestError(say("%(name)s is true or false.", name=name))


def _only_faults(call: Call) -> bool:
    word = str(call.request.params.get("results", "")).strip().casefold()
    if word not in {"", "all", "errors"}:
        raise MalformedRequestError(say("%(name)s is all or errors.", name="results"))
    return word == "errors"


async def import_answer(call: Call, results: AsyncIterable[RowResult], *, dry_run: bool) -> func.HttpResponse:
    """200 with the counts and the rows, in the file's order; `?results=errors` lists the failed ones only.

    MalformedRequestError for another word, before any row is looked at. Rows are written down as they come: of a long
    file only the answer's own text is kept.
    """
    only_faults = _only_faults(call)
    words = texts(language_of(call))
    counts: Counter[RowOutcome] = Counter()
    rows = bytearray()
    async for result in results:
        counts[result.outcome] += 1
        if only_faults and result.outcome is not RowOutcome.FAILED:
            continue
        shown: dict[str, object] = {"row": result.row, "key": result.key, "result": result.outcome.value}
        if result.claim_id:
            shown["claimId"] = result.claim_id
        if result.faults:
            shown["errors"] = [
                {"pointer": fault.pointer, "code": fault.code, "message": said(words, fault.message)}
                for fault in result.faults
            ]
        rows += (b"," if rows else b"") + json.dumps(shown, ensure_ascii=False).encode()
    head = {"dryRun": dry_run, "counts": {outcome.value: counts[outcome] for outcome in RowOutcome}}
    body = json.dumps(head).encode()[:-1] + b', "rows": [' + bytes(rows) + b"]}"
    return func.HttpResponse(body, status_code=200, mimetype=JSON, charset="utf-8")
