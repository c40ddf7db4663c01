"""What a crash between any two steps of a look at an official claim leaves, and that the next look finishes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.claim import Claim, Outcome, Status
from shared.domain.mails import MailKind
from shared.usecases.association_ends import END
from shared.usecases.records import DeadlineRow, Queue
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_after_approval import SALES, SERVICE, birch
from tools.sample_registry import subscription_id

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WRITES = {"send", "hasten", "recall", "commit", "put", "delete"}


class CrashError(Exception):
    """The process is gone."""


class Mortal:
    """Dies before its nth write; `steps` tells how many it made."""

    def __init__(self, product: FakeProduct, dies_at: int) -> None:
        self.steps, self._dies_at = 0, dies_at
        self.services = replace(
            product.services,
            queue=_Counted(product.queue, self._step),
            claims=_Counted(product.claims, self._step),
            deadlines=_Counted(product.deadlines, self._step),
        )

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self._dies_at:
            raise CrashError


class _Counted:
    """Counts what writes; everything else goes through."""

    def __init__(self, inner: Any, step: Callable[[], None]) -> None:
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in WRITES:
            return found

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self._step()
            return await found(*args, **kwargs)

        return counted


async def at_the_end(product: FakeProduct) -> Claim:
    """A claim of which one product's subscription is over since an hour, and the other's ends in twenty days."""
    await product.seed()
    claim = await birch(product, (SALES, 21), (SERVICE, 22))
    moved = product.now + 60 * DAY
    for number, end in ((21, moved), (22, moved + 20 * DAY)):
        known = await product.registry.subscription(subscription_id(number))
        assert known is not None
        await product.registry.put_subscriptions([replace(known, ends_at=end)])
    product.now = moved + HOUR
    return claim


async def handed_out(product: FakeProduct, mortal: Mortal | None) -> None:
    """Handle what the timer hands out; a process that dies leaves its message, which comes back."""
    await product.tick()
    alive = product.services
    while (message := product.queue.take(Queue.DEADLINES)) is not None:
        product.services = mortal.services if mortal else alive
        try:
            await product.work(Queue.DEADLINES, message)
        except CrashError:
            product.services, mortal = alive, None
            await product.work(Queue.DEADLINES, message)
        product.services = alive


@pytest.mark.parametrize("redelivered", [True, False])
async def test_a_crash_anywhere_in_a_look_does_no_harm(*, redelivered: bool) -> None:
    """One product ends, one is announced by one draft and one mail, and the next look stands, wherever it died."""
    for dies_at in range(1, 60):
        product = FakeProduct()
        claim = await at_the_end(product)
        mortal = Mortal(product, dies_at)
        row = next(one.value for one in product.deadlines.rows.stored.values() if one.value.kind == END)
        await product.deadlines.put([replace(row, due_at=product.now)])
        if redelivered:
            await handed_out(product, mortal)
        else:
            await died_for_good(product, mortal)
        await product.drain()
        await check(product, claim)
        if mortal.steps < dies_at:
            assert dies_at > 15
            return
    raise AssertionError("the look never ends")


async def died_for_good(product: FakeProduct, mortal: Mortal) -> None:
    """The process dies and its message with it: what it left in queues and rows must do."""
    await product.tick()
    alive = product.services
    while (message := product.queue.take(Queue.DEADLINES)) is not None:
        product.services = mortal.services
        try:
            await product.work(Queue.DEADLINES, message)
        except CrashError:
            pass
        finally:
            product.services = alive
    await product.drain()
    await handed_out(product, None)


async def check(product: FakeProduct, claim: Claim) -> None:
    """The one end that there is."""
    found = await product.claims.get(claim.claim_id)
    assert found is not None
    after = found.value
    outcomes = {item.product_id: item.outcome for item in after.items}
    assert (after.status, outcomes) == (Status.APPROVED, {SALES: Outcome.ENDED, SERVICE: Outcome.ASSOCIATED})
    mails = [one.value.kind for one in await product.claims.mails(claim.claim_id)]
    assert (mails.count(MailKind.ASSOCIATION_ENDING), mails.count(MailKind.CLAIM_ENDED)) == (1, 1)
    assert max(product.mails_sent().values()) == 1
    assert len([one for one in product.claims.rows.stored if "claim:" in str(one)]) == 2
    assert after.valid_until is not None
    rows = {one.value for one in product.deadlines.rows.stored.values() if one.value.claim_id == claim.claim_id}
    assert DeadlineRow(kind=END, claim_id=claim.claim_id, due_at=after.valid_until + HOUR) in rows
    assert min(row.due_at for row in rows) > product.now
