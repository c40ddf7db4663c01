"""What reviewers are written about, once a business day: plain values, no service's types (PROCESS.md, Mails)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DigestKind(StrEnum):
    """The digests; the stored values never change."""

    NEW = "review-new"
    OVERDUE = "review-overdue"


class DigestStatus(StrEnum):
    """Where a day's digest stands; `Pending` and `Sending` are outstanding, the others are final for the day."""

    PENDING = "Pending"
    SENDING = "Sending"
    SENT = "Sent"
    NOTHING = "Nothing"
    FAILED = "Failed"


TOLD = frozenset({DigestStatus.SENT, DigestStatus.NOTHING})
"""What was up to `until` need not be told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One row of the digests' ledger: one kind, one day (in the policy's zone).

    It tells what happened after `since` (null: since ever) up to `until`; `operation_id` is the GUID that the provider
    is given.
    """

    kind: DigestKind
    day: date
    since: datetime | None
    until: datetime
    status: DigestStatus
    operation_id: str
    updated_at: datetime
    sent_at: datetime | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingClaim:
    """A claim that waits for a reviewer: `why` are codes of the checks that are not passed."""

    claim_id: str
    number: str
    partner_name: str
    why: tuple[str, ...]
    disputed: bool
    deadline: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredClaim:
    """An association that ended because its notice turned out to be undelivered."""

    claim_id: str
    number: str
    partner_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedWork:
    """A message that failed for good; claim and number are null where it is about none that is there."""

    queue: str
    at: datetime
    claim_id: str | None
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDigest:
    """What one digest tells; `more` where there are further claims that it does not list."""

    kind: DigestKind
    waiting: tuple[WaitingClaim, ...] = ()
    more: bool = False
    undelivered: tuple[UndeliveredClaim, ...] = ()
    failed: tuple[FailedWork, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write about."""
        return not (self.waiting or self.undelivered or self.failed)
