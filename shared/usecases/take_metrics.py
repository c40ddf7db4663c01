"""Take a look at the whole programme from its lists, page by page (API.md, GET /api/review/metrics).

A timer does it, never a person who waits: the route reads what was taken last. Nothing is counted on the claims' own
way; list rows tell how long each stage took (`shared.domain.stages`), and what they lack, failed mails, is noted where
it happens.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.domain.claim import Status
from shared.domain.stages import figures_of
from shared.usecases.deadline_work import HANDED_OUT_AT_MOST
from shared.usecases.list_dead_letters import LOOKED_BACK
from shared.usecases.metrics_records import ClaimFigures, Metrics, MonthlyAnswers
from shared.usecases.services import Services

STAGES_OVER = timedelta(days=90)
MAILS_OVER = timedelta(days=30)
MONTHS_AT_MOST = 12
LETTERS_PER_PAGE = 1000
_STAGES = ("verification", "review", "customer", "total")


@dataclass(slots=True)
class _Tally:
    """What is gathered on the way: numbers only, whatever the claims are."""

    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    hours: dict[str, array[float]] = field(default_factory=lambda: {stage: array("d") for stage in _STAGES})
    answered: Counter[str] = field(default_factory=Counter)
    opted_out: Counter[str] = field(default_factory=Counter)
    overdue: int = 0
    contested: int = 0

    def add(self, status: Status, claim: ClaimFigures) -> None:
        """Count one claim."""
        self.counts[status.value] += 1
        if claim.submitted_at is not None and claim.submitted_at >= self.now - STAGES_OVER:
            for stage, hours in self.hours.items():
                took = getattr(claim.stages, stage)
                if took is not None:
                    hours.append(took)
        if status is Status.UNDER_REVIEW:
            self.contested += claim.contested
            self.overdue += claim.next_deadline is not None and claim.next_deadline < self.now
        if claim.stages.customer is not None and claim.stages.decided_at is not None:
            month = f"{claim.stages.decided_at:%Y-%m}"
            self.answered[month] += 1
            self.opted_out[month] += status is Status.OPTED_OUT

    def months(self) -> tuple[MonthlyAnswers, ...]:
        """The last months with answers, newest first."""
        return tuple(
            MonthlyAnswers(month=month, answered=self.answered[month], opted_out=self.opted_out[month])
            for month in sorted(self.answered, reverse=True)[:MONTHS_AT_MOST]
        )


async def take_metrics(services: Services, *, now: datetime) -> Metrics:
    """The figures as of `now`, kept as the day's. Claims that move while they are counted may count twice or not."""
    tally = _Tally(now)
    for status in Status:
        behind: str | None = None
        while True:
            page = await services.list_figures.page(status, behind=behind)
            for claim in page.items:
                tally.add(status, claim)
            behind = page.behind
            if behind is None:
                break
    due = await services.deadlines.due(now, limit=HANDED_OUT_AT_MOST)
    oldest = min((row.due_at for row in due), default=now)
    metrics = Metrics(
        as_of=now,
        counts={status.value: tally.counts[status.value] for status in Status},
        stages={stage: figures_of(hours) for stage, hours in tally.hours.items()},
        stages_since=now - STAGES_OVER,
        reviews_overdue=tally.overdue,
        contested=tally.contested,
        months=tally.months(),
        mail_failures=await services.mail_failures.count(since=now - MAILS_OVER, until=now),
        mail_failures_since=now - MAILS_OVER,
        dead_letters_open=await _open_letters(services, now=now),
        due_now=len(due),
        finalization_lag_seconds=int((now - oldest).total_seconds()),
    )
    await services.metrics.save(metrics)
    return metrics


async def _open_letters(services: Services, *, now: datetime) -> int:
    """How many dead letters of the last 90 days wait for somebody."""
    number, behind = 0, None
    while True:
        page = await services.dead_letters.page(
            since=now - LOOKED_BACK, until=now, top=LETTERS_PER_PAGE, open_only=True, behind=behind
        )
        number += len(page.items)
        behind = page.behind
        if behind is None:
            return number
