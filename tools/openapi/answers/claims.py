"""Claims as partners and the programme are shown them (functions/presenters.py)."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.claim import ActorKind, CheckOutcome, Outcome, Scan, Status
from shared.domain.mails import Audience, MailStatus
from tools.openapi.answers.answer import AnswerModel, ClaimId, Day, Guid, Instant


class Customer(AnswerModel):
    """The customer as claimed."""

    tenant_id: Guid
    domain: str
    name: str | None
    country: str | None
    language: str | None


class Contact(AnswerModel):
    """A person at the customer."""

    name: str
    title: str | None
    email: str


class PartnerContact(AnswerModel):
    """The partner's own person to write to."""

    name: str
    email: str


class Revenue(AnswerModel):
    """The extra fields of a revenue association."""

    solution_seller: str
    customer_name: str
    solution_name: str


class Item(AnswerModel):
    """One product of the claim, by activity, and what became of it."""

    item_id: str
    product_id: str
    subscription_id: Guid | None
    activity: str
    programme: str
    outcome: Outcome
    reasons: list[str]
    supersede: bool = False


class Who(AnswerModel):
    """Who did something: for a partner the kind alone."""

    kind: ActorKind
    id: str = ""


class Comment(AnswerModel):
    """What somebody said about the claim."""

    comment_id: str
    at: Instant
    actor: Who
    text: str
    internal: bool = False


class Proof(AnswerModel):
    """One proof of execution, without its bytes."""

    proof_id: str
    file_name: str
    content_type: str
    size: Annotated[int, Field(ge=0)]
    sha256: str
    uploaded_at: Instant
    scan: Scan
    replaced: bool


class AddedProof(Proof):
    """The proof that was added, and its claim."""

    claim_id: ClaimId


class Check(AnswerModel):
    """What one check found: a flag asks for a person, a fail rejects."""

    code: str
    result: CheckOutcome
    message: str
    item_ids: list[str]
    proof_ids: list[str]


class SkippedDay(AnswerModel):
    """A day that does not count, and why."""

    day: Day
    reason: str


class Receipt(AnswerModel):
    """Why a deadline is when it is; the same for everybody."""

    kind: str
    starts_at: Instant
    deadline_at: Instant
    reminder_at: Instant | None
    zone: str
    country: str | None
    calendar: str
    business_days: Annotated[int, Field(ge=0)]
    counted: list[Day]
    skipped: list[SkippedDay]


class Deadline(Receipt):
    """The receipt of the deadline that a claim waits for, or of the customer's window that is over."""

    claim_id: ClaimId


class Claim(AnswerModel):
    """A claim, as far as its reader may know of it."""

    claim_id: ClaimId
    number: str
    status: Status
    status_text: str
    round: Annotated[int, Field(ge=0)]
    origin: str | None
    mpn_id: str
    customer: Customer
    solution_area: str | None
    activities: list[str]
    claim_name: str | None
    items: list[Item]
    customer_contact: Contact | None
    technical_contact: Contact | None
    partner_contact: PartnerContact | None
    revenue: Revenue | None
    comments: list[Comment]
    proofs: list[Proof]
    checks: list[Check]
    reasons: list[str]
    disputed: bool
    submitted_at: Instant | None
    notice_accepted_at: Instant | None
    opt_out_deadline: Instant | None
    approved_at: Instant | None
    ended_at: Instant | None
    valid_until: Instant | None
    next_actor: ActorKind
    next_deadline: Instant | None
    created_at: Instant
    updated_at: Instant
    revision: Annotated[int, Field(ge=0)]
    organisation: str = ""
    clocks: Annotated[dict[str, Receipt], Field(default_factory=dict)]


class HistoryEvent(AnswerModel):
    """One thing that happened to the claim."""

    kind: Literal["event"]
    seq: Annotated[int, Field(ge=1)]
    at: Instant
    actor: Who
    event: str
    from_: Annotated[Status | None, Field(alias="from")]
    to: Status | None
    reasons: list[str]
    detail: dict[str, object]
    hash: str
    previous_hash: str


class HistoryMail(AnswerModel):
    """One mail about the claim, without its address."""

    kind: Literal["mail"]
    at: Instant
    mail: str
    audience: Audience
    status: MailStatus
    sent_at: Instant | None
    round: Annotated[int, Field(ge=0)]


class HistoryLook(AnswerModel):
    """Somebody downloaded a proof. Partners are shown those of their own organisation."""

    kind: Literal["access"]
    at: Instant
    actor: Who
    action: str
    proof_id: str


class History(AnswerModel):
    """Everything that happened to the claim, oldest first."""

    claim_id: ClaimId
    items: list[HistoryEvent | HistoryMail | HistoryLook]


class ListedCustomer(AnswerModel):
    """The customer, as a list names it."""

    tenant_id: Guid
    domain: str
    name: str | None


class ListedClaim(AnswerModel):
    """A claim, as a list shows it."""

    claim_id: ClaimId
    number: str
    status: Status
    mpn_id: str
    customer: ListedCustomer
    claim_name: str | None
    solution_area: str | None
    activities: list[str]
    product_ids: list[str]
    next_actor: ActorKind
    next_deadline: Instant | None
    deadline_zone: str | None
    submitted_at: Instant | None
    created_at: Instant
    updated_at: Instant
    revision: Annotated[int, Field(ge=0)]
    organisation: str = ""
    contested: bool = False


class ClaimPage(AnswerModel):
    """One page of a list of claims; a short or empty page may have one after it."""

    items: list[ListedClaim]
    continuation: str | None
