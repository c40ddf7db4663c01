"""Answers that the document does not describe are found out."""

import json
from typing import Any

import httpx
import pytest

from tools.openapi.conformance import UndescribedAnswerError, hold_to_the_document
from tools.openapi.examples import CLAIM, CLAIM_ID, PROBLEM

CLAIM_PATH = f"/api/claims/{CLAIM_ID}"
GOOD = {"ETag": '"3"', "Content-Language": "en", "X-Correlation-Id": "c", "Content-Type": "application/json"}
NOT_FOUND = {**PROBLEM, "type": "urn:cpor:problem:not-found", "code": "not-found", "status": 404, "errors": []}


def answer(
    body: Any, *, status: int = 200, headers: dict[str, str] | None = None, method: str = "GET", path: str = CLAIM_PATH
) -> httpx.Response:
    """An answer as it came over HTTP."""
    return httpx.Response(
        status,
        headers=GOOD if headers is None else headers,
        content=json.dumps(body).encode(),
        request=httpx.Request(method, f"https://cpor.example{path}"),
    )


PROBLEM_HEADERS = {"Content-Type": "application/problem+json", "X-Correlation-Id": "c"}


@pytest.mark.parametrize(
    "good",
    [
        answer(CLAIM),
        answer(NOT_FOUND, status=404, headers=PROBLEM_HEADERS),
        answer("anything", path="/claims"),
        answer("anything", path="/api/nowhere"),
        answer("anything", method="PUT"),
    ],
)
def test_described_answers_pass(good: httpx.Response) -> None:
    """An answer as described passes, and so does whatever is no operation."""
    hold_to_the_document(good)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (answer({**CLAIM, "reviewer": "Robin"}), "reviewer"),
        (answer({name: value for name, value in CLAIM.items() if name != "round"}), "round"),
        (answer({**CLAIM, "status": "Lost"}), "status"),
        (answer({**CLAIM, "createdAt": "2026-11-18T10:30:00+00:00"}), "createdAt"),
        (answer({**CLAIM, "round": "1"}), "round"),
        (answer(CLAIM, status=203), "status"),
        (answer(CLAIM, headers={**GOOD, "Content-Type": "text/html"}), "text/html"),
        (answer(CLAIM, headers={name: GOOD[name] for name in GOOD if name != "ETag"}), "ETag"),
        (answer(NOT_FOUND, status=404, headers={**PROBLEM_HEADERS, "Content-Type": "application/json"}), "problem"),
        (answer({**NOT_FOUND, "stack": "…"}, status=404, headers=PROBLEM_HEADERS), "stack"),
        (answer(NOT_FOUND, status=403, headers=PROBLEM_HEADERS), "403"),
        (answer({**NOT_FOUND, "code": "too-late"}, status=404, headers=PROBLEM_HEADERS), "too-late"),
        (answer({**NOT_FOUND, "code": "unexpected", "status": 500}, status=500, headers=PROBLEM_HEADERS), "unexpected"),
    ],
)
def test_other_answers_are_found_out(bad: httpx.Response, told: str) -> None:
    """One name too many or too few, another type, status, media type, header or code: each is refused and named."""
    with pytest.raises(UndescribedAnswerError, match=told):
        hold_to_the_document(bad)


def test_a_problem_that_will_pass_says_when() -> None:
    """Where trying again helps, an answer without Retry-After is refused."""
    busy = {**NOT_FOUND, "code": "service-unavailable", "status": 503}
    with pytest.raises(UndescribedAnswerError, match="Retry-After"):
        hold_to_the_document(answer(busy, status=503, headers=PROBLEM_HEADERS))
