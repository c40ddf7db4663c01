"""What is official, and what its customers use (functions/usage.py)."""

from typing import Annotated

from pydantic import Field

from tools.openapi.answers.answer import AnswerModel, ClaimId, Guid, Instant
from tools.openapi.answers.claims import ListedCustomer


class AssociatedItem(AnswerModel):
    """One product that is associated."""

    item_id: str
    product_id: str | None
    subscription_id: Guid | None
    activity: str
    programme: str
    since: Instant | None


class Association(AnswerModel):
    """What is official of one claim: for whom, for what, since when, until when."""

    claim_id: ClaimId
    number: str
    mpn_id: str
    customer: ListedCustomer
    claim_name: str | None
    origin: str | None
    items: list[AssociatedItem]
    approved_at: Instant | None
    valid_until: Instant | None


class AssociationPage(AnswerModel):
    """One page of what is official, newest first; a short or empty page may have one after it."""

    items: list[Association]
    continuation: str | None


class UsedMonth(AnswerModel):
    """What the customer used of a product in a month."""

    product_id: str
    subscription_id: Guid | None
    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    monthly_active_users: Annotated[int, Field(ge=0)]
    paid_units: Annotated[int, Field(ge=0)]
    high_water_mark: Annotated[int, Field(ge=0)]


class Usage(AnswerModel):
    """The customer's usage of what is official, month by month."""

    claim_id: ClaimId
    product_id: str | None
    items: list[UsedMonth]
