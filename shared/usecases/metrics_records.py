"""The figures that operators watch: plain values, as they are stored and shown (API.md, GET /api/review/metrics)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.mails import MailKind, MailStatus
from shared.domain.stages import StageFigures, StageTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyAnswers:
    """Of the customers whose time to answer ended in a month (UTC, `2026-11`): how many there were, and said no."""

    month: str
    answered: int
    opted_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """One look at the whole programme.

    `counts` has every status; `stages` the figures of each stage over claims filed since `stages_since`; `months` the
    last twelve with answers, newest first; `mail_failures` by final status since `mail_failures_since`;
    `due_now` how many clocks ran out and are not done, at most 1,000; `finalization_lag_seconds` the age of the oldest.
    """

    as_of: datetime
    counts: Mapping[str, int]
    stages: Mapping[str, StageFigures]
    stages_since: datetime
    reviews_overdue: int
    contested: int
    months: tuple[MonthlyAnswers, ...]
    mail_failures: Mapping[str, int]
    mail_failures_since: datetime
    dead_letters_open: int
    due_now: int
    finalization_lag_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFailure:
    """One mail that failed for good: refused by the provider, or reported as undelivered."""

    operation_id: str
    claim_id: str
    kind: MailKind
    status: MailStatus
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigures:
    """What is counted of one claim: nothing that says whose it is."""

    submitted_at: datetime | None
    next_deadline: datetime | None
    contested: bool
    stages: StageTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFiguresPage:
    """Some claims of one status; `behind` is where to go on, null at the end."""

    items: tuple[ClaimFigures, ...]
    behind: str | None
