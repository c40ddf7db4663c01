"""Holds answers of the running product to the document: their status, headers, media type, and every name in them."""

from collections.abc import Iterator
from functools import cache

import httpx
from pydantic import BaseModel, ValidationError

from functions.problems import ANSWERS, PROBLEM_TYPE
from functions.routing import Declared
from tools.openapi.answers.problem import Problem
from tools.openapi.document import api_routes
from tools.openapi.operation import JSON, Answer, Operation
from tools.openapi.problems import codes
from tools.openapi.registry import OPERATIONS

FIRST_PROBLEM = 400
SOMETIMES = frozenset({"Link"})
"""Headers that come with some of the answers only: where there is more to read."""


class UndescribedAnswerError(AssertionError):
    """The product answered in a way that the document does not describe."""


def hold_to_the_document(response: httpx.Response) -> None:
    """UndescribedAnswerError where the answer of an operation is not as described; others are left alone."""
    found = list(faults(response))
    if found:
        request = response.request
        told = "; ".join(found)
        raise UndescribedAnswerError(f"{request.method} {request.url.path} → {response.status_code}: {told}")


def faults(response: httpx.Response) -> Iterator[str]:
    """What the document does not say of the answer, in words."""
    declared = _declared(response.request.method, response.request.url.path)
    if declared is None or declared.name not in OPERATIONS:
        return
    operation = OPERATIONS[declared.name]
    if response.status_code >= FIRST_PROBLEM:
        yield from _problem_faults(response, codes(operation, declared, response.request.method))
        return
    answer = next((one for one in operation.answers if one.status == response.status_code), None)
    if answer is None:
        yield f"{declared.name} does not describe the status"
        return
    yield from _answer_faults(response, operation, answer)


def _problem_faults(response: httpx.Response, described: frozenset[str]) -> Iterator[str]:
    if _media_type(response) != PROBLEM_TYPE:
        yield f"a problem is {PROBLEM_TYPE}, not {_media_type(response)}"
        return
    response.read()
    wrong = list(_model_faults(Problem, response.content))
    yield from wrong
    if wrong:
        return
    problem = Problem.model_validate_json(response.content)
    kind = ANSWERS.get(problem.code)
    if problem.code not in described:
        yield f"the code {problem.code} is not described"
    if kind is None or problem.status != response.status_code or kind.status != response.status_code:
        yield f"{problem.code} is not answered with {response.status_code}"
    if kind is not None and kind.retry_after is not None and "retry-after" not in response.headers:
        yield "Retry-After is missing"


def _answer_faults(response: httpx.Response, operation: Operation, answer: Answer) -> Iterator[str]:
    for name in (*answer.headers, "X-Correlation-Id"):
        if name not in response.headers and name not in SOMETIMES:
            yield f"{name} is missing"
    if answer.model is not None:
        if _media_type(response) != JSON:
            yield f"the answer is {JSON}, not {_media_type(response)}"
            return
        response.read()
        yield from _model_faults(answer.model, response.content)
    elif answer.files and _media_type(response) not in answer.files:
        yield f"{_media_type(response)} is not one of {', '.join(answer.files)} ({operation.summary})"


def _model_faults(model: type[BaseModel], content: bytes) -> Iterator[str]:
    try:
        model.model_validate_json(content)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False)[:10]:
            yield f"{model.__name__}: {'/'.join(map(str, fault['loc']))}: {fault['msg']}"


def _media_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


@cache
def _routes() -> tuple[tuple[str, tuple[str, ...], Declared], ...]:
    """Every route; those with words in the place of names first."""
    found = [(method, tuple(declared.path.split("/")), declared) for method, declared in api_routes()]
    return tuple(sorted(found, key=lambda one: [part.startswith("{") for part in one[1]]))


def _declared(method: str, path: str) -> Declared | None:
    parts = path.strip("/").split("/")
    for known, pattern, declared in _routes():
        fits = len(parts) == len(pattern) and all(
            (part != "" if wanted.startswith("{") else part == wanted)
            for part, wanted in zip(parts, pattern, strict=True)
        )
        if known == method and fits:
            return declared
    return None
