"""Which calendar each clock of a claim runs by (PROCESS.md, Clocks)."""

from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_states import StartClock
from shared.domain.deadlines import ClockKind, Receipt, business_deadline, calendar_deadline, is_supported
from shared.domain.policy import Policy
from shared.domain.registry import RegisteredCustomer


def customer_calendar(claim: Claim, registered: RegisteredCustomer | None, policy: Policy) -> tuple[str, str]:
    """The country and the zone of the customer's window.

    The registry's word; the claim's own country only where the tenant is not registered, and the policy's country
    where that names no calendar.
    """
    country = registered.country if registered else claim.customer.country
    zone = registered.zone if registered else policy.zone
    return (country if country and is_supported(country) else policy.country), zone or policy.zone


def clocks_for(claim: Claim, registered: RegisteredCustomer | None, policy: Policy) -> StartClock:
    """What starts this claim's clocks: the customer's window by the customer's calendar, all others by the policy's."""
    days = {
        ClockKind.OPT_OUT: policy.opt_out_business_days,
        ClockKind.ACTION_REQUIRED: policy.answer_business_days,
        ClockKind.REVIEW: policy.review_business_days,
        ClockKind.INCUMBENT_RESPONSE: policy.answer_business_days,
    }

    def start(kind: ClockKind, starts_at: datetime) -> Receipt:
        if kind is ClockKind.DRAFT:
            return calendar_deadline(
                kind=kind,
                starts_at=starts_at,
                days=policy.draft_calendar_days,
                zone=policy.zone,
                remind_days_before=policy.draft_reminder_calendar_days,
            )
        if kind is ClockKind.DISPUTE:
            return calendar_deadline(
                kind=kind,
                starts_at=starts_at,
                days=policy.dispute_calendar_days,
                zone=policy.zone,
                remind_days_before=None,
            )
        country, zone = policy.country, policy.zone
        if kind is ClockKind.OPT_OUT:
            country, zone = customer_calendar(claim, registered, policy)
        return business_deadline(kind=kind, starts_at=starts_at, business_days=days[kind], country=country, zone=zone)

    return start
