"""All checks together: order, every reason, the verdict, and what holds whatever the facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.check_facts import fail, flag
from shared.domain.checks import PASSED, ProofFacts, verdict
from shared.domain.claim import CheckOutcome, CheckResult, Contact
from shared.domain.policy import Policy
from shared.domain.reasons import ReasonCode, reason
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.sayings import Saying, say
from tests.unit.domain.cases import (
    ALPINE,
    FAIL,
    FLAG,
    LOCATION,
    M365,
    OTHER_TENANT,
    PASS,
    POWER_BI,
    SECOND_POWER_BI,
    TENANT,
    TEXT_CODES,
    a_claim,
    checked,
    findings,
    of,
    slot,
)


def test_a_proper_claim_passes_every_check() -> None:
    """Every check has its pass, in the order of PROCESS.md, with a sentence."""
    results = checked(a_claim("teams", "intune"))
    assert [result.code for result in results] == [code.value for code in PASSED]
    assert {result.result for result in results} == {PASS}
    assert all(result.message.endswith(".") for result in results)
    assert verdict(results) == "pass"


def test_every_reason_is_given_never_just_the_first() -> None:
    """A claim with something wrong in every group is told everything, in the order of PROCESS.md."""
    claim = a_claim("teams", "power-bi", customer_contact=Contact(name="Anna", email="piet@contoso.example"))
    claim = replace(claim, activities=("usage", "revenue"))
    results = checked(
        claim,
        location=None,
        directory_tenant_id=OTHER_TENANT,
        subscriptions=(replace(M365, seats=1),),
        slots=slot("workload~teams", "osu-microsoft-365"),
        proofs=(ProofFacts(proof_id="p1", codes=("poe-active-content", "poe-unreadable", "poe-infected")),),
    )
    assert list(findings(results)) == [
        "mpn-not-enrolled",
        "tenant-domain-mismatch",
        "product-not-in-area",
        "activity-not-allowed",
        "contested",
        "poe-unreadable",
        "poe-infected",
        "poe-active-content",
        "contact-domain-not-customer",
        "contact-is-partner",
        "seats-below-minimum",
    ]
    assert verdict(results) == "fail"


@pytest.mark.parametrize("code", [*PASSED, "a-check-of-tomorrow"])
def test_a_check_that_could_not_run_is_a_flag(code: str) -> None:
    """No check passes in silence because its service was down, not even one that is not known here."""
    results = checked(a_claim("teams"), unavailable=frozenset({code}))
    assert findings(results) == {code: FLAG}
    assert "could not be run" in of(results, code)[0].message
    assert verdict(results) == "flag"


def test_what_was_found_weighs_more_than_what_could_not_run() -> None:
    """A fail stays a fail though a part of its check could not run."""
    results = checked(a_claim("teams"), location=None, unavailable=frozenset({"mpn-not-enrolled"}))
    assert findings(results) == {"mpn-not-enrolled": FAIL}
    assert len(of(results, "mpn-not-enrolled")) == 1


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([PASS, PASS], "pass"),
        ([PASS, FLAG], "flag"),
        ([FLAG, FAIL, PASS], "fail"),
        ([], "flag"),
    ],
)
def test_the_verdict_is_the_worst_result(outcomes: list[CheckOutcome], expected: str) -> None:
    """One fail rejects, one flag asks for a person, and nothing checked is nothing passed."""
    assert verdict(CheckResult(code="c", result=outcome, message="m") for outcome in outcomes) == expected


@given(
    location=st.sampled_from([None, LOCATION, replace(LOCATION, active=False)]),
    directory=st.sampled_from(
        [("resolved", TENANT), ("resolved", OTHER_TENANT), ("unknown-domain", None), ("down", None)]
    ),
    customer=st.sampled_from([None, ALPINE]),
    subscriptions=st.lists(st.sampled_from([M365, POWER_BI, SECOND_POWER_BI]), unique=True).map(tuple),
    products=st.lists(st.sampled_from(["teams", "power-bi", "clippy"]), min_size=1, unique=True),
    area=st.sampled_from(["microsoft-365", "business-applications"]),
    codes=st.lists(st.sampled_from([code.value for code in PASSED if code.startswith("poe-")]), unique=True),
    email=st.sampled_from(["anna@alpine.example", "anna@gmail.com", "piet@contoso.example"]),
    unavailable=st.frozensets(st.sampled_from([code.value for code in PASSED])),
    revenue_rival=st.booleans(),
)
def test_what_holds_whatever_the_facts(
    *,
    location: PartnerLocation | None,
    directory: tuple[str, str | None],
    customer: RegisteredCustomer | None,
    subscriptions: tuple[Subscription, ...],
    products: list[str],
    area: str,
    codes: list[str],
    email: str,
    unavailable: frozenset[str],
    revenue_rival: bool,
) -> None:
    """The rows keep the order, every code has words, no check both passes and fails, none that did not run passes."""
    claim = a_claim(
        *products, area=area, subscriptions=subscriptions, customer_contact=Contact(name="Anna", email=email)
    )
    results = checked(
        claim,
        location=location,
        directory=directory[0],
        directory_tenant_id=directory[1],
        customer=customer,
        subscriptions=subscriptions,
        proofs=(ProofFacts(proof_id="p1", codes=tuple(codes)),),
        unavailable=unavailable,
        revenue_rival=revenue_rival,
    )
    order = [code.value for code in PASSED]
    seen = [result.code for result in results]
    assert seen == sorted(seen, key=order.index)
    passed = {result.code for result in results if result.result is PASS}
    assert not passed & set(findings(results))
    assert not passed & unavailable
    assert all(reason(result.code) for result in results)
    assert set(order) - set(seen) <= TEXT_CODES
    known = {item.item_id for item in claim.items}
    assert all(set(result.item_ids) <= known for result in results)
    assert (verdict(results) == "pass") == (not findings(results))


def test_a_stored_finding_knows_its_sentence_in_every_language() -> None:
    """What a sentence was made of is kept with the check; one without gaps, or of old, is the sentence itself."""
    made = fail(ReasonCode.SUBSCRIPTION_CSP, say("The subscription %(subscription)s was bought.", subscription="s1"))
    assert (made.message, made.template) == (
        "The subscription s1 was bought.",
        "The subscription %(subscription)s was bought.",
    )
    assert isinstance(made.saying, Saying)
    assert (made.saying, dict(made.saying.values)) == (made.message, {"subscription": "s1"})
    plain = flag(ReasonCode.CONTESTED, say("It is contested."))
    assert (plain.template, plain.saying) == ("", "It is contested.")


def test_a_finding_keeps_numbers_as_numbers() -> None:
    """Another language's plural forms need them; everything else is kept as words."""
    found = fail(ReasonCode.POE_EMPTY, say("%(count)d proofs of %(name)s", count=2, name=ReasonCode.POE_EMPTY))
    assert dict(found.values) == {"count": 2, "name": str(ReasonCode.POE_EMPTY)}
    assert [type(value) for _, value in found.values] == [int, str]


def test_the_programme_s_figures() -> None:
    """What a programme has that sets nothing else (PROCESS.md)."""
    assert Policy().proof_max_bytes == 25 * 1024 * 1024
    assert Policy().proof_max_count == 10
