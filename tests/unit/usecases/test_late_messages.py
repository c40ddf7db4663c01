"""A message that comes late is looked at as one that was interrupted before."""

from datetime import timedelta

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.usecases.carry_out_effects import LATE, carry_out_effects
from shared.usecases.records import WorkMessage
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim


@pytest.mark.parametrize(
    ("age", "is_thorough"), [(timedelta(minutes=1), False), (LATE + timedelta(seconds=1), True)], ids=["new", "late"]
)
async def test_a_late_message_clears_every_list(
    monkeypatch: pytest.MonkeyPatch, age: timedelta, *, is_thorough: bool
) -> None:
    """One put back after it had failed for good must clear what its tries left behind; a new one need not."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "late"), E.SUBMITTED)
    told: list[bool] = []

    async def project(_claim: Claim, *, thorough: bool) -> bool:
        told.append(thorough)
        return False

    monkeypatch.setattr(product.lists, "project", project)
    message = WorkMessage(claim_id=claim.claim_id, step="submitted", sent_at=product.now - age)
    await carry_out_effects(product.services, message=message, thorough=False, now=product.now)
    assert told == [is_thorough]
