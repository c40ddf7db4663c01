"""Which problems an operation can be answered with, from what it asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.problems import ANSWERS, PROBLEM_TYPE
from functions.routing import Declared
from tools.openapi.answers.problem import Problem
from tools.openapi.operation import CsvBody, MultipartBody, Operation
from tools.openapi.schemas import ref

FIRST_SERVER_FAULT = 500
NOT_TOLD = frozenset({"form-refused"})
"""Codes that pages alone meet."""


def codes(operation: Operation, declared: Declared, method: str) -> frozenset[str]:
    """Every code that the caller may be told."""
    return frozenset(_codes(operation, declared, method))


def _codes(operation: Operation, declared: Declared, method: str) -> Iterator[str]:
    yield from operation.problems
    yield "service-unavailable"
    if declared.roles:
        yield from ("not-signed-in", "role-missing")
    if method != "GET":
        yield "other-site"
    if "{" in declared.path:
        yield "not-found"
    if operation.query is not None:
        yield "invalid-claim"
    if operation.parameters:
        yield "malformed-request"
    if operation.if_match:
        yield from ("if-match-missing", "precondition-failed", "malformed-request")
    if operation.idempotency_key:
        yield from ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-key-reused")
    for body in operation.bodies:
        yield from ("too-large", "unsupported-type", "invalid-claim")
        yield "malformed-request" if isinstance(body, MultipartBody | CsvBody) else "malformed-json"


def problem_answers(operation: Operation, declared: Declared, method: str) -> dict[str, dict[str, Any]]:
    """The answers that are problems, by status."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes(operation, declared, method)):
        by_status.setdefault(int(ANSWERS[code].status), []).append(code)
    return {str(status): _answer(found) for status, found in sorted(by_status.items())}


def _answer(found: list[str]) -> dict[str, Any]:
    lines = "\n".join(f"- `{code}`: {ANSWERS[code].title}." for code in found)
    names = ["X-Correlation-Id", *(["Retry-After"] if any(ANSWERS[code].retry_after for code in found) else [])]
    return {
        "description": lines,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {PROBLEM_TYPE: {"schema": ref(Problem)}},
    }


def told() -> Mapping[str, int]:
    """Every code that the API may tell a caller about, with its status: all but faults of our own."""
    return {
        code: int(kind.status)
        for code, kind in ANSWERS.items()
        if code not in NOT_TOLD and (kind.status < FIRST_SERVER_FAULT or code == "service-unavailable")
    }
