"""The request as the customer is shown it (functions/customer_presenter.py)."""

from typing import Literal

from shared.domain.claim import Outcome, Status
from tools.openapi.answers.answer import AnswerModel, ClaimId, Guid, Instant
from tools.openapi.answers.claims import Receipt


class RequestingCustomer(AnswerModel):
    """The customer, as the request names it."""

    name: str | None
    domain: str


class RequestedItem(AnswerModel):
    """One product that the partner asks for."""

    item_id: str
    product_id: str
    product_name: str
    subscription_id: Guid | None
    activity: str
    outcome: Outcome


class AssociationRequest(AnswerModel):
    """Who claims which products, what the partner will and will not see, until when, and what was answered."""

    claim_id: ClaimId
    number: str
    status: Status
    status_text: str
    partner_name: str
    customer: RequestingCustomer
    items: list[RequestedItem]
    partner_will_see: list[str]
    partner_will_not_see: list[str]
    notice_accepted_at: Instant | None
    deadline: Receipt | None
    approved_at: Instant | None
    ended_at: Instant | None
    outcome: str | None
    choices: list[Literal["confirm", "optOut", "wrongPerson", "revoke"]]
