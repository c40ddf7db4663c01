"""What went wrong (RFC 9457)."""

from typing import Annotated

from pydantic import Field

from tools.openapi.answers.answer import AnswerModel


class ProblemFault(AnswerModel):
    """One fault of the request."""

    pointer: str
    code: str
    message: str


class Problem(AnswerModel):
    """Why the request was not carried out; nothing of it was done."""

    type: Annotated[str, Field(pattern=r"^urn:cpor:problem:[a-z0-9-]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    errors: list[ProblemFault]
    correlation_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
