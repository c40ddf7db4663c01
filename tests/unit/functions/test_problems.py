"""The one table of errors is complete, and problems look as RFC 9457 says."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

import functions
import shared
from functions.problems import (
    ANSWERS,
    UNEXPECTED,
    problem_headers,
    problem_of,
    problem_response,
    unexpected_problem,
)
from shared.domain.errors import DomainError, Fault, InvalidClaimError
from shared.usecases.rate_limits import TooManyRequestsError


def every_error() -> Iterator[type[DomainError]]:
    """Every error of the product, wherever it lives."""
    for package in (shared, functions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        kind = waiting.pop()
        if kind.__module__.startswith(("shared.", "functions.")):
            yield kind
            waiting += kind.__subclasses__()


def test_every_error_has_an_answer() -> None:
    """No error's code is missing in the table, and nothing in the table is without an error."""
    codes = {kind.code for kind in every_error()}
    assert codes - ANSWERS.keys() == set()
    assert ANSWERS.keys() - codes == {UNEXPECTED}


def test_subclasses_have_codes_of_their_own() -> None:
    """An error that forgot its code would be answered as an unknown one."""
    assert [kind.__name__ for kind in every_error() if kind is not DomainError and "code" not in vars(kind)] == []


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_each_answer_is_a_problem(code: str) -> None:
    """Each code is answered with its status, its title and the fields of the contract."""

    class SomeError(DomainError):
        pass

    SomeError.code = code
    problem = problem_of(SomeError("What happened."), correlation_id="c1")
    SomeError.code = "error"
    response = problem_response(problem)
    body = json.loads(response.get_body())
    assert response.mimetype == "application/problem+json"
    assert response.status_code == body["status"] == ANSWERS[code].status
    assert 400 <= response.status_code <= 599
    assert (body["code"], body["detail"], body["errors"], body["correlationId"]) == (code, "What happened.", [], "c1")
    assert body["title"]


def test_every_fault_is_told() -> None:
    """The faults of an error come with pointer, code and message."""
    faults = (Fault(pointer="/a", code="x", message="m"), Fault(pointer="/b/0", code="y", message="n"))
    response = problem_response(problem_of(InvalidClaimError(faults), correlation_id="c"))
    assert response.status_code == 422
    assert json.loads(response.get_body())["errors"] == [
        {"pointer": "/a", "code": "x", "message": "m"},
        {"pointer": "/b/0", "code": "y", "message": "n"},
    ]


@pytest.mark.parametrize("code", ["too-many-requests", "service-unavailable", "in-flight"])
def test_trying_again_is_told_where_it_helps(code: str) -> None:
    """What passes by itself is answered with Retry-After."""
    assert ANSWERS[code].retry_after


@pytest.mark.parametrize(("wait", "told"), [(0.0, "1"), (0.2, "1"), (39.5, "40"), (60.0, "60")])
def test_an_error_that_knows_its_wait_tells_it(wait: float, told: str) -> None:
    """Retry-After is the error's own wait in whole seconds, rounded up: trying again then is not too early."""
    problem = problem_of(TooManyRequestsError(timedelta(seconds=wait)), correlation_id="c")
    assert problem_headers(problem)["Retry-After"] == told


def test_unexpected_errors_tell_nothing() -> None:
    """What nobody foresaw is a 500 with a correlation ID and no words of the error."""
    response = problem_response(unexpected_problem(correlation_id="c9"))
    assert response.status_code == 500
    assert json.loads(response.get_body())["correlationId"] == "c9"
