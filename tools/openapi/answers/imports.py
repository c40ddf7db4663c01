"""What became of the rows of an import (functions/import_answers.py)."""

from typing import Annotated

from pydantic import Field

from shared.usecases.import_results import RowOutcome
from tools.openapi.answers.answer import AnswerModel, ClaimId
from tools.openapi.answers.problem import ProblemFault


class ImportCounts(AnswerModel):
    """How many rows ended how."""

    created: Annotated[int, Field(ge=0)]
    updated: Annotated[int, Field(ge=0)]
    unchanged: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]


class ImportedRow(AnswerModel):
    """What became of one row."""

    row: Annotated[int, Field(ge=1)]
    key: str
    result: RowOutcome
    claim_id: ClaimId | None = None
    errors: Annotated[list[ProblemFault], Field(default_factory=list)]


class ImportResult(AnswerModel):
    """What became of the file, row by row, in the file's order."""

    dry_run: bool
    counts: ImportCounts
    rows: list[ImportedRow]
