"""What can be claimed, and whether the app can do its work (functions/catalogue.py, functions/health.py)."""

from typing import Literal

from tools.openapi.answers.answer import AnswerModel


class NamedWord(AnswerModel):
    """A word of the contract, and its name in the reader's language."""

    id: str
    name: str


class ClaimType(AnswerModel):
    """What one activity in one solution area asks for."""

    programme: str
    solution_area: str
    activity: str
    proof_required: bool
    technical_contact: bool
    revenue_fields: bool


class Together(AnswerModel):
    """Activities that one claim may name together."""

    solution_area: str
    activities: list[str]


class Product(AnswerModel):
    """A product that can be claimed."""

    id: str
    name: str
    solution_area: str


class Reason(AnswerModel):
    """A reason code in words."""

    code: str
    title: str
    explanation: str
    what_to_do: str


class Catalogue(AnswerModel):
    """Solution areas, activities, programmes, claim types, products and reasons."""

    solution_areas: list[NamedWord]
    activities: list[NamedWord]
    programmes: list[NamedWord]
    claim_types: list[ClaimType]
    together: list[Together]
    products: list[Product]
    reasons: list[Reason]


class Health(AnswerModel):
    """The app can do its work."""

    status: Literal["ok"]
    storage: Literal["ok"]
