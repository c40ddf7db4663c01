"""The answer to an import: counts, rows, and the failed ones only where they are asked for."""

import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from functions.import_answers import import_answer, is_dry_run
from functions.request_errors import MalformedRequestError
from shared.domain.errors import Fault
from shared.usecases.import_results import RowOutcome, RowResult
from tests.unit.functions.sent_requests import request
from tools.openapi.answers.imports import ImportResult

FAULT = Fault(pointer="/rows/2/name", code="required", message="Fill this in.")


async def results(looked_at: list[int]) -> AsyncIterator[RowResult]:
    """A created row and a failed one; the rows that were looked at are noted."""
    looked_at.append(1)
    yield RowResult(row=1, key="a", outcome=RowOutcome.CREATED, claim_id="a" * 48)
    looked_at.append(2)
    yield RowResult(row=2, key="b", outcome=RowOutcome.FAILED, faults=(FAULT,))


def call(**params: str) -> Any:
    """A call with these query parameters."""
    return SimpleNamespace(request=request("POST", params=params))


@pytest.mark.parametrize(("wish", "rows"), [("", [1, 2]), ("all", [1, 2]), ("errors", [2]), ("ERRORS", [2])])
async def test_rows_are_told_as_wished(wish: str, rows: list[int]) -> None:
    """Every row, or the failed ones only, in the file's order; all are counted, and all is as described."""
    answer = await import_answer(call(results=wish), results([]), dry_run=True)
    body = json.loads(answer.get_body())
    assert [row["row"] for row in body["rows"]] == rows
    assert body["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 1}
    assert body["rows"][-1]["errors"] == [{"pointer": "/rows/2/name", "code": "required", "message": "Fill this in."}]
    ImportResult.model_validate_json(answer.get_body())


async def test_another_wish_is_refused_before_anything_happens() -> None:
    """A word that is not known is refused, and no row is looked at."""
    looked_at: list[int] = []
    with pytest.raises(MalformedRequestError, match="results"):
        await import_answer(call(results="some"), results(looked_at), dry_run=False)
    assert looked_at == []


def test_a_dry_run_is_asked_for_in_plain_words() -> None:
    """True and false are understood, another word is refused: what was meant as a dry run must not write."""
    assert is_dry_run(call(dryRun="True"))
    assert not is_dry_run(call())
    with pytest.raises(MalformedRequestError):
        is_dry_run(call(dryRun="please"))
