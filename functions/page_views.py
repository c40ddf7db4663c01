"""A claim as its page shows it. What is shown comes from the API's own presenters, so that no page can tell more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.history_json import MAIL, whole_history_json
from functions.history_words import detail_words
from functions.page_rendering import when
from functions.presenters import claim_json, history_json, instant, receipt_json, running_receipt
from functions.status_text import status_text
from shared.domain.claim import Actor, ActorKind, Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded, permits
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import HistoryRow
from shared.domain.reasons import ReasonCode, reason
from shared.texts import texts
from shared.usecases.callers import PARTNERS, Caller, Role
from shared.usecases.claim_history import ClaimHistory
from shared.usecases.read_sent_mails import SentMail
from shared.usecases.summaries import next_step

if TYPE_CHECKING:
    from markupsafe import Markup

_WITHOUT_GUARD = {
    "edit": (EventKind.EDITED, EventKind.AMENDED),
    "submit": (EventKind.SUBMITTED,),
    "resubmit": (EventKind.RESUBMITTED,),
    "withdraw": (EventKind.WITHDRAWN,),
    "disassociate": (EventKind.DISASSOCIATED,),
    "correct_mpn": (EventKind.MPN_CORRECTED,),
    "comment": (EventKind.COMMENTED,),
    "remove_proof": (EventKind.PROOF_REMOVED,),
}
_PREPARING = frozenset({"edit", "add_proof", "comment", "remove_proof"})


def claim_view(claim: Claim, *, caller: Caller, language: str, now: datetime) -> dict[str, Any]:
    """Everything that the page of a claim needs."""
    shown = claim_json(claim, language=language, for_programme=caller.is_programme)
    receipt = running_receipt(claim)
    codes = [*claim.reasons, *(code for item in claim.items for code in item.reasons)]
    codes += [check.code for check in claim.checks]
    return {
        "claim": shown,
        "sentence": status_sentence(claim, language=language),
        "zone": receipt.zone if receipt else "UTC",
        "receipt": receipt_json(receipt) if receipt else None,
        "reasons": reason_words(codes, language=language),
        "may": allowed(claim, caller, now=now),
        "proofs": {proof.proof_id: proof.file_name for proof in claim.proofs},
    }


def status_sentence(claim: Claim, *, language: str) -> "Markup":
    """Who must act, and by when, the time readable for machines too."""
    from markupsafe import Markup, escape

    sentence = status_text(claim, language=language)
    _, deadline = next_step(claim)
    receipt = running_receipt(claim)
    if deadline is None or receipt is None or receipt.deadline_at != deadline:
        return escape(sentence)
    before, found, after = sentence.partition(texts(language).date_time(deadline, receipt.zone))
    if not found:
        return escape(sentence)
    return Markup("{}{}{}").format(before, when(deadline, receipt.zone, language=language), after)


def reason_words(codes: Iterable[str], *, language: str) -> dict[str, dict[str, str]]:
    """Title, explanation and what to do by code; codes that are no reasons are left out."""
    words = texts(language)
    known = {code: reason(code) for code in codes if code in set(ReasonCode)}
    return {
        code: {
            "title": words.gettext(one.title),
            "explanation": words.gettext(one.explanation),
            "what_to_do": words.gettext(one.what_to_do) if one.what_to_do else "",
        }
        for code, one in known.items()
    }


def allowed(claim: Claim, caller: Caller, *, now: datetime) -> dict[str, bool]:
    """Which of the page's forms this person may use in the claim's present state."""
    is_owner = claim.organisation == caller.organisation and bool(caller.roles & PARTNERS)
    is_admin = is_owner and Role.PARTNER_ADMIN in caller.roles
    is_draft = permits(claim, EventKind.EDITED)
    found = {
        name: any(permits(claim, kind) for kind in kinds)
        and (is_admin or (is_owner and name in _PREPARING and (is_draft or name == "comment")))
        for name, kinds in _WITHOUT_GUARD.items()
    }
    found["add_proof"] = (is_admin or (is_owner and is_draft)) and _takes(claim, EventKind.PROOF_ADDED, now=now)
    found["dispute"] = is_admin and _takes(claim, EventKind.DISPUTED, now=now)
    found["comment"] = found["comment"] or (caller.is_programme and permits(claim, EventKind.COMMENTED))
    found["decide"] = caller.is_programme and permits(claim, EventKind.ACCEPTED)
    return found


def _takes(claim: Claim, kind: EventKind, *, now: datetime) -> bool:
    """Whether the claim takes the event now: its state, and the rule's condition."""
    event = Event(kind=kind, actor=Actor(kind=ActorKind.PARTNER, id=""))
    try:
        guarded(claim, event, now=now)
    except ForbiddenTransitionError:
        return False
    return True


def history_view(claim: Claim, rows: tuple[HistoryRow, ...], *, for_programme: bool, language: str) -> dict[str, Any]:
    """The events, newest first, and the words of their reasons."""
    events = history_json(claim, rows, for_programme=for_programme)["items"]
    return _timeline(events, claim, language=language)


def whole_history_view(
    history: ClaimHistory, *, for_programme: bool, language: str, letters: Mapping[str, SentMail] | None = None
) -> dict[str, Any]:
    """The same, with the mails and the looks at proofs among the events; `letters` are the mails to read, by ID."""
    entries = whole_history_json(history, for_programme=for_programme)["items"]
    read = {
        (mail.kind.value, mail.round, instant(mail.sent_at)): (letters or {}).get(mail.operation_id)
        for mail in history.mails
    }
    for entry in entries:
        if entry["kind"] == MAIL:
            entry["letter"] = read.get((entry["mail"], entry["round"], entry["sentAt"]))
    return _timeline(entries, history.claim, language=language)


def _timeline(entries: list[dict[str, Any]], claim: Claim, *, language: str) -> dict[str, Any]:
    """Newest first; `told` is what an entry's detail says, in words."""
    codes = [code for entry in entries for code in entry.get("reasons", ())]
    told = [detail_words(entry.get("detail", {}), claim, language=language) for entry in entries]
    events = [{**entry, "told": words} for entry, words in zip(entries, told, strict=True)]
    return {"events": events[::-1], "event_reasons": reason_words(codes, language=language)}
