"""A claim's whole record as callers are shown it: events, mails and looks at proofs (PROCESS.md, History)."""

from datetime import datetime
from typing import Any

from functions.presenters import actor_json, history_json, instant
from shared.domain.mails import MAILS, MailIntent
from shared.usecases.audit_records import AuditEntry
from shared.usecases.claim_history import ClaimHistory

EVENT, MAIL, ACCESS = "event", "mail", "access"


def whole_history_json(history: ClaimHistory, *, for_programme: bool) -> dict[str, Any]:
    """Everything in order of time, events among themselves in order of seq; of mails no address is shown."""
    events = history_json(history.claim, history.rows, for_programme=for_programme)["items"]
    shown = {event["seq"]: event for event in events}
    entries: list[tuple[datetime, dict[str, Any]]] = []
    latest: datetime | None = None
    for row in history.rows:
        latest = row.at if latest is None else max(latest, row.at)
        if row.seq in shown:
            entries.append((latest, shown[row.seq]))
    entries += [(_mail_at(mail), _mail(mail)) for mail in history.mails]
    entries += [(look.at, _look(look, for_programme=for_programme)) for look in history.looks]
    return {
        "claimId": history.claim.claim_id,
        "items": [entry for _, entry in sorted(entries, key=lambda one: one[0])],
    }


def _mail_at(mail: MailIntent) -> datetime:
    """When it was sent; one that was not, when that was known, or since when it waits."""
    return mail.sent_at or mail.updated_at or mail.created_at


def _mail(mail: MailIntent) -> dict[str, Any]:
    return {
        "kind": MAIL,
        "at": instant(_mail_at(mail)),
        "mail": mail.kind.value,
        "audience": MAILS[mail.kind].audience.value,
        "status": mail.status.value,
        "sentAt": instant(mail.sent_at),
        "round": mail.round,
    }


def _look(look: AuditEntry, *, for_programme: bool) -> dict[str, Any]:
    return {
        "kind": ACCESS,
        "at": instant(look.at),
        "actor": actor_json(look.actor, for_programme=for_programme),
        "action": look.action.value,
        "proofId": look.subject,
    }
