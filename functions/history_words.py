"""What a history row's detail says, in words: names instead of IDs, times with their zone (PAGES.md, Patterns)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from functions.claim_fields_form import label_of
from functions.page_words import CHECKS
from shared.domain.catalogue import catalogue
from shared.domain.claim import Claim
from shared.domain.reason_texts import N_
from shared.domain.reasons import ReasonCode, reason
from shared.texts import texts
from shared.texts.texts import Texts

_DEADLINES: Mapping[str, str] = {
    "draft": N_("Draft kept until"),
    "review": N_("Reviewers answer until"),
    "action-required": N_("Partner answers until"),
    "opt-out": N_("Customer may object until"),
    "dispute": N_("Dispute possible until"),
    "incumbent-response": N_("Present partner answers until"),
}
_LABELS: Mapping[str, str] = {
    "items": N_("Products"),
    "dropped": N_("Dropped"),
    "refused": N_("Refused"),
    "fields": N_("Changed"),
    "proofs": N_("Proofs"),
    "proofId": N_("Proof"),
    "sha256": N_("SHA-256 of the file"),
    "checks": N_("Checks"),
    "status": N_("Report"),
    "reportedAt": N_("Reported at"),
    "mpnFrom": N_("MPN ID before"),
    "mpnTo": N_("MPN ID after"),
}


def detail_words(detail: Mapping[str, Any], claim: Claim, *, language: str) -> list[tuple[str, str]]:
    """Label and value of each thing that the row tells; what has no words here is left as it is stored."""
    words = texts(language)
    said: dict[str, Callable[[Any], str]] = {
        "items": lambda value: _listed([_item(claim, one) for one in value], words),
        "dropped": lambda value: _listed([_item(claim, one) for one in value], words),
        "refused": lambda value: _listed([_item(claim, one) for one in value], words),
        "fields": lambda value: _listed([words.gettext(label_of(one)) or one for one in value], words),
        "proofs": lambda value: _listed([_proof(claim, one) for one in value], words),
        "proofId": lambda value: _proof(claim, value),
        "checks": lambda value: _checks(value, words),
        "reportedAt": lambda value: words.date_time(datetime.fromisoformat(value), "UTC"),
    }
    told: list[tuple[str, str]] = []
    for name, value in detail.items():
        if name == "deadlines" and isinstance(value, Mapping):
            told += [_deadline(kind, one, words) for kind, one in value.items()]
            continue
        label = words.gettext(_LABELS[name]) if name in _LABELS else name
        if value not in ("", [], {}, None):
            told.append((label, _said(said.get(name), value)))
    return told


def _said(say: Callable[[Any], str] | None, value: Any) -> str:
    """In words where the value is as expected; an old row's may be anything."""
    try:
        return say(value) if say else str(value)
    except (AttributeError, TypeError, ValueError):
        return str(value)


def _deadline(kind: str, receipt: Mapping[str, Any], words: Texts) -> tuple[str, str]:
    label = words.gettext(_DEADLINES[kind]) if kind in _DEADLINES else kind
    until = words.date_time(datetime.fromisoformat(receipt["deadlineAt"]), receipt["zone"])
    return label, f"{until}; {receipt['calendar']}"


def _item(claim: Claim, item_id: str) -> str:
    known = next((item for item in claim.items if item.item_id == item_id), None)
    product = catalogue().product(known.product_id) if known and known.product_id else None
    return product.name if product else item_id


def _proof(claim: Claim, proof: str) -> str:
    return next((one.file_name for one in claim.proofs if proof in {one.proof_id, one.sha256}), proof)


def _checks(results: Mapping[str, str], words: Texts) -> str:
    """Each check that did not pass, and how many did: a check's title says what it found, so it fits no pass."""
    passed = sum(1 for result in results.values() if result == "pass")
    open_ = [_check(code, result, words) for code, result in results.items() if result != "pass"]
    count = words.ngettext("%(num)d check passed", "%(num)d checks passed", passed) % {"num": passed}
    return "; ".join([*open_, count])


def _check(code: str, result: str, words: Texts) -> str:
    title = words.gettext(reason(code).title) if code in set(ReasonCode) else code
    return f"{title} ({words.gettext(CHECKS[result]).lower()})" if result in CHECKS else f"{title} ({result})"


def _listed(parts: list[str], words: Texts) -> str:
    return words.listing(list(dict.fromkeys(parts)))
