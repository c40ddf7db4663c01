"""The contract of AuditLog."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.claim import Actor, ActorKind
from shared.storage.audit_log import TableAuditLog
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.programme_ports import AuditLog
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import fresh
from tests.fakes.audit_log import FakeAuditLog

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
READER = Actor(kind=ActorKind.REVIEWER, id="op/r1")


@pytest.fixture(params=BOTH)
def audit(request: pytest.FixtureRequest) -> AuditLog:
    """The fake, then the adapter."""
    return FakeAuditLog() if request.param == "fake" else TableAuditLog(request.getfixturevalue("clients"))


def entry(claim_id: str | None, organisation: str, *, minutes: int = 0, subject: str = "p1") -> AuditEntry:
    """A look at a proof, or a pre-check."""
    return AuditEntry(
        at=NOW + timedelta(minutes=minutes),
        actor=READER,
        action=AuditAction.PROOF_READ if claim_id else AuditAction.PRE_CHECKED,
        organisation=organisation,
        subject=subject,
        claim_id=claim_id,
        detail={"sha256": "ab", "words": ["żółć"]},
    )


async def test_what_is_recorded_is_read_in_order_of_time(audit: AuditLog) -> None:
    """Entries of a claim come back whole, oldest first, and nobody else's with them."""
    claim, other, organisation = fresh(), fresh(), fresh()
    late, early = entry(claim, organisation, minutes=5), entry(claim, organisation)
    for one in (late, early, entry(other, organisation)):
        await audit.record(one)
    assert await audit.of_claim(claim) == (early, late)
    assert await audit.of_claim(fresh()) == ()


async def test_the_same_look_twice_is_two_looks(audit: AuditLog) -> None:
    """Two readers of one instant are both on record."""
    claim, organisation = fresh(), fresh()
    await audit.record(entry(claim, organisation))
    await audit.record(entry(claim, organisation))
    assert len(await audit.of_claim(claim)) == 2


async def test_an_organisation_s_own_looks_are_apart_from_claims(audit: AuditLog) -> None:
    """Pre-checks are found by organisation and time, the reads of claims are not among them."""
    organisation = fresh()
    await audit.record(entry(fresh(), organisation))
    old, new = entry(None, organisation), entry(None, organisation, minutes=10, subject="t1")
    for one in (new, old):
        await audit.record(one)
    assert await audit.of_organisation(organisation, since=NOW) == (old, new)
    assert await audit.of_organisation(organisation, since=NOW + timedelta(minutes=1)) == (new,)
