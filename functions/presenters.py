"""Claims as callers are shown them (API.md, Claim JSON).

A partner never sees who reviewed, what reviewers wrote among themselves, or anything of a rival: what is for reviewers
alone is added for them, not taken away from others.
"""

from datetime import UTC, datetime
from typing import Any

from functions.status_text import status_text
from shared.domain.claim import Actor, ActorKind, Claim, Comment, Contact, Item, Proof
from shared.domain.claim_events import EventKind
from shared.domain.deadlines import Receipt
from shared.domain.history import HistoryRow
from shared.texts import texts
from shared.texts.said import said
from shared.usecases.records import ClaimSummary, ListPage
from shared.usecases.summaries import next_receipt, next_step

_TOLD_TO_PARTNERS = frozenset(
    {
        "proofs",
        "items",
        "proofId",
        "sha256",
        "fields",
        "dropped",
        "checks",
        "refused",
        "status",
        "reportedAt",
        "deadlines",
        "mpnFrom",
        "mpnTo",
    }
)
_FOR_REVIEWERS = frozenset({EventKind.INCUMBENT_NOTIFIED.value})


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second; null for null."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def claim_json(claim: Claim, *, language: str, for_programme: bool) -> dict[str, Any]:
    """Everything of a claim that the reader may know."""
    actor, deadline = next_step(claim)
    words = texts(language)
    shown: dict[str, Any] = {
        "claimId": claim.claim_id,
        "number": claim.number,
        "status": claim.status.value,
        "statusText": status_text(claim, language=language),
        "round": claim.round,
        "origin": claim.origin,
        "mpnId": claim.mpn_id,
        "customer": {
            "tenantId": claim.customer.tenant_id,
            "domain": claim.customer.domain,
            "name": claim.customer.name,
            "country": claim.customer.country,
            "language": claim.customer.language,
        },
        "solutionArea": claim.solution_area,
        "activities": list(claim.activities),
        "claimName": claim.claim_name,
        "items": [_item(item, for_programme=for_programme) for item in claim.items],
        "customerContact": _contact(claim.customer_contact),
        "technicalContact": _contact(claim.technical_contact),
        "partnerContact": {"name": claim.partner_contact.name, "email": claim.partner_contact.email}
        if claim.partner_contact
        else None,
        "revenue": {
            "solutionSeller": claim.revenue.solution_seller,
            "customerName": claim.revenue.customer_name,
            "solutionName": claim.revenue.solution_name,
        }
        if claim.revenue
        else None,
        "comments": [
            comment_json(comment, for_programme=for_programme)
            for comment in claim.comments
            if for_programme or not comment.internal
        ],
        "proofs": [proof_json(proof) for proof in claim.proofs],
        "checks": [
            {
                "code": check.code,
                "result": check.result.value,
                "message": said(words, check.saying),
                "itemIds": list(check.item_ids),
                "proofIds": list(check.proof_ids),
            }
            for check in claim.checks
        ],
        "reasons": list(claim.reasons),
        "disputed": claim.disputed,
        "submittedAt": instant(claim.submitted_at),
        "noticeAcceptedAt": instant(claim.notice_accepted_at),
        "optOutDeadline": instant(claim.window.deadline_at if claim.window else None),
        "approvedAt": instant(claim.approved_at),
        "endedAt": instant(claim.ended_at),
        "validUntil": instant(claim.valid_until),
        "nextActor": actor.value,
        "nextDeadline": instant(deadline),
        "createdAt": instant(claim.created_at),
        "updatedAt": instant(claim.updated_at),
        "revision": claim.revision,
    }
    if for_programme:
        shown["organisation"] = claim.organisation
        shown["clocks"] = {kind: receipt_json(receipt) for kind, receipt in claim.clocks.items()}
    return shown


def _item(item: Item, *, for_programme: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "itemId": item.item_id,
        "productId": item.product_id,
        "subscriptionId": item.subscription_id,
        "activity": item.activity,
        "programme": item.programme,
        "outcome": item.outcome.value,
        "reasons": list(item.reasons),
    }
    return {**shown, "supersede": item.supersede} if for_programme else shown


def _contact(contact: Contact | None) -> dict[str, str | None] | None:
    return {"name": contact.name, "title": contact.title, "email": contact.email} if contact else None


def comment_json(comment: Comment, *, for_programme: bool) -> dict[str, Any]:
    """What somebody said."""
    shown: dict[str, Any] = {
        "commentId": comment.comment_id,
        "at": instant(comment.at),
        "actor": actor_json(comment.actor, for_programme=for_programme),
        "text": comment.text,
    }
    return {**shown, "internal": comment.internal} if for_programme else shown


def actor_json(actor: Actor, *, for_programme: bool) -> dict[str, str]:
    """Who did something: for a partner the kind alone."""
    return {"kind": actor.kind.value, "id": actor.id} if for_programme else {"kind": actor.kind.value}


def proof_json(proof: Proof) -> dict[str, Any]:
    """One proof, without its bytes."""
    return {
        "proofId": proof.proof_id,
        "fileName": proof.file_name,
        "contentType": proof.content_type,
        "size": proof.size,
        "sha256": proof.sha256,
        "uploadedAt": instant(proof.uploaded_at),
        "scan": proof.scan.value,
        "replaced": proof.replaced,
    }


def history_json(claim: Claim, rows: tuple[HistoryRow, ...], *, for_programme: bool) -> dict[str, Any]:
    """The claim's events, oldest first."""
    shown = [row for row in rows if for_programme or not _is_for_reviewers(claim, row)]
    return {
        "claimId": claim.claim_id,
        "items": [
            {
                "kind": "event",
                "seq": row.seq,
                "at": instant(row.at),
                "actor": actor_json(row.actor, for_programme=for_programme),
                "event": row.event,
                "from": row.from_status or None,
                "to": row.to_status or None,
                "reasons": list(row.reasons),
                "detail": {
                    name: value for name, value in row.detail.items() if for_programme or name in _TOLD_TO_PARTNERS
                },
                "hash": row.hash,
                "previousHash": row.previous_hash,
            }
            for row in shown
        ],
    }


def _is_for_reviewers(claim: Claim, row: HistoryRow) -> bool:
    """Whether the row tells of an incumbent, or of what reviewers said among themselves."""
    if row.event == EventKind.COMMENTED.value and row.actor.kind is ActorKind.REVIEWER:
        return any(one.internal and one.at == row.at and one.actor == row.actor for one in claim.comments)
    return row.event in _FOR_REVIEWERS


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Why a deadline is when it is; the same for everybody."""
    return {
        "kind": receipt.kind,
        "startsAt": instant(receipt.starts_at),
        "deadlineAt": instant(receipt.deadline_at),
        "reminderAt": instant(receipt.reminder_at),
        "zone": receipt.zone,
        "country": receipt.country or None,
        "calendar": receipt.calendar,
        "businessDays": receipt.business_days,
        "counted": [day.isoformat() for day in receipt.counted],
        "skipped": [{"day": skipped.day.isoformat(), "reason": skipped.reason} for skipped in receipt.skipped],
    }


def running_receipt(claim: Claim) -> Receipt | None:
    """The receipt of the deadline that the claim waits for, else of the customer's window that is over; or null."""
    return next_receipt(claim) or claim.window


def list_json(page: ListPage, *, for_programme: bool) -> dict[str, Any]:
    """One page of a list."""
    return {
        "items": [_summary(summary, for_programme=for_programme) for summary in page.items],
        "continuation": page.continuation,
    }


def _summary(summary: ClaimSummary, *, for_programme: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "claimId": summary.claim_id,
        "number": summary.number,
        "status": summary.status.value,
        "mpnId": summary.mpn_id,
        "customer": {"tenantId": summary.tenant_id, "domain": summary.domain, "name": summary.customer_name},
        "claimName": summary.claim_name,
        "solutionArea": summary.solution_area,
        "activities": list(summary.activities),
        "productIds": list(summary.product_ids),
        "nextActor": summary.next_actor,
        "nextDeadline": instant(summary.next_deadline),
        "deadlineZone": summary.deadline_zone,
        "submittedAt": instant(summary.submitted_at),
        "createdAt": instant(summary.created_at),
        "updatedAt": instant(summary.updated_at),
        "revision": summary.revision,
    }
    if for_programme:
        shown |= {"organisation": summary.organisation, "contested": summary.contested}
    return shown
