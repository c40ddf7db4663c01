"""How long the stages of a claim's life took, and what many such times say together (API.md, metrics)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status

_ONE_HOUR = timedelta(hours=1)
_DIGITS = 4
_DECIDED_BY = {
    Status.APPROVED: Status.APPROVED,
    Status.ENDED: Status.APPROVED,
    Status.OPTED_OUT: Status.OPTED_OUT,
    Status.REJECTED: Status.REJECTED,
}
"""The status whose entry was the decision that stands; a withdrawn claim was never decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimes:
    """Hours that a claim's stages took, null where one is not over or was never entered.

    `verification`: from the last submit to the checks' word; `review`: the last time it was under review; `customer`:
    from the accepted notice to the association or the opt-out; `total`: from the first filing to the decision that
    stands. `decided_at` is that decision's instant.
    """

    verification: float | None = None
    review: float | None = None
    customer: float | None = None
    total: float | None = None
    decided_at: datetime | None = None


def stage_times(claim: Claim) -> StageTimes:
    """The claim's stages as far as they are over; claims of before `entered` was kept have none."""
    decision = _DECIDED_BY.get(claim.status)
    decided_at = claim.entered.get(decision.value) if decision else None
    behind_customer = _left(claim, Status.PENDING_CUSTOMER)
    answered = behind_customer is not None and behind_customer[0] in {Status.APPROVED, Status.OPTED_OUT}
    return StageTimes(
        verification=_hours(claim.entered.get(Status.SUBMITTED), _left(claim, Status.SUBMITTED)),
        review=_hours(claim.entered.get(Status.UNDER_REVIEW), _left(claim, Status.UNDER_REVIEW)),
        customer=_hours(claim.notice_accepted_at, behind_customer if answered else None),
        total=_hours(claim.submitted_at, ("", decided_at) if decided_at else None),
        decided_at=decided_at,
    )


def _left(claim: Claim, status: Status) -> tuple[str, datetime] | None:
    """Which status came after that one, and when; null where the claim was never in it, or still is."""
    entries = list(claim.entered.items())
    names = [name for name, _ in entries]
    if status.value not in names:
        return None
    place = names.index(status.value) + 1
    return entries[place] if place < len(entries) else None


def _hours(start: datetime | None, end: tuple[str, datetime] | None) -> float | None:
    return None if start is None or end is None else round((end[1] - start) / _ONE_HOUR, _DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """How many times were counted, their median and their 90th percentile in hours; null where there are none."""

    count: int
    median_hours: float | None
    p90_hours: float | None


def figures_of(hours: Iterable[float]) -> StageFigures:
    """The figures of these times: half of them took no longer than the median, nine of ten than the percentile.

    Between two times the percentiles are interpolated, and never lie outside of what was seen.
    """
    from statistics import median, quantiles

    times = sorted(hours)
    if not times:
        return StageFigures(count=0, median_hours=None, p90_hours=None)
    ninth = times[0] if len(times) == 1 else quantiles(times, n=10, method="inclusive")[-1]
    return StageFigures(count=len(times), median_hours=round(median(times), 2), p90_hours=round(ninth, 2))
