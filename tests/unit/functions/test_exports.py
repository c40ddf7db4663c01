"""Exports read page by page, and say where they go on."""

import re
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
import pytest

from functions.exports import ExportPage, Place, export_answer
from functions.routing import Call
from shared.domain.errors import InvalidClaimError
from tests.unit.functions.sent_requests import request

PATH = "api/review/registry/things"


def call(**params: str) -> Call:
    """A call with these parameters."""
    settings: Any = SimpleNamespace(form_secret="f" * 40)
    return cast("Call", SimpleNamespace(request=request("GET", f"/{PATH}", params=params), settings=settings))


class Numbers:
    """The numbers below `end`, at most `most` a page, whatever is asked for."""

    def __init__(self, end: int, most: int = 1000) -> None:
        self.end, self.most, self.asked = end, most, list[int]()

    async def read(self, behind: Place | None, top: int) -> ExportPage:
        """The next numbers."""
        self.asked.append(top)
        first = int(behind[0]) + 1 if behind else 0
        last = min(self.end, first + min(top, self.most))
        rows = [(number, "=1+1") for number in range(first, last)]
        return ExportPage(rows=rows, behind=None if last == self.end else (str(last - 1),))


def lines(answer: func.HttpResponse) -> list[str]:
    """The file's lines."""
    return answer.get_body().decode("utf-8-sig").splitlines()


def next_of(answer: func.HttpResponse) -> dict[str, str]:
    """The parameters of the link to the next answer; none where there is no link."""
    match = re.fullmatch(r"<([^>]*)>; rel=\"next\"", answer.headers.get("Link", ""))
    if match is None:
        return {}
    target = urlsplit(match[1])
    assert target.path == f"/{PATH}"
    return dict(parse_qsl(target.query))


async def test_a_short_export_is_one_safe_file() -> None:
    """All rows of all pages under the header, formulas shielded, named as a file, and nothing to go on to."""
    answer = await export_answer(call(), Numbers(5, most=2).read, path=PATH, columns=("n", "text"))
    assert lines(answer) == ["n,text", *(f"{number},'=1+1" for number in range(5))]
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="things.csv"'
    assert next_of(answer) == {}


async def test_a_long_export_goes_on_where_it_stopped() -> None:
    """Answers of at most so many rows, each with a link to the next, hold every row once; other parameters go along."""
    found: list[str] = []
    params: dict[str, str] = {"kind": "a b&c"}
    sizes = []
    while params:
        answer = await export_answer(
            call(**params), Numbers(7, most=2).read, path=PATH, columns=("n", "text"), rows_at_most=3
        )
        found += lines(answer)[1:]
        sizes.append(len(lines(answer)) - 1)
        params = next_of(answer)
        assert params.get("kind", "a b&c") == "a b&c"
    assert found == [f"{number},'=1+1" for number in range(7)]
    assert sizes == [3, 3, 1]


async def test_no_page_is_larger_than_needed() -> None:
    """Pages have 1,000 rows, the last one as many as still fit."""
    numbers = Numbers(5000)
    answer = await export_answer(call(), numbers.read, path=PATH, columns=("n", "text"), rows_at_most=2500)
    assert numbers.asked == [1000, 1000, 500]
    assert len(lines(answer)) == 2501


async def test_a_foreign_continuation_is_refused() -> None:
    """A token that is not ours, or of another export, is told at its place."""
    other = await export_answer(call(), Numbers(5).read, path="api/other", columns=("n", "text"), rows_at_most=1)
    token = re.search(r"continuation=([^>&]+)", other.headers["Link"])
    assert token is not None
    for wrong in (token[1], "nonsense"):
        with pytest.raises(InvalidClaimError) as refused:
            await export_answer(call(continuation=wrong), Numbers(5).read, path=PATH, columns=("n", "text"))
        assert [fault.pointer for fault in refused.value.faults] == ["/continuation"]
