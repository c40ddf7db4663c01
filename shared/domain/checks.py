"""The verification of a claim: every check of PROCESS.md, in its order, with every reason and never just the first.

The same checks serve the queue and the pre-check; they change nothing. What they need of the world is in `Facts`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from shared.domain.catalogue import Catalogue
from shared.domain.check_facts import Case, Facts, ProofFacts
from shared.domain.check_holdings import exclusivity_findings, subscription_findings
from shared.domain.check_parties import (
    catalogue_findings,
    contact_findings,
    directory_findings,
    location_findings,
    seat_findings,
)
from shared.domain.check_proofs import OF_THE_TEXT, proof_findings, text_was_read
from shared.domain.claim import CheckOutcome, CheckResult, Claim
from shared.domain.policy import Policy
from shared.domain.reason_texts import N_
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say

__all__ = ["Facts", "ProofFacts", "run_checks", "verdict"]

GROUPS: tuple[Callable[[Case], Iterator[CheckResult]], ...] = (
    location_findings,
    directory_findings,
    catalogue_findings,
    subscription_findings,
    exclusivity_findings,
    proof_findings,
    contact_findings,
    seat_findings,
)

PASSED: Mapping[ReasonCode, str] = {
    ReasonCode.MPN_NOT_ENROLLED: N_("The location is your organisation's and enrolled in the programme."),
    ReasonCode.TENANT_DOMAIN_MISMATCH: N_("The domain belongs to the customer's directory."),
    ReasonCode.PRODUCT_NOT_IN_AREA: N_("Every product is part of the solution area."),
    ReasonCode.ACTIVITY_NOT_ALLOWED: N_("The activities can be claimed together."),
    ReasonCode.SUBSCRIPTION_REQUIRED: N_("Every product that needs a subscription has one."),
    ReasonCode.SUBSCRIPTION_UNKNOWN: N_("Every subscription named is registered."),
    ReasonCode.SUBSCRIPTION_OTHER_TENANT: N_("Every subscription is the customer's."),
    ReasonCode.SUBSCRIPTION_OTHER_PRODUCT: N_("Every subscription holds its product."),
    ReasonCode.SUBSCRIPTION_CSP: N_("No subscription was bought through CSP."),
    ReasonCode.SUBSCRIPTION_INACTIVE: N_("Every subscription is active or in its grace period."),
    ReasonCode.DUPLICATE_ITEM: N_("No product and subscription is named twice."),
    ReasonCode.ALREADY_ASSOCIATED_TO_YOU: N_("Your organisation has no other claim for this."),
    ReasonCode.CONTESTED: N_("Every product is free for this customer."),
    ReasonCode.POE_MISSING: N_("Proof of execution is there."),
    ReasonCode.POE_UNREADABLE: N_("Every proof can be opened."),
    ReasonCode.POE_INFECTED: N_("No malware was found."),
    ReasonCode.POE_ACTIVE_CONTENT: N_("No proof holds active content."),
    ReasonCode.POE_OLDER_THAN_12_MONTHS: N_("The proof is at most 12 months old."),
    ReasonCode.POE_NO_DATE: N_("The proof has a date."),
    ReasonCode.POE_NO_CUSTOMER_NAME: N_("The proof names the customer."),
    ReasonCode.POE_NO_PRODUCT_MENTIONED: N_("The proof names every claimed product."),
    ReasonCode.POE_NO_SIGNATURE_FOUND: N_("The proof is signed."),
    ReasonCode.POE_NOT_MACHINE_READABLE: N_("The proof has text that can be read."),
    ReasonCode.CONTACT_DOMAIN_NOT_CUSTOMER: N_("The contact's address is the customer's."),
    ReasonCode.CONTACT_IS_PARTNER: N_("The contact is not the partner's own."),
    ReasonCode.SEATS_BELOW_MINIMUM: N_("There are enough seats, or their number is not known."),
}
"""Every check by its code, in the order of PROCESS.md, with the sentence for its pass."""

NOT_RUN = say("This check could not be run; a reviewer looks at it.")


def run_checks(claim: Claim, facts: Facts, *, catalogue: Catalogue, policy: Policy) -> tuple[CheckResult, ...]:
    """All findings, and a pass for each check without one, in the order of PROCESS.md.

    A check that could not run is a flag and never a pass. The checks of a proof's text are left out where no text was
    read.
    """
    case = Case(claim=claim, facts=facts, catalogue=catalogue, policy=policy)
    found = tuple(_merged(finding for group in GROUPS for finding in group(case)))
    left_out = frozenset() if text_was_read(found) else OF_THE_TEXT
    results: list[CheckResult] = []
    for code, sentence in PASSED.items():
        own = [finding for finding in found if finding.code == code]
        if own:
            results += own
        elif code in facts.unavailable:
            results.append(CheckResult(code=code.value, result=CheckOutcome.FLAG, message=NOT_RUN))
        elif code not in left_out:
            results.append(CheckResult(code=code.value, result=CheckOutcome.PASS, message=sentence))
    unheard_of = sorted(facts.unavailable - set(PASSED))
    return (*results, *(CheckResult(code=code, result=CheckOutcome.FLAG, message=NOT_RUN) for code in unheard_of))


def _merged(findings: Iterable[CheckResult]) -> Iterable[CheckResult]:
    """One row for the same words about several items."""
    merged: dict[tuple[str, CheckOutcome, str], CheckResult] = {}
    for finding in findings:
        key = (finding.code, finding.result, finding.message)
        first = merged.get(key)
        merged[key] = (
            replace(first, item_ids=tuple(dict.fromkeys((*first.item_ids, *finding.item_ids)))) if first else finding
        )
    return merged.values()


def verdict(results: Iterable[CheckResult]) -> Literal["pass", "flag", "fail"]:
    """The worst of the results; no results at all ask for a person."""
    outcomes = {result.result for result in results}
    if CheckOutcome.FAIL in outcomes:
        return "fail"
    return "pass" if outcomes == {CheckOutcome.PASS} else "flag"
