"""What can happen to a claim, in the past tense; the stored values never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import Actor, CheckResult, Comment, Item, Proof


class EventKind(StrEnum):
    """Every event of PROCESS.md's state table, and those that leave the state as it is."""

    DRAFTED = "drafted"
    LEGACY_DRAFTED = "legacy-drafted"
    DRAFT_TOLD = "draft-told"
    EDITED = "edited"
    DISCARDED = "discarded"
    DRAFT_EXPIRED = "draft-expired"
    SUBMITTED = "submitted"
    RESUBMITTED = "resubmitted"
    AMENDED = "amended"
    PROOF_ADDED = "proof-added"
    PROOF_REMOVED = "proof-removed"
    COMMENTED = "commented"
    MPN_CORRECTED = "mpn-corrected"
    WITHDRAWN = "withdrawn"
    CHECKS_PASSED = "checks-passed"
    CHECKS_FLAGGED = "checks-flagged"
    CHECKS_FAILED = "checks-failed"
    ACCEPTED = "accepted"
    INFORMATION_REQUESTED = "information-requested"
    REVIEW_REJECTED = "rejected"
    INCUMBENT_NOTIFIED = "incumbent-notified"
    CONTEST_NOTICED = "contest-noticed"
    ANSWER_OVERDUE = "answer-overdue"
    DISPUTED = "disputed"
    REMINDER_DUE = "reminder-due"
    NOTICE_ACCEPTED = "notice-accepted"
    NOTICE_UNDELIVERED = "notice-undelivered"
    CONTACT_WRONG = "contact-wrong"
    ITEMS_DECLINED = "items-declined"
    OPTED_OUT = "opted-out"
    CONFIRMED = "confirmed"
    DEADLINE_PASSED = "deadline-passed"
    NOTICE_FOUND_UNDELIVERED = "notice-found-undelivered"
    DELIVERY_FAILURE_RECORDED = "delivery-failure-recorded"
    DISASSOCIATED = "disassociated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    EXTENDED = "extended"
    ENDING_NEAR = "ending-near"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event and what it carries.

    `item_ids` are the items it is about (for most events empty: all live ones); `changes` maps names of Claim fields to
    their new values; `detail` goes to the history and must hold JSON values, never a mail address or a file name.
    `at` is when it happened where that differs from when it is recorded (the provider's acceptance).
    """

    kind: EventKind
    actor: Actor
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    item_ids: frozenset[str] = frozenset()
    item_reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    supersede: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    proof: Proof | None = None
    comment: Comment | None = None
    changes: Mapping[str, object] = field(default_factory=dict)
    detail: Mapping[str, object] = field(default_factory=dict)
