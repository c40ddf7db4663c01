"""The programme's figures as operators are shown them (API.md, GET /api/review/metrics)."""

from typing import Any

from functions.presenters import instant
from shared.domain.mails import MailStatus
from shared.usecases.metrics_records import Metrics

_DIGITS = 4


def metrics_json(metrics: Metrics) -> dict[str, Any]:
    """The figures; times of stages in hours, rates from 0 to 1 (null where nobody has answered)."""
    answered = sum(month.answered for month in metrics.months)
    opted_out = sum(month.opted_out for month in metrics.months)
    return {
        "asOf": instant(metrics.as_of),
        "counts": dict(metrics.counts),
        "stagesSince": instant(metrics.stages_since),
        "stages": {
            stage: {"count": figures.count, "medianHours": figures.median_hours, "p90Hours": figures.p90_hours}
            for stage, figures in metrics.stages.items()
        },
        "reviewsOverdue": metrics.reviews_overdue,
        "contested": metrics.contested,
        "optOuts": {
            "answered": answered,
            "optedOut": opted_out,
            "rate": _rate(opted_out, answered),
            "months": [
                {
                    "month": month.month,
                    "answered": month.answered,
                    "optedOut": month.opted_out,
                    "rate": _rate(month.opted_out, month.answered),
                }
                for month in metrics.months
            ],
        },
        "mailFailures": {
            "since": instant(metrics.mail_failures_since),
            "failed": metrics.mail_failures.get(MailStatus.FAILED.value, 0),
            "bounced": metrics.mail_failures.get(MailStatus.BOUNCED.value, 0),
        },
        "deadLettersOpen": metrics.dead_letters_open,
        "finalization": {"dueNow": metrics.due_now, "lagSeconds": metrics.finalization_lag_seconds},
    }


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, _DIGITS) if whole else None
