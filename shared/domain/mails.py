"""The mails as data: who gets them, and in which states they still make sense (PROCESS.md, Mails)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import Status


class Audience(StrEnum):
    """Whom a mail is written to."""

    CUSTOMER = "customer"
    PARTNER = "partner"


class MailKind(StrEnum):
    """Each mail of the product; the stored values never change."""

    ASSOCIATION_REQUEST = "association-request"
    ASSOCIATION_REMINDER = "association-reminder"
    ASSOCIATION_APPROVED = "association-approved"
    ASSOCIATION_ENDED = "association-ended"
    ASSOCIATION_WITHDRAWN = "association-withdrawn"
    CLAIM_RECEIVED = "claim-received"
    CLAIM_UNDER_REVIEW = "claim-under-review"
    ACTION_REQUIRED = "action-required"
    CUSTOMER_NOTIFIED = "customer-notified"
    CLAIM_APPROVED = "claim-approved"
    CUSTOMER_OPTED_OUT = "customer-opted-out"
    CLAIM_REJECTED = "claim-rejected"
    DEADLINE_NEAR = "deadline-near"
    DRAFT_EXPIRING = "draft-expiring"
    LEGACY_DRAFT = "legacy-draft"
    ASSOCIATION_ENDING = "association-ending"
    CLAIM_ENDED = "claim-ended"
    ASSOCIATION_CONTESTED = "association-contested"


class MailStatus(StrEnum):
    """Where a send stands; `Pending` and `Sending` are outstanding, the others are final."""

    PENDING = "Pending"
    SENDING = "Sending"
    SENT = "Sent"
    CANCELLED = "Cancelled"
    FAILED = "Failed"
    BOUNCED = "Bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSpec:
    """A mail's audience, the states it may still be sent in (null: any), and whether one round may hold several.

    `details` names what of its event's detail the text needs beyond the claim.
    """

    audience: Audience
    valid_in: frozenset[Status] | None = None
    repeatable: bool = False
    needs_customer_told: bool = False
    details: tuple[str, ...] = ()


def _only(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


MAILS: Mapping[MailKind, MailSpec] = {
    MailKind.ASSOCIATION_REQUEST: MailSpec(audience=Audience.CUSTOMER, valid_in=_only(Status.PENDING_CUSTOMER)),
    MailKind.ASSOCIATION_REMINDER: MailSpec(audience=Audience.CUSTOMER, valid_in=_only(Status.PENDING_CUSTOMER)),
    MailKind.ASSOCIATION_APPROVED: MailSpec(audience=Audience.CUSTOMER, valid_in=_only(Status.APPROVED)),
    MailKind.ASSOCIATION_ENDED: MailSpec(audience=Audience.CUSTOMER, repeatable=True),
    MailKind.ASSOCIATION_WITHDRAWN: MailSpec(audience=Audience.CUSTOMER, needs_customer_told=True),
    MailKind.CLAIM_RECEIVED: MailSpec(audience=Audience.PARTNER),
    MailKind.CLAIM_UNDER_REVIEW: MailSpec(
        audience=Audience.PARTNER, valid_in=_only(Status.UNDER_REVIEW), repeatable=True
    ),
    MailKind.ACTION_REQUIRED: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.ACTION_REQUIRED)),
    MailKind.CUSTOMER_NOTIFIED: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.PENDING_CUSTOMER)),
    MailKind.CLAIM_APPROVED: MailSpec(audience=Audience.PARTNER),
    MailKind.CUSTOMER_OPTED_OUT: MailSpec(audience=Audience.PARTNER),
    MailKind.CLAIM_REJECTED: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.REJECTED), repeatable=True),
    MailKind.DEADLINE_NEAR: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.ACTION_REQUIRED)),
    MailKind.DRAFT_EXPIRING: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.DRAFT), repeatable=True),
    MailKind.LEGACY_DRAFT: MailSpec(audience=Audience.PARTNER, valid_in=_only(Status.DRAFT)),
    MailKind.ASSOCIATION_ENDING: MailSpec(
        audience=Audience.PARTNER,
        valid_in=_only(Status.APPROVED),
        repeatable=True,
        details=("draftClaimId", "endsAt"),
    ),
    MailKind.CLAIM_ENDED: MailSpec(audience=Audience.PARTNER, repeatable=True),
    MailKind.ASSOCIATION_CONTESTED: MailSpec(
        audience=Audience.PARTNER, valid_in=_only(Status.APPROVED), repeatable=True
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIntent:
    """One row of the send ledger, keyed by claim, kind, round and `n` (null where the round has just one).

    `operation_id` is the GUID that the provider is given; it never changes, so a repeated send can be recognised.
    `detail` holds what the text needs beyond the claim (JSON values).
    """

    claim_id: str
    kind: MailKind
    round: int
    n: int | None
    operation_id: str
    created_at: datetime
    status: MailStatus = MailStatus.PENDING
    attempts: int = 0
    updated_at: datetime | None = None
    not_before: datetime | None = None
    sent_at: datetime | None = None
    failure: str | None = None
    detail: Mapping[str, object] | None = None

    @property
    def outstanding(self) -> bool:
        """Whether something is still to be done for this mail."""
        return self.status in {MailStatus.PENDING, MailStatus.SENDING}
