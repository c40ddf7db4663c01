"""What the use cases hand to storage and get back: plain values, no service's types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.claim import Claim, Outcome, Status
from shared.domain.errors import DomainError
from shared.domain.history import HistoryRow
from shared.domain.mails import MailIntent, MailKind
from shared.domain.slots import Slot
from shared.domain.stages import StageTimes


class ConflictError(DomainError):
    """Somebody else changed what was read; read again and look."""

    code = "state-conflict"


class ServiceUnavailableError(DomainError):
    """A service that the work needs did not answer; the same work may go through later."""

    code = "service-unavailable"


class KeyReusedError(DomainError):
    """The Idempotency-Key was used before for another payload."""

    code = "idempotency-key-reused"


class InFlightError(DomainError):
    """Another request with this Idempotency-Key is being worked on."""

    code = "in-flight"


class MailThrottledError(DomainError):
    """The provider takes no more mail now; `retry_after` is how long it asks to wait."""

    code = "mail-throttled"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("The mail provider asks to wait.")
        self.retry_after = retry_after


class MailRefusedError(DomainError):
    """The provider will never take this mail (a bad address, a blocked recipient)."""

    code = "mail-refused"


OPERATIONS_AT_MOST = 100
"""How many table operations one transaction holds."""


class TooManyIncumbentsError(DomainError):
    """The decision needs more than one transaction can hold."""

    code = "too-many-incumbents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned[T]:
    """A stored value and the version (ETag) it was read at."""

    value: T
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWrite:
    """One claim's part of a commit: `after` null deletes it, `version` null inserts it; `row` is its new history row.

    `mails` are the intents that the event adds to the ledger.
    """

    before: Claim | None
    version: str | None
    after: Claim | None
    row: HistoryRow
    mails: tuple[MailIntent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWrite:
    """A slot's new value; `version` null inserts it."""

    slot: Slot
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWrite:
    """A ledger row's new value, at the version it was read."""

    mail: MailIntent
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One entity group transaction: everything in it happens, or nothing does (STORAGE.md, Order of writes)."""

    tenant_id: str
    operation_id: str
    claims: tuple[ClaimWrite, ...]
    slots: tuple[SlotWrite, ...] = ()
    mails: tuple[MailWrite, ...] = ()

    @property
    def operations(self) -> int:
        """How many table operations it takes."""
        return sum(2 + len(write.mails) for write in self.claims) + len(self.slots) + len(self.mails)


class Queue(StrEnum):
    """The work queues."""

    VERIFY = "verify-claims"
    EFFECTS = "claim-effects"
    DEADLINES = "claim-deadlines"
    DELIVERY = "delivery-reports"
    EVENTS = "claim-events"
    SCANS = "scan-results"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMessage:
    """Say "look at this claim": the handler does whatever is outstanding, so that repeats are harmless.

    `step` says who sent it (for the log and the recovery), `sent_at` when it was first sent; `deadline` names the due
    row that a deadline message is about, `correlation` the request that it all began with. `watched` are the versions
    of mails that somebody was sending when this message was sent, a whole lease ago.
    """

    claim_id: str
    step: str
    sent_at: datetime
    deadline: "DeadlineRow | None" = None
    correlation: str | None = None
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message as its sender may hasten it or take it back; `receipt` is the queue's own."""

    queue: Queue
    message: WorkMessage
    message_id: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """A clock that must be looked at at `due_at` (deadline plus margin, or the reminder's hour)."""

    kind: str
    claim_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSummary:
    """A claim as lists show it; a projection, the source of no decision."""

    claim_id: str
    number: str
    organisation: str
    mpn_id: str
    tenant_id: str
    domain: str
    customer_name: str | None
    claim_name: str | None
    status: Status
    solution_area: str | None
    activities: tuple[str, ...]
    product_ids: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    contested: bool
    next_actor: str
    next_deadline: datetime | None
    deadline_zone: str | None
    submitted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    revision: int
    stages: StageTimes = field(default_factory=StageTimes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One list's question: a partner's list where `organisation` is given, else the reviewers' list of a status.

    `due_before` and `due_from` are about a reviewer's time to decide; `urgent_first` asks for the reviewers' queue, the
    claims under review by that time instead of the newest first.
    """

    organisation: str | None = None
    status: Status | None = None
    mpn_id: str | None = None
    tenant_id: str | None = None
    solution_area: str | None = None
    activity: str | None = None
    product_id: str | None = None
    submitted_from: datetime | None = None
    submitted_to: datetime | None = None
    q: str | None = None
    contested: bool | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    urgent_first: bool = False
    top: int = 50
    continuation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Some of a list, in its order; `continuation` null at its end (a short page may still have one)."""

    items: tuple[ClaimSummary, ...]
    continuation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOperation:
    """Which claim's mail a provider's operation ID belongs to."""

    operation_id: str
    claim_id: str
    kind: MailKind
    round: int
    n: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """The provider's word on one mail: `status` as it says it ("Delivered", "Bounced", …)."""

    operation_id: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A place in the idempotency table: this request, and no other, may make the claim."""

    organisation: str
    key_digest: str
    claim_id: str
    payload_hash: str
    version: str
    taken_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """What an idempotency key stands for; `made` is false while its claim is being made."""

    claim_id: str
    payload_hash: str
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail ready to go: one recipient, plain text and HTML."""

    to: str
    recipient_name: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that failed for good, kept where it does not expire.

    `at` is when it failed last; `replayed_at` and `replayed_by` (a person's stable ID) are the last try to work it off.
    """

    letter_id: str
    queue: str
    body: str
    claim_id: str | None
    at: datetime
    replayed_at: datetime | None = None
    replayed_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody: it was never put back, or has failed again since."""
        return self.replayed_at is None or self.at > self.replayed_at
