"""Every operation of the API document, asked with whatever its document allows and much that it does not.

The real host answers, on the real emulator: a few times in every check, a thousand times and more by `make fuzz`. No
answer may be 500 or above, and each must be one that the document declares: status, media type and shape.
"""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks

from tests.journeys.client import Customers, LocalHost, filed
from tools.embedded import LocalProduct
from tools.openapi.document import build

FULL = os.environ.get("FUZZ") == "full"
CASES = 1_000 if FULL else 4
PEOPLE = ("contoso", "reviewer", "admin", "fabrikam", "")
"""Who asks, in turns; the last one is not signed in."""
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in build()["paths"].items()
    for method in item
    if method in {"get", "post", "put", "patch", "delete"}
]
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
_NUMBERS = {"content": {"application/json": {"schema": {"type": "integer"}}}}
ENOUGH = 3
"""Findings of one operation after which no more are told."""
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product of its own: what is made here must be in nobody's way."""
    with LocalProduct(Path(tmp_path_factory.mktemp("operations"))) as running:
        yield running


@pytest.fixture(scope="module")
def people(product: LocalProduct) -> Iterator[Mapping[str, requests.Session]]:
    """Each of them, signed in."""
    sessions = {name: requests.Session() for name in PEOPLE}
    for name, session in sessions.items():
        session.trust_env = False
        if name:
            way = {"persona": name, "post_login_redirect_uri": "/.auth/me"}
            assert session.get(f"{product.base_url}/.auth/login/aad", params=way, timeout=30).ok
    yield sessions
    for session in sessions.values():
        session.close()


@pytest.fixture(scope="module")
def known(product: LocalProduct) -> list[dict[str, str]]:
    """What paths name that is there: claims, and their proofs."""
    customers = Customers(product)
    found: list[dict[str, str]] = []
    with LocalHost(product.base_url) as host, host.person("contoso") as contoso:
        for _ in range(2):
            customer = customers.new()
            claim = filed(contoso, customer.claim(), customer.proof())
            contoso.wait(claim["claimId"], ("PendingCustomer", "UnderReview"))
            found.append({"claimId": claim["claimId"], "proofId": claim["proofs"][0]["proofId"]})
    return found


@pytest.fixture(scope="module")
def document(product: LocalProduct) -> Any:
    """The document as the product gives it."""
    return schemathesis.openapi.from_dict(requests.get(f"{product.base_url}/api/openapi.json", timeout=30).json())


@dataclass(frozen=True)
class Asker:
    """Who asks what is generated."""

    product: LocalProduct
    people: Mapping[str, requests.Session]
    known: list[dict[str, str]]

    def ask(self, document: Any, operation: str, cases: int) -> tuple[Counter[int], list[str]]:
        """How often each status came, and what was wrong with an answer."""
        method, path = operation.split(" ", 1)
        number, statuses, wrong = itertools.count(), Counter[int](), list[str]()

        @seed(1)
        @settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(document[path][method].as_strategy())
        def one(case: Any) -> None:
            turn = next(number)
            if case.path_parameters and turn % 4:  # three of four ask for what is there
                there = self.known[turn % len(self.known)]
                case.path_parameters |= {name: there[name] for name in case.path_parameters if name in there}
            who = PEOPLE[turn % len(PEOPLE)]
            answer = case.call(base_url=self.product.base_url, session=self.people[who], timeout=60)
            statuses[answer.status_code] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except BaseExceptionGroup as found:
                wrong.append(f"{who or 'nobody'}: {answer.status_code}: {[str(one)[:600] for one in found.exceptions]}")

        one()
        return statuses, wrong


@pytest.fixture(scope="module")
def asker(product: LocalProduct, people: Mapping[str, requests.Session], known: list[dict[str, str]]) -> Asker:
    """Everybody, and what is there."""
    return Asker(product, people, known)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_finds_an_answer_that_is_not_declared(
    asker: Asker, document: Any, operation: str, record_property: Record
) -> None:
    """Whatever is asked, by whomever: a declared answer, never a fault of the product."""
    statuses, wrong = asker.ask(document, operation, CASES)
    for name, value in (("security", "operations"), ("cases", statuses.total()), ("broken", len(wrong))):
        record_property(name, value)
    record_property("operation", f"{operation} {dict(sorted(statuses.items()))}")
    assert statuses
    assert not wrong, "\n".join(wrong[:ENOUGH])


def test_an_answer_that_is_not_declared_is_found(asker: Asker, record_property: Record) -> None:
    """With 200 taken out of a document, and with another shape for it, the same requests find it."""
    way = f"{asker.product.base_url}/api/openapi.json"
    for spoil in (lambda answers: answers.pop("200"), lambda answers: answers["200"].update(_NUMBERS)):
        spoilt = requests.get(way, timeout=30).json()
        spoil(spoilt["paths"]["/api/claims"]["get"]["responses"])
        _, wrong = asker.ask(schemathesis.openapi.from_dict(spoilt), "GET /api/claims", 20)
        assert wrong
    record_property("safeguard", "declared answers              tests/security/test_operations.py")
