"""How long a claim's stages took, and the figures of many."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.domain.stages import StageFigures, StageTimes, figures_of, stage_times
from tests.claims import NOW, a_claim, a_draft, after, step

HOUR = timedelta(hours=1)


def lived(*steps: tuple[E, float]) -> Claim:
    """A claim after these events, each so many hours after NOW."""
    claim: Claim | None = None
    for kind, hours in steps:
        claim = step(claim, kind, now=NOW + hours * HOUR, new=a_draft()).claim
    assert claim is not None
    return claim


def test_each_stage_is_measured_from_its_entry_to_the_next_status() -> None:
    """Checks 1 h, review 2 h, the customer 25 h from the accepted notice on, and 30 h in all."""
    claim = lived(
        (E.SUBMITTED, 0),
        (E.CHECKS_FLAGGED, 1),
        (E.ACCEPTED, 3),
        (E.NOTICE_ACCEPTED, 5),
        (E.CONFIRMED, 30),
    )
    assert stage_times(claim) == StageTimes(
        verification=1.0, review=2.0, customer=25.0, total=30.0, decided_at=NOW + 30 * HOUR
    )


def test_what_is_not_over_is_not_measured() -> None:
    """A claim that waits for the customer has been checked and nothing more; a draft has no stage at all."""
    claim = lived((E.SUBMITTED, 0), (E.CHECKS_PASSED, 1), (E.NOTICE_ACCEPTED, 2))
    assert stage_times(claim) == StageTimes(verification=1.0)
    assert stage_times(a_claim(Status.DRAFT)) == StageTimes()
    assert stage_times(a_claim(Status.SUBMITTED)) == StageTimes()


@pytest.mark.parametrize("status", [Status.APPROVED, Status.ENDED, Status.OPTED_OUT, Status.REJECTED])
def test_a_decision_that_stands_closes_the_claim(status: Status) -> None:
    """Approval, opt-out and rejection end the claim's time; the end of an association does not make it longer."""
    claim = a_claim(status)
    decision = Status.APPROVED if status is Status.ENDED else status
    assert stage_times(claim).decided_at == claim.entered[decision.value]


def test_a_rejection_that_is_disputed_or_a_withdrawal_decides_nothing() -> None:
    """A disputed claim is open again, and one taken back was never decided."""
    disputed = after(a_claim(Status.REJECTED), E.DISPUTED)
    assert stage_times(disputed).total is None
    assert stage_times(after(disputed, E.WITHDRAWN)).total is None
    pending = stage_times(after(a_claim(Status.PENDING_CUSTOMER), E.WITHDRAWN))
    assert (pending.customer, pending.total) == (None, None)


def test_a_stage_that_came_again_is_measured_by_its_last_time() -> None:
    """After an answer to a request for information, checks and review are those of the last round."""
    claim = lived(
        (E.SUBMITTED, 0),
        (E.CHECKS_FLAGGED, 10),
        (E.INFORMATION_REQUESTED, 30),
        (E.RESUBMITTED, 31),
        (E.CHECKS_FLAGGED, 32),
        (E.REVIEW_REJECTED, 35),
    )
    assert stage_times(claim) == StageTimes(
        verification=1.0, review=3.0, total=35.0, decided_at=claim.entered[Status.REJECTED.value]
    )
    assert list(claim.entered) == ["ActionRequired", "Submitted", "UnderReview", "Rejected"]


def test_a_claim_of_before_has_no_stages() -> None:
    """A stored claim that does not know when it came into its statuses is not measured, and breaks nothing."""
    assert stage_times(a_claim(Status.APPROVED, entered={})) == StageTimes()


def test_figures_of_few_times() -> None:
    """No time has no figures, one is its own median, and of ten equal steps the ninth is the percentile."""
    assert figures_of([]) == StageFigures(count=0, median_hours=None, p90_hours=None)
    assert figures_of([2.5]) == StageFigures(count=1, median_hours=2.5, p90_hours=2.5)
    assert figures_of(range(11)) == StageFigures(count=11, median_hours=5.0, p90_hours=9.0)
    assert figures_of([10, 0]) == StageFigures(count=2, median_hours=5.0, p90_hours=9.0)


@given(st.lists(st.floats(min_value=0, max_value=1e5), min_size=1, max_size=200))
def test_percentiles_lie_where_they_should(hours: list[float]) -> None:
    """The median splits the times in halves, nine of ten are no longer than the percentile, none lies outside."""
    figures = figures_of(hours)
    assert figures.median_hours is not None
    assert figures.p90_hours is not None
    slack = 0.01
    assert min(hours) - slack <= figures.median_hours <= figures.p90_hours + slack <= max(hours) + 2 * slack
    assert sum(hour <= figures.median_hours + slack for hour in hours) * 2 >= len(hours)
    assert sum(hour <= figures.p90_hours + slack for hour in hours) * 10 >= (len(hours) - 1) * 9
