"""The claim and what it is made of, as immutable values (PROCESS.md, Words and Fields).

A claim is changed only by `claim_states.apply`; every instant is UTC-aware, every identifier canonical (see
`identifiers`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.deadlines import Receipt
from shared.domain.sayings import Saying


class Status(StrEnum):
    """The states of PROCESS.md; the stored values never change."""

    DRAFT = "Draft"
    SUBMITTED = "Submitted"
    UNDER_REVIEW = "UnderReview"
    ACTION_REQUIRED = "ActionRequired"
    PENDING_CUSTOMER = "PendingCustomer"
    APPROVED = "Approved"
    OPTED_OUT = "OptedOut"
    REJECTED = "Rejected"
    WITHDRAWN = "Withdrawn"
    ENDED = "Ended"


class Outcome(StrEnum):
    """What became of one item of a claim."""

    CLAIMED = "claimed"
    ASSOCIATED = "associated"
    REFUSED = "refused"
    DECLINED = "declined"
    ENDED = "ended"


class ActorKind(StrEnum):
    """Who moves a claim; also who must move it next."""

    PARTNER = "partner"
    REVIEWER = "reviewer"
    CUSTOMER = "customer"
    SYSTEM = "system"
    NONE = "none"


class CheckOutcome(StrEnum):
    """What a check found: a flag asks for a person, a fail rejects."""

    PASS = "pass"  # noqa: S105 - the word of PROCESS.md, no secret
    FLAG = "flag"
    FAIL = "fail"


class Scan(StrEnum):
    """The malware scan's word on one proof; `not-scanned` where scanning is off."""

    NOT_SCANNED = "not-scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


class ApprovalGround(StrEnum):
    """Why an association became official: the customer said yes, or was told and stayed silent, or it was imported."""

    CONFIRMED = "confirmed"
    SILENCE = "silence"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: `id` is stable (an Entra object ID, a recipient's digest, a function's name), never a name."""

    kind: ActorKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person to write to; `title` is null for a partner's contact."""

    name: str
    email: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The customer as claimed: tenant ID (lower-case GUID), domain (IDNA), and what the notice may use."""

    tenant_id: str
    domain: str
    name: str | None = None
    country: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """The three extra fields of a revenue association."""

    solution_seller: str
    customer_name: str
    solution_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedProduct:
    """What a request names: one product, and the subscription where the product is held by one."""

    product_id: str | None
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing claimed: product + subscription + activity; `resource` is its slot's key, null where none is exclusive.

    `settled_at` is when the outcome last changed. `supersede` says that a reviewer decided that this item replaces the
    present holder once the customer's window ends.
    """

    item_id: str
    product_id: str | None
    subscription_id: str | None
    activity: str
    programme: str
    resource: str | None
    outcome: Outcome = Outcome.CLAIMED
    reasons: tuple[str, ...] = ()
    settled_at: datetime | None = None
    supersede: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof of execution; the bytes lie under their SHA-256 (hex), name and type are columns only."""

    proof_id: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    scan: Scan = Scan.NOT_SCANNED
    replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a person wrote on the claim; `internal` ones are for reviewers only."""

    comment_id: str
    at: datetime
    actor: Actor
    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check's word: `item_ids` and `proof_ids` name what it is about, empty for the whole claim.

    `message` is the sentence in English, for who reads the tables; `template` and `values` are what it was made of, so
    that it can be said in other languages (empty where the sentence has no gaps, and on claims of old).
    """

    code: str
    result: CheckOutcome
    message: str
    item_ids: tuple[str, ...] = ()
    proof_ids: tuple[str, ...] = ()
    template: str = ""
    values: tuple[tuple[str, str | int], ...] = ()

    @property
    def saying(self) -> str:
        """The sentence as it can be said in every language."""
        return Saying(self.template, dict(self.values)) if self.template else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a partner asserts, and where it stands.

    `revision` counts business changes (it is the API's ETag), `history_seq` and `history_hash` are the end of the
    hash chain, `round` counts submits and disputes. `organisation` is the partner's Entra tenant ID, `submitted_at` the
    first filing date, which survives resubmits. `clocks` holds the receipts of the clocks that run now, by kind,
    `reminded` the kinds whose reminder went out; `window` is the receipt of this round's customer window, kept when it
    is over, for it is what consent by silence rests on; `customer_choice` is the last choice the customer made in this
    round, `visited` are the statuses it ever had (the lists it may stand in), `entered` when it last came into each of
    them, oldest first. `incumbents_told` says when the holder of a contested item was told in this round, by its claim
    ID: nobody else may ever be displaced.
    """

    claim_id: str
    number: str
    organisation: str
    mpn_id: str
    customer: Customer
    created_at: datetime
    updated_at: datetime
    status: Status = Status.DRAFT
    solution_area: str | None = None
    activities: tuple[str, ...] = ()
    claim_name: str | None = None
    requested: tuple[RequestedProduct, ...] = ()
    items: tuple[Item, ...] = ()
    customer_contact: Contact | None = None
    technical_contact: Contact | None = None
    partner_contact: Contact | None = None
    revenue: Revenue | None = None
    proofs: tuple[Proof, ...] = ()
    comments: tuple[Comment, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    reasons: tuple[str, ...] = ()
    origin: str | None = None
    round: int = 0
    revision: int = 0
    history_seq: int = 0
    history_hash: str = ""
    visited: tuple[Status, ...] = ()
    entered: dict[str, datetime] = field(default_factory=dict)
    submitted_at: datetime | None = None
    review_since: datetime | None = None
    notice_accepted_at: datetime | None = None
    window: Receipt | None = None
    approved_at: datetime | None = None
    rejected_at: datetime | None = None
    ended_at: datetime | None = None
    valid_until: datetime | None = None
    approval_ground: ApprovalGround | None = None
    disputed: bool = False
    clocks: dict[str, Receipt] = field(default_factory=dict)
    reminded: tuple[str, ...] = ()
    customer_choice: str | None = None
    incumbents_told: dict[str, datetime] = field(default_factory=dict)

    @property
    def live_items(self) -> tuple[Item, ...]:
        """The items that are still claimed or associated."""
        return tuple(item for item in self.items if item.outcome in {Outcome.CLAIMED, Outcome.ASSOCIATED})

    @property
    def current_proofs(self) -> tuple[Proof, ...]:
        """The proofs that count: those not replaced."""
        return tuple(proof for proof in self.proofs if not proof.replaced)
