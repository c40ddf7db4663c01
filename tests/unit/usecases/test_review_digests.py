"""The reviewers' digests: what they tell, once a business day, and after every failure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.claim import CheckOutcome, Claim
from shared.domain.claim_events import EventKind as E
from shared.usecases.digest_records import Digest, DigestKind, DigestStatus
from shared.usecases.gather_digest import CLAIMS_READ_AT_MOST, LINES_AT_MOST
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import (
    DeadLetter,
    DeliveryReport,
    MailRefusedError,
    MailThrottledError,
    Queue,
    ServiceUnavailableError,
    Versioned,
)
from shared.usecases.send_review_digests import LISTS_SETTLE, SENDING_LEASE, send_review_digests
from tests.claims import a_check, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 17, 7, 5, tzinfo=UTC)
DAY = timedelta(days=1)
BOTH = (DigestKind.NEW, DigestKind.OVERDUE)


@pytest.fixture
async def product() -> FakeProduct:
    """A product on a Monday, with the sample registry."""
    made = FakeProduct(now=MONDAY)
    await made.seed()
    return made


async def flagged(product: FakeProduct, name: str, *events: Any) -> Claim:
    """A claim that waits for a reviewer; its mails are sent."""
    checks = (a_check(CheckOutcome.FLAG, "contested"), a_check(CheckOutcome.FLAG, "poe-no-date"), a_check())
    flag = an_event(E.CHECKS_FLAGGED, checks=checks)
    claim = await live(product, new_claim(product, name), E.SUBMITTED, *(events or (flag,)))
    await product.drain()
    product.sender.sent.clear()
    return claim


async def run(product: FakeProduct, at: datetime) -> tuple[DigestKind, ...]:
    """Run the timer at that time."""
    product.now = at
    return await send_review_digests(product.services, now=at)


def texts(product: FakeProduct) -> list[str]:
    """The mails sent since the last look, as plain text with their subject; all to the mailbox."""
    mails = [mail for _, mail in product.sender.sent]
    assert {mail.to for mail in mails} <= {"review@cpor.example"}
    product.sender.sent.clear()
    return [f"{mail.subject}\n{mail.text}" for mail in mails]


async def test_new_claims_are_told_once(product: FakeProduct) -> None:
    """What came into the queue is told the next business morning, with all that reviewers need; then no more."""
    first, second = await flagged(product, "a"), await flagged(product, "b")
    assert await run(product, NEXT_MORNING) == (DigestKind.NEW,)
    (text,) = texts(product)
    assert text.startswith("Review: 2 new claims\n")
    for claim in (first, second):
        assert claim.number in text
        assert f"https://associations.example/review/{claim.claim_id}" in text
    assert "Partner: Contoso" in text
    assert "No date was found in the proof" in text
    assert "Decide by: Mon 23 Nov 2026, 23:59 (UTC)" in text
    assert await run(product, NEXT_MORNING + timedelta(hours=1)) == ()
    third = await flagged(product, "c")
    assert await run(product, NEXT_MORNING + DAY) == (DigestKind.NEW,)
    (text,) = texts(product)
    assert third.number in text
    assert first.number not in text


async def test_no_person_and_no_customer_is_named(product: FakeProduct) -> None:
    """The mail names no contact, address, customer, domain or file."""
    claim = await flagged(product, "p")
    await run(product, NEXT_MORNING)
    (_, mail) = product.sender.sent[0]
    assert claim.customer_contact is not None
    assert claim.partner_contact is not None
    hidden = [claim.customer_contact.name, claim.customer_contact.email, claim.partner_contact.email]
    hidden += [claim.customer.domain, claim.customer.tenant_id, claim.proofs[0].file_name]
    assert [word for word in hidden if word in mail.subject + mail.text + mail.html] == []
    assert claim.number not in mail.subject


async def test_overdue_claims_are_told_every_day_the_longest_first(product: FakeProduct) -> None:
    """A claim whose time is over is in each morning's list until it is decided, the longest overdue first."""
    old = await flagged(product, "old")
    product.now += DAY
    late = await flagged(product, "late")
    morning = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)
    for day in (morning, datetime(2026, 11, 27, 7, 5, tzinfo=UTC)):
        assert DigestKind.OVERDUE in await run(product, day)
        text = next(text for text in texts(product) if "overdue" in text.splitlines()[0])
        assert text.startswith("Review: 2 overdue claims\n")
        assert text.index(old.number) < text.index(late.number)
    await live(product, old, E.WITHDRAWN)
    await product.drain()
    product.sender.sent.clear()
    await run(product, datetime(2026, 11, 30, 7, 5, tzinfo=UTC))
    (text,) = texts(product)
    assert old.number not in text
    assert late.number in text


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 17, 6, 59, tzinfo=UTC),
        datetime(2026, 11, 17, 18, 0, tzinfo=UTC),
        datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
    ],
)
async def test_nothing_is_sent_out_of_hours(product: FakeProduct, at: datetime) -> None:
    """Too early, too late, on a Saturday and on the policy country's holiday nothing is looked at or sent."""
    await flagged(product, "h")
    assert await run(product, at) == ()
    assert product.sender.sent == []
    assert product.digests.rows.stored == {}


async def test_a_missed_morning_is_made_up_for(product: FakeProduct) -> None:
    """Where the app was down in the morning, the digest goes out later the same day."""
    await flagged(product, "m")
    assert await run(product, NEXT_MORNING.replace(hour=17, minute=59)) == (DigestKind.NEW,)


async def test_no_news_no_mail(product: FakeProduct) -> None:
    """A day without news sends nothing, and is done for the day: what comes later is told the next morning."""
    assert await run(product, NEXT_MORNING) == ()
    statuses = {digest.value.status for digest in product.digests.rows.stored.values()}
    assert statuses == {DigestStatus.NOTHING}
    claim = await flagged(product, "later")
    assert await run(product, NEXT_MORNING + timedelta(hours=3)) == ()
    assert await run(product, NEXT_MORNING + DAY) == (DigestKind.NEW,)
    assert claim.number in texts(product)[0]


async def test_what_comes_while_it_is_written_is_told_the_next_day(product: FakeProduct) -> None:
    """A claim that came in just before, which lists may not show yet, is neither lost nor told twice."""
    product.now = NEXT_MORNING - LISTS_SETTLE / 2
    claim = await flagged(product, "just")
    assert await run(product, NEXT_MORNING) == ()
    assert await run(product, NEXT_MORNING + DAY) == (DigestKind.NEW,)
    assert claim.number in texts(product)[0]
    assert await run(product, NEXT_MORNING + 2 * DAY) == ()


async def test_a_claim_that_was_decided_meanwhile_is_left_out(product: FakeProduct) -> None:
    """A list row that lags behind its claim is not believed."""
    claim = await flagged(product, "gone")
    await live(product, claim, E.WITHDRAWN)
    assert await run(product, NEXT_MORNING) == ()


async def test_a_dispute_is_news(product: FakeProduct) -> None:
    """A claim that comes back by a dispute is told of, with what failed and that it is disputed."""
    claim = await flagged(product, "d", E.CHECKS_FAILED, timedelta(hours=1), E.DISPUTED)
    assert await run(product, NEXT_MORNING) == (DigestKind.NEW,)
    (text,) = texts(product)
    assert claim.number in text
    assert "The partner disputes the rejection." in text


async def test_an_association_that_ended_untold_and_failed_work_are_told(product: FakeProduct) -> None:
    """A late bounce that ended an association and messages that failed for good are listed once, with their numbers."""
    claim = await live(product, new_claim(product, "late bounce"), E.SUBMITTED, E.CHECKS_PASSED)
    await product.drain()
    await live(product, claim, timedelta(days=12), E.DEADLINE_PASSED)
    request = next(one for one, mail in product.sender.sent if "Please answer" in mail.subject)
    product.sender.sent.clear()
    report = DeliveryReport(operation_id=request, status="Bounced", at=product.now)
    await record_delivery(product.services, report=report, now=product.now)
    await product.drain()
    product.sender.sent.clear()
    for letter_id, claim_id in (("l1", claim.claim_id), ("l2", None), ("l3", "no claim at all")):
        letter = DeadLetter(
            letter_id=letter_id, queue=Queue.EFFECTS.value, body="{}", claim_id=claim_id, at=product.now
        )
        await product.dead_letters.add(letter)
    morning = (product.now + DAY).replace(hour=7, minute=5)
    while (sent := await run(product, morning)) == ():
        morning += DAY
    assert sent == (DigestKind.NEW,)
    (text,) = texts(product)
    assert text.startswith("Review: something needs to be looked at\n")
    assert text.count(claim.number) == 2
    assert text.count("claim-effects") == 3
    assert f"/review/{claim.claim_id}" in text
    assert await run(product, morning + DAY) == ()


async def test_a_bounce_that_ended_nothing_is_not_told(product: FakeProduct) -> None:
    """A request that bounced while the customer was being asked is the partner's to mend, and no reviewer's news."""
    await live(product, new_claim(product, "early bounce"), E.SUBMITTED, E.CHECKS_PASSED)
    await product.drain()
    request = next(one for one, mail in product.sender.sent if "Please answer" in mail.subject)
    report = DeliveryReport(operation_id=request, status="Bounced", at=product.now)
    await record_delivery(product.services, report=report, now=product.now)
    await product.drain()
    product.sender.sent.clear()
    assert await run(product, NEXT_MORNING) == ()


@pytest.mark.parametrize("failure", [MailThrottledError(timedelta(minutes=1)), ServiceUnavailableError("down")])
async def test_a_provider_that_is_busy_is_asked_again_within_the_day(product: FakeProduct, failure: Any) -> None:
    """A failure is raised for the log, holds up no other digest, and the next hour's run sends the same operation."""
    await flagged(product, "busy")
    morning = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)
    product.sender.failures = [failure]
    with pytest.raises(type(failure)):
        await run(product, morning)
    assert [mail.subject for _, mail in product.sender.sent] == ["Review: 1 overdue claim"]
    product.sender.sent.clear()
    assert await run(product, morning + timedelta(hours=1)) == (DigestKind.NEW,)
    newest = await product.digests.newest(DigestKind.NEW)
    assert newest is not None
    assert [operation for operation, _ in product.sender.sent] == [newest.value.operation_id]


async def test_what_a_day_could_not_tell_the_next_one_tells(product: FakeProduct) -> None:
    """A refused digest is done for the day, and its news are in the next day's."""
    claim = await flagged(product, "refused")
    product.sender.failures = [MailRefusedError("no such mailbox")]
    with pytest.raises(MailRefusedError):
        await run(product, NEXT_MORNING)
    assert await run(product, NEXT_MORNING + timedelta(hours=1)) == ()
    assert await run(product, NEXT_MORNING + DAY) == (DigestKind.NEW,)
    assert claim.number in texts(product)[0]


async def test_a_crash_while_sending_costs_one_repeat_at_most(product: FakeProduct) -> None:
    """A row left Sending is nobody else's until its lease is over, and is then sent under the same operation."""
    await flagged(product, "crash")
    answer = product.sender.send

    async def die(mail: Any, *, operation_id: str) -> str:
        await answer(mail, operation_id=operation_id)
        raise RuntimeError("the process died")

    product.sender.send = die  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await run(product, NEXT_MORNING)
    product.sender.send = answer  # type: ignore[method-assign]
    assert await run(product, NEXT_MORNING + SENDING_LEASE / 2) == ()
    assert await run(product, NEXT_MORNING + SENDING_LEASE) == (DigestKind.NEW,)
    assert len({operation for operation, _ in product.sender.sent}) == 1
    assert len(product.sender.sent) == 2


async def test_a_timer_whose_clock_is_ahead_sends_no_second_mail(product: FakeProduct) -> None:
    """Two overlapping runs whose clocks differ by half an hour: what one is sending, the other leaves alone."""
    await flagged(product, "skewed")
    answer = product.sender.send
    others: list[tuple[DigestKind, ...]] = []

    async def meanwhile(mail: Any, *, operation_id: str) -> str:
        product.sender.send = answer  # type: ignore[method-assign]
        others.append(await run(product, NEXT_MORNING + timedelta(minutes=30)))
        return await answer(mail, operation_id=operation_id)

    product.sender.send = meanwhile  # type: ignore[method-assign]
    assert await run(product, NEXT_MORNING) == (DigestKind.NEW,)
    assert others == [()]
    assert len(product.sender.sent) == 1


async def test_two_timers_at_once_send_one_mail(product: FakeProduct) -> None:
    """Of two runs that see the same row, the one that loses the row sends nothing, and the winner's word stands."""
    await flagged(product, "two")
    save = product.digests.save
    product.now = NEXT_MORNING

    async def beaten(digest: Digest, version: str | None) -> str:
        product.digests.save = save  # type: ignore[method-assign]
        await send_review_digests(product.services, now=product.now)
        return await save(digest, version)

    product.digests.save = beaten  # type: ignore[method-assign]
    assert await send_review_digests(product.services, now=product.now) == ()
    assert len(product.sender.sent) == 1


async def test_who_takes_a_row_over_settles_it(product: FakeProduct) -> None:
    """Where the row was taken over while the mail was being sent, the late sender leaves it as it is."""
    await flagged(product, "over")
    send = product.sender.send

    async def slow(mail: Any, *, operation_id: str) -> str:
        stored = await product.digests.newest(DigestKind.NEW)
        assert stored is not None
        await product.digests.save(stored.value, stored.version)
        return await send(mail, operation_id=operation_id)

    product.sender.send = slow  # type: ignore[method-assign]
    assert await run(product, NEXT_MORNING) == (DigestKind.NEW,)
    stored = await product.digests.newest(DigestKind.NEW)
    assert stored is not None
    assert stored.value.status is DigestStatus.SENDING


async def test_a_clock_that_was_turned_back_sends_nothing_again(product: FakeProduct) -> None:
    """A day before the newest row's is left alone."""
    await flagged(product, "back")
    await run(product, NEXT_MORNING + DAY)
    product.sender.sent.clear()
    rows = dict(product.digests.rows.stored)
    assert await run(product, NEXT_MORNING) == ()
    assert product.sender.sent == []
    assert product.digests.rows.stored == rows


async def test_what_was_told_the_same_day_is_not_told_again(product: FakeProduct) -> None:
    """Two claims of one day, one before and one after the morning's mail: each is told once."""
    product.now = NEXT_MORNING - timedelta(hours=2)
    before = await flagged(product, "before")
    assert await run(product, NEXT_MORNING) == (DigestKind.NEW,)
    assert before.number in texts(product)[0]
    after = await flagged(product, "after")
    assert await run(product, NEXT_MORNING + DAY) == (DigestKind.NEW,)
    (text,) = texts(product)
    assert after.number in text
    assert before.number not in text


@pytest.mark.parametrize("many", [LINES_AT_MOST, LINES_AT_MOST + 1])
async def test_a_long_queue_is_not_listed_to_its_end(product: FakeProduct, many: int) -> None:
    """At most fifty claims are listed; where there are more, the mail says so."""
    for number in range(many):
        claim = await live(product, new_claim(product, f"n{number}"), E.SUBMITTED, E.CHECKS_FLAGGED)
        await product.lists.project(claim, thorough=False)
    await run(product, NEXT_MORNING)
    (text,) = texts(product)
    more = many > LINES_AT_MOST
    assert text.startswith(f"Review: {LINES_AT_MOST} new claims{' and more' if more else ''}\n")
    assert ("There are more claims" in text) is more


async def test_what_was_told_is_not_read_again(product: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims whose review began days before the last digest are not even read."""
    for number in range(5):
        await flagged(product, f"old{number}")
    await run(product, NEXT_MORNING)
    product.now = NEXT_MORNING + DAY
    fresh = await flagged(product, "fresh")
    read: list[str] = []
    get: Callable[[str], Any] = product.claims.get

    async def counted(claim_id: str) -> Versioned[Claim] | None:
        read.append(claim_id)
        found: Versioned[Claim] | None = await get(claim_id)
        return found

    monkeypatch.setattr(product.claims, "get", counted)
    await run(product, NEXT_MORNING + 2 * DAY)
    assert read == [fresh.claim_id]
    assert len(read) < CLAIMS_READ_AT_MOST


async def test_an_odd_error_of_the_ledger_is_raised(product: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage that does not answer is told to the log after both digests were tried."""
    tried: list[DigestKind] = []

    async def down(kind: DigestKind) -> None:
        tried.append(kind)
        raise ServiceUnavailableError("The storage does not answer.")

    monkeypatch.setattr(product.digests, "newest", down)
    with pytest.raises(ServiceUnavailableError):
        await run(product, NEXT_MORNING)
    assert tuple(tried) == BOTH
