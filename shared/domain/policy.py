"""The points where Microsoft's own pages contradict each other, as settings; the seed's answer is the default."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MEBIBYTE = 1024 * 1024
CLOCK_SKEW_MARGIN = timedelta(hours=1)
"""Nothing is decided by a clock before its deadline plus this (PROCESS.md, Clocks); no setting may shorten it."""


class SubscriptionExclusive(StrEnum):
    """Whether one subscription may have two partner organisations, one per programme (PROCESS.md, Words: Slot)."""

    ACROSS_PROGRAMMES = "acrossProgrammes"
    PER_PROGRAMME = "perProgramme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every figure of the programme; lengths in business days unless the name says otherwise."""

    subscription_exclusive: SubscriptionExclusive = SubscriptionExclusive.ACROSS_PROGRAMMES
    minimum_seats: int = 50
    opt_out_business_days: int = 5
    review_business_days: int = 5
    answer_business_days: int = 5
    dispute_calendar_days: int = 30
    draft_calendar_days: int = 30
    draft_reminder_calendar_days: int = 5
    ending_notice_calendar_days: int = 30
    proof_age_months: int = 12
    proof_max_bytes: int = 25 * MEBIBYTE
    proof_max_count: int = 10
    country: str = "US"
    zone: str = "UTC"
