"""The sentence under a claim's status: who must act, and by when (PAGES.md, Patterns)."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.claim import Claim, Status
from shared.domain.reason_texts import N_
from shared.texts import LANGUAGES, texts
from shared.usecases.records import ClaimSummary
from shared.usecases.summaries import next_receipt

_OPEN: Mapping[Status, str] = {
    Status.DRAFT: N_("Not submitted yet. Unless it is edited, this draft is deleted after %(when)s."),
    Status.UNDER_REVIEW: N_("Waiting for a reviewer until %(when)s."),
    Status.ACTION_REQUIRED: N_("Waiting for the partner to answer until %(when)s. Without an answer it is rejected."),
    Status.PENDING_CUSTOMER: N_("Waiting for the customer until %(when)s. Without an objection it becomes official."),
    Status.REJECTED: N_("Rejected. The partner can dispute this once until %(when)s."),
}
_PLAIN: Mapping[Status, str] = {
    Status.DRAFT: N_("Not submitted yet."),
    Status.SUBMITTED: N_("Being checked. This takes a few seconds."),
    Status.UNDER_REVIEW: N_("Waiting for a reviewer."),
    Status.ACTION_REQUIRED: N_("Waiting for the partner to answer."),
    Status.PENDING_CUSTOMER: N_("The customer is being told. The time to answer begins when the mail is accepted."),
    Status.APPROVED: N_("Official. Nobody has to act."),
    Status.OPTED_OUT: N_("The customer said no. That is final."),
    Status.REJECTED: N_("Rejected. Nobody has to act."),
    Status.WITHDRAWN: N_("The partner took the claim back. That is final."),
    Status.ENDED: N_("The association has ended."),
}


def status_text(claim: Claim, *, language: str) -> str:
    """The sentence in that language, the deadline in the zone that it was counted in."""
    receipt = next_receipt(claim)
    deadline, zone = (receipt.deadline_at, receipt.zone) if receipt else (None, None)
    return _sentence(claim.status, deadline, zone=zone, language=language)


def summary_text(summary: ClaimSummary, *, language: str) -> str:
    """The same sentence for a claim in a list."""
    return _sentence(summary.status, summary.next_deadline, zone=summary.deadline_zone, language=language)


def _sentence(status: Status, deadline: datetime | None, *, zone: str | None, language: str) -> str:
    words = texts(language)
    if deadline is None or status not in _OPEN:
        return words.gettext(_PLAIN[status])
    return words.gettext(_OPEN[status]) % {"when": words.date_time(deadline, zone or "UTC")}


def wished_language(accept_language: str | None) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110, 12.5.4); English where there is none."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, parameters = part.partition(";")
        language = tag.strip().partition("-")[0].casefold()
        weight = _weight(parameters)
        if language in LANGUAGES and weight > 0:
            wishes.append((-weight, place, language))
    return min(wishes)[2] if wishes else LANGUAGES[0]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
