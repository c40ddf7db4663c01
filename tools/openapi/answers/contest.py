"""A claim as reviewers see it, with both sides of a contest (functions/contest_json.py)."""

from typing import Literal

from shared.domain.claim import Status
from tools.openapi.answers.answer import AnswerModel, ClaimId, Guid, Instant
from tools.openapi.answers.claims import Claim, Comment, Proof, Receipt


class Rival(AnswerModel):
    """Another claim's item on the slot of a contested one."""

    claim_id: ClaimId
    item_id: str
    programme: str
    place: Literal["holder", "pending"]


class ContestedItem(AnswerModel):
    """One of the claim's open items, and who else stands on its slot now."""

    item_id: str
    product_id: str | None
    subscription_id: Guid | None
    activity: str
    rivals: list[Rival]


class ContestSide(AnswerModel):
    """One claim of the contest."""

    claim_id: ClaimId
    number: str
    status: Status
    organisation: str
    partner_name: str
    mpn_id: str
    submitted_at: Instant | None
    approved_at: Instant | None
    ended_at: Instant | None
    told_at: Instant | None
    window: Receipt | None
    proofs: list[Proof]
    comments: list[Comment]


class Contest(AnswerModel):
    """The contested items, and both sides, the claim's own first."""

    noticed_at: Instant | None
    window: Receipt | None
    window_over: bool
    items: list[ContestedItem]
    sides: list[ContestSide]


class ReviewedClaim(Claim):
    """Everything about one claim, for the programme."""

    contest: Contest | None
