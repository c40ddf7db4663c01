"""Which calendar each clock runs by (PROCESS.md, Clocks)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.claim import Claim, Customer
from shared.domain.clocks import clocks_for, customer_calendar
from shared.domain.deadlines import ClockKind
from shared.domain.policy import CLOCK_SKEW_MARGIN, Policy
from shared.domain.registry import RegisteredCustomer
from tests.claims import ALPINE, a_draft

POLICY = Policy(country="GB", zone="UTC")
BIRCH = RegisteredCustomer(
    tenant_id=ALPINE, name="Birch", domains=("birch.example",), country="PL", zone="Europe/Warsaw", language="pl"
)
BEFORE_INDEPENDENCE_DAY = datetime(2026, 11, 10, 9, tzinfo=UTC)
"""The day before a holiday of Poland's, and of the United States', that Britain does not have."""


def claim(country: str | None) -> Claim:
    """A claim that names that country for the customer."""
    return replace(a_draft(), customer=Customer(tenant_id=ALPINE, domain="birch.example", country=country))


@pytest.mark.parametrize(
    ("claimed", "registered", "expected"),
    [
        ("DE", BIRCH, ("PL", "Europe/Warsaw")),
        (None, BIRCH, ("PL", "Europe/Warsaw")),
        ("DE", None, ("DE", "UTC")),
        (None, None, ("GB", "UTC")),
        ("XX", None, ("GB", "UTC")),
        ("", None, ("GB", "UTC")),
        ("DE", replace(BIRCH, country=""), ("GB", "Europe/Warsaw")),
        ("DE", replace(BIRCH, country="XX"), ("GB", "Europe/Warsaw")),
        ("DE", replace(BIRCH, zone=""), ("PL", "UTC")),
    ],
)
def test_the_customers_calendar_is_the_registrys(
    claimed: str | None, registered: RegisteredCustomer | None, expected: tuple[str, str]
) -> None:
    """The registry's country and zone; the claim's country only for an unknown tenant; else the policy's."""
    assert customer_calendar(claim(claimed), registered, POLICY) == expected


def test_only_the_customers_window_runs_by_the_customers_calendar() -> None:
    """The customer's five days skip the customer's holiday, in its zone; a partner's and a reviewer's do not."""
    start = clocks_for(claim("DE"), BIRCH, POLICY)
    window = start(ClockKind.OPT_OUT, BEFORE_INDEPENDENCE_DAY)
    assert (window.kind, window.country, window.zone, window.business_days) == ("opt-out", "PL", "Europe/Warsaw", 5)
    assert [skipped.day.day for skipped in window.skipped] == [11, 14, 15]
    assert window.deadline_at == datetime(2026, 11, 18, 22, 59, 59, tzinfo=UTC)
    for kind in (ClockKind.ACTION_REQUIRED, ClockKind.REVIEW, ClockKind.INCUMBENT_RESPONSE):
        receipt = start(kind, BEFORE_INDEPENDENCE_DAY)
        assert (receipt.kind, receipt.country, receipt.zone, receipt.business_days) == (kind.value, "GB", "UTC", 5)
        assert receipt.deadline_at == datetime(2026, 11, 17, 23, 59, 59, tzinfo=UTC)


def test_drafts_and_disputes_run_by_calendar_days() -> None:
    """A draft is kept thirty days and reminded of five days before; a dispute has thirty days and no reminder."""
    start = clocks_for(claim("DE"), BIRCH, POLICY)
    draft = start(ClockKind.DRAFT, BEFORE_INDEPENDENCE_DAY)
    dispute = start(ClockKind.DISPUTE, BEFORE_INDEPENDENCE_DAY)
    assert (draft.kind, dispute.kind) == ("draft", "dispute")
    assert draft.deadline_at == dispute.deadline_at == datetime(2026, 12, 10, 23, 59, 59, tzinfo=UTC)
    assert draft.reminder_at == datetime(2026, 12, 5, 9, tzinfo=UTC)
    assert dispute.reminder_at is None
    assert (draft.zone, draft.country) == ("UTC", "")


@pytest.mark.parametrize(
    ("kind", "policy", "days"),
    [
        (ClockKind.OPT_OUT, Policy(opt_out_business_days=1), 1),
        (ClockKind.ACTION_REQUIRED, Policy(answer_business_days=2), 2),
        (ClockKind.INCUMBENT_RESPONSE, Policy(answer_business_days=2), 2),
        (ClockKind.REVIEW, Policy(review_business_days=3), 3),
    ],
)
def test_the_lengths_are_the_policys(kind: ClockKind, policy: Policy, days: int) -> None:
    """Each clock has a length of its own in the policy, and moving one leaves the others."""
    for each in (ClockKind.OPT_OUT, ClockKind.ACTION_REQUIRED, ClockKind.INCUMBENT_RESPONSE, ClockKind.REVIEW):
        receipt = clocks_for(claim(None), None, policy)(each, BEFORE_INDEPENDENCE_DAY)
        same = {each, kind} <= {ClockKind.ACTION_REQUIRED, ClockKind.INCUMBENT_RESPONSE}
        assert receipt.business_days == (days if each is kind or same else 5)


def test_calendar_lengths_are_the_policys() -> None:
    """How long a draft is kept, when it is reminded of, and how long a rejection can be disputed are settings."""
    policy = Policy(draft_calendar_days=10, draft_reminder_calendar_days=2, dispute_calendar_days=7)
    start = clocks_for(claim(None), None, policy)
    draft = start(ClockKind.DRAFT, BEFORE_INDEPENDENCE_DAY)
    assert draft.deadline_at == datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
    assert draft.reminder_at == datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert start(ClockKind.DISPUTE, BEFORE_INDEPENDENCE_DAY).deadline_at == draft.deadline_at - timedelta(days=3)


def test_the_margin_is_an_hour_and_no_setting() -> None:
    """Nothing shortens the margin for clock skew: it is no field of the policy."""
    assert timedelta(hours=1) == CLOCK_SKEW_MARGIN
    assert not [name for name in Policy.__dataclass_fields__ if "margin" in name]
