"""What operators are shown (functions/operations_json.py)."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.claim import Status
from shared.usecases.due_plans import DueOutcome, DueReason
from tools.openapi.answers.answer import AnswerModel, ClaimId, Instant
from tools.openapi.answers.claims import Receipt


class DeadLetterReport(AnswerModel):
    """A delivery report that could not be recorded."""

    operation_id: str
    status: str


class DeadLetterDeadline(AnswerModel):
    """A deadline that could not be acted upon."""

    kind: str
    due_at: Instant


class DeadLetterWork(AnswerModel):
    """What the message asks for: a claim's work, or delivery reports to be recorded."""

    reports: Annotated[list[DeadLetterReport], Field(default_factory=list)]
    claim_id: str | None = None
    step: str | None = None
    sent_at: Instant | None = None
    deadline: DeadLetterDeadline | None = None


class DeadLetter(AnswerModel):
    """A message that failed for good; of its body only the work that it asked for."""

    id: str
    queue: str
    at: Instant
    claim_id: str | None
    what: str
    readable: bool
    work: DeadLetterWork | None
    open: bool
    replayed_at: Instant | None
    replayed_by: str | None


class DeadLetterPage(AnswerModel):
    """One page of dead letters, oldest day first."""

    items: list[DeadLetter]
    continuation: str | None


class Erasure(AnswerModel):
    """What was blanked of a person on a claim."""

    claim_id: str
    erased: list[Literal["customerContact", "technicalContact", "partnerContact", "comments"]]


class ForeseenRow(AnswerModel):
    """A clock that is due, what would happen, and why."""

    claim_id: ClaimId
    number: str | None
    status: Status | None
    kind: str
    due_at: Instant
    outcome: DueOutcome
    why: DueReason
    text: str
    deadline: Receipt | None


class FinalizationResult(AnswerModel):
    """What was started (`handedOut`, `more`), or for a dry run what would happen (`items`, `continuation`)."""

    dry_run: bool
    as_of: Instant
    handed_out: Annotated[int, Field(ge=0)] = 0
    more: bool = False
    items: Annotated[list[ForeseenRow], Field(default_factory=list)]
    continuation: str | None = None


class HistoryBreak(AnswerModel):
    """A place where the history is not as it was written."""

    seq: Annotated[int, Field(ge=0)]
    what: str


class HistoryVerdict(AnswerModel):
    """What a recomputed history says."""

    claim_id: ClaimId
    intact: bool
    rows: int | None
    head_matches: bool
    breaks: list[HistoryBreak]


class StageFigures(AnswerModel):
    """How long a stage took, in hours, over the claims filed since `stagesSince`."""

    count: Annotated[int, Field(ge=0)]
    median_hours: float | None
    p90_hours: float | None


class Stages(AnswerModel):
    """Each stage of a claim's life, and the whole of it."""

    verification: StageFigures
    review: StageFigures
    customer: StageFigures
    total: StageFigures


class MonthlyAnswers(AnswerModel):
    """The customers whose time to answer ended in a month."""

    month: str
    answered: int
    opted_out: int
    rate: float | None


class OptOuts(AnswerModel):
    """How many customers said no, in all of the months and in each, newest first."""

    answered: int
    opted_out: int
    rate: float | None
    months: list[MonthlyAnswers]


class MailFailures(AnswerModel):
    """Mails that failed for good: refused by the provider, or reported as undelivered."""

    since: Instant
    failed: int
    bounced: int


class FinalizationLag(AnswerModel):
    """Clocks that ran out and are not done (at most 1,000 are counted), and the age of the oldest."""

    due_now: int
    lag_seconds: int


class ProgrammeFigures(AnswerModel):
    """The programme's figures as of `asOf`, taken every fifteen minutes."""

    as_of: Instant
    counts: dict[Status, int]
    stages_since: Instant
    stages: Stages
    reviews_overdue: int
    contested: int
    opt_outs: OptOuts
    mail_failures: MailFailures
    dead_letters_open: int
    finalization: FinalizationLag
