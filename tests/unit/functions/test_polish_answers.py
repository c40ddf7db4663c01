"""Whoever asks in Polish is told in Polish: problems, faults, checks."""

import json
from typing import Any

import pytest

from functions.presenters import claim_json
from functions.problems import ANSWERS, problem_of, problem_response
from shared.domain.catalogue import catalogue
from shared.domain.checks import Facts, run_checks
from shared.domain.claim import Claim, Status
from shared.domain.errors import ForbiddenTransitionError, InvalidClaimError
from shared.domain.policy import Policy
from shared.domain.sayings import Saying, say
from shared.forms.parse_claim import parse_claim
from shared.texts import texts
from shared.texts.said import said
from tests.claims import a_claim

HOSTILE: list[dict[str, Any]] = [
    {},
    {"mpnId": "0", "customer": {"tenantId": "x", "domain": "x"}},
    {
        "mpnId": 1,
        "customer": "x",
        "activities": "usage",
        "items": [{"productId": "abacus", "colour": "red"}],
        "claimName": "x" * 1000,
        "customerContact": {"name": "\u202e", "email": "nobody"},
        "partnerContact": {"name": "A", "email": "a" * 300 + "@x.example"},
    },
    {
        "mpnId": "1000001",
        "customer": {
            "tenantId": "a1a1a1a1-0000-4000-8000-000000000001",
            "domain": "alpine.example",
            "country": "Poland",
            "language": "polish!",
        },
        "solutionArea": "nowhere",
        "activities": ["usage", "usage", "sleeping"],
        "items": [{"subscriptionId": "5b5b5b5b-0000-4000-8000-000000000011"}] * 30,
        "revenue": {"solutionName": "x", "solutionSeller": "y", "customerName": "z"},
    },
    {"solutionArea": "csp", "mpnId": "1000001", "customer": {"tenantId": 1, "domain": True}},
]


@pytest.mark.parametrize("data", HOSTILE)
def test_every_fault_is_told_in_polish(data: dict[str, Any]) -> None:
    """No fault of a claim's fields stays in English, in the form's own rules and in those across fields."""
    parsed = parse_claim(data, complete=True, catalogue=catalogue(), proofs_count=0)
    assert parsed.faults
    answer = problem_response(problem_of(InvalidClaimError(parsed.faults), correlation_id="c"), language="pl")
    told = json.loads(answer.get_body())["errors"]
    english = [fault.message for fault in parsed.faults]
    assert [one["message"] for one, same in zip(told, english, strict=True) if one["message"] == same] == []


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_every_title_is_polish(code: str) -> None:
    """No problem's title stays in English."""
    title = ANSWERS[code].title
    assert texts("pl").gettext(title) != title


@pytest.mark.parametrize("status", list(Status))
def test_a_forbidden_step_is_told_in_polish(status: Status) -> None:
    """The status stands in the sentence in the words that the pages use."""
    answer = problem_response(
        problem_of(ForbiddenTransitionError(status=status.value, event="submitted"), correlation_id="c"), language="pl"
    )
    assert answer.headers["Content-Language"] == "pl"
    assert json.loads(answer.get_body())["detail"].startswith("Teraz to niemożliwe: status zgłoszenia to „")


def test_every_check_is_told_in_polish() -> None:
    """Passes, flags and fails alike, also after they have been stored: the claim keeps what a sentence is made of."""
    claim = a_claim(Status.SUBMITTED)
    found: dict[str, str] = {}
    for directory in ("resolved", "unknown-domain", "down"):
        facts = Facts(location=None, directory=directory)  # type: ignore[arg-type]
        results = run_checks(claim, facts, catalogue=catalogue(), policy=Policy())
        kept = stored(a_claim(Status.SUBMITTED, checks=results))
        shown = claim_json(kept, language="pl", for_programme=False)["checks"]
        english = claim_json(kept, language="en", for_programme=False)["checks"]
        found |= {one["message"]: other["message"] for one, other in zip(english, shown, strict=True)}
    assert {one for one, other in found.items() if one == other} == set()
    assert "Domena alpine.example nie należy do żadnego katalogu." in found.values()


def stored(claim: Claim) -> Claim:
    """The claim as it comes back from its JSON."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(Claim)
    return adapter.validate_json(adapter.dump_json(claim))


def test_what_has_no_translation_is_told_all_the_same() -> None:
    """A sentence without a translation is told in English and not lost."""
    assert said(texts("pl"), say("Zounds: %(what)s.", what=Saying("Draft", {}))).startswith("Zounds: ")
