"""What a claim would meet (functions/pre_check.py)."""

from shared.domain.slots import Availability
from tools.openapi.answers.answer import AnswerModel, Guid
from tools.openapi.answers.problem import ProblemFault


class CheckedProduct(AnswerModel):
    """One product of the request, and whether it could be claimed."""

    product_id: str | None
    subscription_id: Guid | None
    availability: Availability


class PreCheck(AnswerModel):
    """What the claim would meet if it were filed now; nothing is stored of it, and no rival is named."""

    valid: bool
    errors: list[ProblemFault]
    warnings: list[ProblemFault]
    items: list[CheckedProduct]
