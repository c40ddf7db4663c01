"""The programme's figures, taken from its lists."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.claim import Status
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import RoleMissingError
from shared.usecases.read_metrics import read_metrics
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport
from shared.usecases.take_metrics import take_metrics
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live, new_claim

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = (E.SUBMITTED, HOUR, E.CHECKS_PASSED, HOUR, E.NOTICE_ACCEPTED)


async def listed(product: FakeProduct, name: str, *events: object) -> None:
    """A claim that lived so, in its lists."""
    claim = await live(product, new_claim(product, name), *events)  # type: ignore[arg-type]
    await product.lists.project(claim, thorough=True)


async def test_figures_add_up() -> None:
    """Counts by status, stages, overdue and contested reviews, opt-outs by month: as the claims' lives were."""
    product = FakeProduct(now=datetime(2026, 11, 2, 10, tzinfo=UTC))
    await listed(product, "draft", E.DRAFTED)
    await listed(product, "yes", *TOLD, 10 * HOUR, E.CONFIRMED)
    await listed(product, "no", *TOLD, 20 * HOUR, E.OPTED_OUT)
    await listed(product, "contested", E.SUBMITTED, 2 * HOUR, E.CHECKS_FLAGGED)
    product.now += 30 * DAY
    await listed(product, "late no", *TOLD, 30 * HOUR, E.OPTED_OUT)
    await listed(product, "fresh", E.SUBMITTED, 3 * HOUR, E.CHECKS_FLAGGED)
    metrics = await take_metrics(product.services, now=product.now)
    assert {status: number for status, number in metrics.counts.items() if number} == {
        "Draft": 1,
        "Approved": 1,
        "OptedOut": 2,
        "UnderReview": 2,
    }
    assert set(metrics.counts) == set(Status)
    verification, customer = metrics.stages["verification"], metrics.stages["customer"]
    assert (verification.count, verification.median_hours) == (5, 1.0)
    assert (customer.count, customer.median_hours, customer.p90_hours) == (3, 20.0, 28.0)
    assert metrics.stages["review"].count == 0
    assert (metrics.reviews_overdue, metrics.contested) == (1, 2)
    assert [(one.month, one.answered, one.opted_out) for one in metrics.months] == [
        ("2026-12", 1, 1),
        ("2026-11", 2, 1),
    ]
    assert metrics.as_of == product.now


async def test_stages_are_of_the_last_ninety_days() -> None:
    """A claim that was filed longer ago is counted by its status, and its times are not."""
    product = FakeProduct()
    await listed(product, "old", *TOLD, HOUR, E.CONFIRMED)
    product.now += 91 * DAY
    metrics = await take_metrics(product.services, now=product.now)
    assert metrics.counts["Approved"] == 1
    assert metrics.stages["total"].count == 0


async def test_every_page_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists longer than a page, dead letters too, are counted to their end."""
    monkeypatch.setattr("shared.usecases.take_metrics.LETTERS_PER_PAGE", 2)
    product = FakeProduct()
    for number in range(5):
        await listed(product, str(number), E.DRAFTED)
        await record_dead_letter(product.services, queue="claim-effects", body=str(number), now=product.now)
    metrics = await take_metrics(product.services, now=product.now)
    assert (metrics.counts["Draft"], metrics.dead_letters_open) == (5, 5)


async def test_what_is_due_and_how_late_shows() -> None:
    """A clock that ran out and was not handled is counted, with the age of the oldest; nothing due is no lag."""
    product = FakeProduct()
    assert (await take_metrics(product.services, now=product.now)).finalization_lag_seconds == 0
    await live(product, new_claim(product, "a"), *TOLD)
    due = sorted(row.value.due_at for row in product.deadlines.rows.stored.values())
    metrics = await take_metrics(product.services, now=due[0] + 10 * timedelta(minutes=1))
    assert (metrics.due_now, metrics.finalization_lag_seconds) == (1, 600)


async def test_a_mail_that_bounced_is_counted_once() -> None:
    """However often its report comes, a bounced request is one failed mail."""
    product = FakeProduct()
    await product.seed()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_PASSED)
    await product.drain()
    (request,) = [
        stored.value
        for stored in await product.claims.mails(claim.claim_id)
        if stored.value.kind.value == "association-request"
    ]
    report = DeliveryReport(operation_id=request.operation_id, status="Bounced", at=product.now)
    for _ in range(3):
        await record_delivery(product.services, report=report, now=product.now)
    metrics = await take_metrics(product.services, now=product.now)
    assert metrics.mail_failures == {"Bounced": 1}


async def test_the_route_reads_what_was_taken() -> None:
    """The first reader has figures taken, later ones get those, and the timer's newer ones once they are there."""
    product = FakeProduct()
    taken = await read_metrics(product.services, caller=REVIEWER, now=product.now)
    assert taken.as_of == product.now
    again = await read_metrics(product.services, caller=REVIEWER, now=product.now + DAY)
    assert again == taken
    await take_metrics(product.services, now=product.now + DAY)
    newest = await read_metrics(product.services, caller=REVIEWER, now=product.now + 2 * DAY)
    assert newest.as_of == product.now + DAY
    assert [one.as_of for one in await product.metrics.daily(top=5)] == [product.now + DAY, product.now]


async def test_partners_do_not_read_them() -> None:
    """The figures are the programme's."""
    from shared.usecases.callers import Caller, Role

    partner = Caller(organisation="o", object_id="p", name="Pat", roles=frozenset({Role.PARTNER_ADMIN}))
    product = FakeProduct()
    with pytest.raises(RoleMissingError):
        await read_metrics(product.services, caller=partner, now=product.now)
