"""A failed delivery that is reported only once the claim is official (PROCESS.md, Clocks)."""

from datetime import timedelta

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.domain.mails import MailKind, MailStatus
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport
from tests.claims import CONTOSO, FABRIKAM
from tests.fakes.product import FakeProduct
from tests.unit.usecases.contests import contesting, decided, filed_by, heard, now_of, official, places
from tests.unit.usecases.lives import live

HOUR = timedelta(hours=1)


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def bounced(product: FakeProduct, claim: Claim, *, times: int = 1) -> None:
    """The provider reports that the customer's notice came back."""
    notice = await product.claims.mail(claim.claim_id, MailKind.ASSOCIATION_REQUEST, claim.round, None)
    assert notice is not None
    report = DeliveryReport(operation_id=notice.value.operation_id, status="Bounced", at=product.now)
    for _ in range(times):
        await record_delivery(product.services, report=report, now=product.now)
    await product.drain()


async def by_silence(product: FakeProduct, pending: Claim) -> Claim:
    """The claim, official because its customer said nothing."""
    await product.drain()
    waiting = await now_of(product, pending)
    assert waiting.window is not None
    product.now = waiting.window.deadline_at + HOUR
    await product.tick()
    await product.drain()
    approved = await now_of(product, pending)
    assert approved.status is Status.APPROVED
    return approved


async def test_silence_of_one_who_was_never_told_is_no_consent(product: FakeProduct) -> None:
    """The association ends with every slot it held; whom it displaced stays ended, for nobody asked that customer."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await heard(product, challenger)
    approved = await by_silence(product, await decided(product, challenger, "accept", supersede=True))
    before = await now_of(product, incumbent)
    assert before.status is Status.ENDED

    await bounced(product, approved, times=3)
    ended = await now_of(product, challenger)
    assert (ended.status, ended.reasons) == (Status.ENDED, ("notice-not-delivered",))
    assert [row.event for row in await product.claims.history(ended.claim_id)].count("notice-found-undelivered") == 1
    assert set((await places(product, ended)).values()) == {(None, None)}
    assert await now_of(product, incumbent) == before
    told = [
        one.value.kind for one in await product.claims.mails(ended.claim_id) if one.value.created_at > before.updated_at
    ]
    assert told == [MailKind.CLAIM_ENDED]


async def test_who_confirmed_was_told_whatever_a_report_says(product: FakeProduct) -> None:
    """After an explicit confirmation the report is recorded, and nothing else happens."""
    pending = await live(product, filed_by(product, CONTOSO), E.SUBMITTED, E.CHECKS_PASSED)
    await product.drain()
    confirmed = await live(product, pending, E.CONFIRMED)
    await product.drain()
    await bounced(product, confirmed)
    after = await now_of(product, confirmed)
    assert (after.status, after.revision) == (Status.APPROVED, confirmed.revision)
    assert (await product.claims.history(after.claim_id))[-1].event == "delivery-failure-recorded"
    notice = await product.claims.mail(after.claim_id, MailKind.ASSOCIATION_REQUEST, after.round, None)
    assert notice is not None
    assert notice.value.status is MailStatus.BOUNCED
