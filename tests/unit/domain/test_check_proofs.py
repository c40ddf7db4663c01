"""The proof of execution: PROCESS.md's check 6."""

from dataclasses import replace

import pytest

from shared.domain.checks import ProofFacts
from shared.domain.claim import CheckOutcome
from tests.unit.domain.cases import FAIL, FLAG, PROOF, TEXT_CODES, a_claim, checked, findings, of


@pytest.mark.parametrize(
    ("found", "code", "outcome"),
    [
        ("poe-missing", "poe-missing", FAIL),
        ("poe-unreadable", "poe-unreadable", FAIL),
        ("poe-type", "poe-unreadable", FAIL),
        ("poe-empty", "poe-unreadable", FAIL),
        ("poe-infected", "poe-infected", FAIL),
        ("poe-active-content", "poe-active-content", FLAG),
        ("poe-older-than-12-months", "poe-older-than-12-months", FLAG),
        ("poe-no-date", "poe-no-date", FLAG),
        ("poe-no-customer-name", "poe-no-customer-name", FLAG),
        ("poe-no-product-mentioned", "poe-no-product-mentioned", FLAG),
        ("poe-no-signature-found", "poe-no-signature-found", FLAG),
        ("poe-not-machine-readable", "poe-not-machine-readable", FLAG),
    ],
)
def test_what_reading_the_proof_found(found: str, code: str, outcome: CheckOutcome) -> None:
    """Check 6 takes over each finding with its weight, and names the proofs it is about."""
    proofs = (ProofFacts(proof_id="p1"), ProofFacts(proof_id="p2", codes=(found,)))
    results = checked(a_claim("teams"), proofs=proofs)
    assert findings(results) == {code: outcome}
    assert of(results, code)[0].proof_ids == ("p2",)


@pytest.mark.parametrize("code", ["poe-missing", "poe-unreadable", "poe-not-machine-readable"])
def test_a_proof_without_text_passes_no_check_of_the_text(code: str) -> None:
    """Where no text was read nothing is said of dates, names or signatures: no pass that nobody looked at."""
    results = checked(a_claim("teams"), proofs=(ProofFacts(proof_id="p1", codes=(code,)),))
    assert not TEXT_CODES & {result.code for result in results}


def test_a_claim_without_proof_fails() -> None:
    """No proof, or replaced ones only: the claim fails, and no text is said to be fine."""
    for proofs in ((), (replace(PROOF, replaced=True),)):
        results = checked(a_claim("teams", proofs=proofs), proofs=())
        assert findings(results) == {"poe-missing": FAIL}
        assert not TEXT_CODES & {result.code for result in results}


def test_a_proof_that_was_not_read_is_looked_at_by_a_person() -> None:
    """Facts without a word on the proofs are no pass."""
    assert findings(checked(a_claim("teams"), proofs=())) == {"poe-not-machine-readable": FLAG}


def test_the_products_that_the_proof_does_not_name_are_told() -> None:
    """The row names products and items, also where the reader gave the products alone."""
    proofs = (ProofFacts(proof_id="p1", products_missing=("intune",)),)
    results = checked(a_claim("teams", "intune"), proofs=proofs)
    assert findings(results) == {"poe-no-product-mentioned": FLAG}
    (row,) = of(results, "poe-no-product-mentioned")
    assert (row.message, row.item_ids) == ("Not named in the proof: Microsoft Intune.", ("intune-usage",))


def test_malware_fails_the_claim() -> None:
    """A proof that the scan found infected rejects the claim."""
    results = checked(a_claim("teams"), proofs=(ProofFacts(proof_id="p1", codes=("poe-infected",)),))
    assert findings(results) == {"poe-infected": FAIL}


def test_a_proof_finding_must_be_a_reason() -> None:
    """A code that nobody can explain is refused where it is made, and not passed over."""
    with pytest.raises(ValueError, match="poe-whatever"):
        ProofFacts(proof_id="p1", codes=("poe-whatever",))
