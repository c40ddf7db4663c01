"""Checks of the proof of execution (PROCESS.md, Checks, 6)."""

from collections.abc import Iterator

from shared.domain.check_facts import Case, fail, flag
from shared.domain.claim import CheckResult
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say

_BROKEN = {
    code.value: ReasonCode.POE_UNREADABLE
    for code in (ReasonCode.POE_UNREADABLE, ReasonCode.POE_TYPE, ReasonCode.POE_EMPTY, ReasonCode.POE_TOO_LARGE)
}
_FAILS = {
    ReasonCode.POE_MISSING: say("A proof of execution is not there any more."),
    ReasonCode.POE_UNREADABLE: say("A proof of execution is of the wrong kind or cannot be opened."),
    ReasonCode.POE_INFECTED: say("The malware scan refused a proof of execution."),
}
_FLAGS = {
    ReasonCode.POE_ACTIVE_CONTENT: say("A proof of execution holds scripts, embedded files or actions."),
    ReasonCode.POE_OLDER_THAN_12_MONTHS: say("The newest date in the proof is more than 12 months before submission."),
    ReasonCode.POE_NO_DATE: say("No date was found in the proof."),
    ReasonCode.POE_NO_CUSTOMER_NAME: say("Neither the customer's name nor its domain was found in the proof."),
    ReasonCode.POE_NO_PRODUCT_MENTIONED: say("A claimed product is not named in the proof."),
    ReasonCode.POE_NO_SIGNATURE_FOUND: say("No signature was found in the proof."),
    ReasonCode.POE_NOT_MACHINE_READABLE: say("The proof has no text that a program can read; a reviewer looks at it."),
}
OF_THE_TEXT = frozenset(
    {
        ReasonCode.POE_OLDER_THAN_12_MONTHS,
        ReasonCode.POE_NO_DATE,
        ReasonCode.POE_NO_CUSTOMER_NAME,
        ReasonCode.POE_NO_PRODUCT_MENTIONED,
        ReasonCode.POE_NO_SIGNATURE_FOUND,
    }
)
"""The checks that only a proof with text can pass."""


def proof_findings(case: Case) -> Iterator[CheckResult]:
    """Check 6: the proofs are there, can be opened, are clean, and say who, what, when and signed by whom."""
    if not case.claim.current_proofs:
        yield fail(ReasonCode.POE_MISSING, say("The claim has no proof of execution."))
        return
    if not case.facts.proofs:
        yield flag(ReasonCode.POE_NOT_MACHINE_READABLE, say("The proof was not read; a reviewer looks at it."))
        return
    against = _by_code(case)
    for code, sentence in _FAILS.items():
        if code in against:
            yield fail(code, sentence, proofs=against[code])
    for code, sentence in _FLAGS.items():
        if code is ReasonCode.POE_NO_PRODUCT_MENTIONED and code in against:
            yield _unnamed_products(case, sentence, against[code])
        elif code in against:
            yield flag(code, sentence, proofs=against[code])


def _by_code(case: Case) -> dict[ReasonCode, tuple[str, ...]]:
    """The proofs that each code stands against."""
    against: dict[ReasonCode, tuple[str, ...]] = {}
    for proof in case.facts.proofs:
        codes = {_BROKEN.get(code, ReasonCode(code)) for code in proof.codes}
        if proof.products_missing:
            codes.add(ReasonCode.POE_NO_PRODUCT_MENTIONED)
        for code in codes:
            against[code] = (*against.get(code, ()), proof.proof_id)
    return against


def _unnamed_products(case: Case, sentence: str, proofs: tuple[str, ...]) -> CheckResult:
    missing = {name for proof in case.facts.proofs for name in proof.products_missing}
    concerned = [item for item in case.claim.live_items if item.product_id in missing]
    known = {product.id: product.name for product in case.catalogue.products}
    names = [known.get(name, name) for name in dict.fromkeys(item.product_id or "" for item in concerned)]
    if names:
        sentence = say("Not named in the proof: %(products)s.", products=", ".join(names))
    return flag(
        ReasonCode.POE_NO_PRODUCT_MENTIONED,
        sentence,
        items=tuple(item.item_id for item in concerned),
        proofs=proofs,
    )


def text_was_read(findings: tuple[CheckResult, ...]) -> bool:
    """Whether the text of a proof was looked at, so that the checks of the text can have passed."""
    unread = {
        ReasonCode.POE_MISSING,
        ReasonCode.POE_UNREADABLE,
        ReasonCode.POE_INFECTED,
        ReasonCode.POE_NOT_MACHINE_READABLE,
    }
    return not any(finding.code in unread for finding in findings)
