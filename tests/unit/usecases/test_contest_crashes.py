"""What a crash or a race between any two steps of a contest leaves, and that a decision too large is never begun."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.domain.mails import MailKind
from shared.usecases.decide_claim import ItemDecision
from shared.usecases.records import (
    OPERATIONS_AT_MOST,
    Commit,
    Queue,
    TooManyIncumbentsError,
    WorkMessage,
)
from shared.usecases.transition import RECOVERY_STEP, change
from tests.claims import CONTOSO, FABRIKAM, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.contests import (
    contesting,
    decided,
    filed_by,
    heard,
    now_of,
    official,
    on_subscription,
    places,
)
from tests.unit.usecases.lives import live

BEFORE_AND_AFTER = [False, False, False, False, True, True]
"""Two recovery messages, the deadline rows and the commit; then the two immediate messages."""


class CrashError(Exception):
    """The process is gone."""


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


class Dying:
    """A process that dies at its nth step: sends, deadline rows and the commit are counted."""

    def __init__(self, product: FakeProduct, at: int) -> None:
        self._left, self.services = at, product.services
        self._product = product
        product.services = replace(
            product.services,
            queue=_Wrapped(product.queue, self._step),
            claims=_Wrapped(product.claims, self._step),
            deadlines=_Wrapped(product.deadlines, self._step),
        )

    def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise CrashError

    def recover(self) -> None:
        """A new process."""
        self._product.services = self.services


class _Wrapped:
    """Counts what writes; everything else goes through."""

    def __init__(self, inner: Any, step: Callable[[], None]) -> None:
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in {"send", "hasten", "commit", "put"}:
            return found

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self._step()
            return await found(*args, **kwargs)

        return counted


async def crash_everywhere(
    begin: Callable[[FakeProduct], Awaitable[tuple[Claim, Claim]]],
    act: Callable[[FakeProduct, Claim], Awaitable[Any]],
    check: Callable[[FakeProduct, Claim, Claim], Awaitable[bool]],
) -> list[bool]:
    """Act with a crash at the first step, then at the second, …; gives for each whether the act had happened."""
    happened: list[bool] = []
    for at in range(1, 20):
        product = FakeProduct()
        incumbent, challenger = await begin(product)
        await product.drain()
        process = Dying(product, at)
        try:
            await act(product, challenger)
        except CrashError:
            process.recover()
        else:
            process.recover()
            await product.drain()
            assert await check(product, incumbent, challenger)
            return happened
        await product.drain()
        happened.append(await check(product, incumbent, challenger))
        if not happened[-1]:
            await act(product, challenger)
            await product.drain()
            assert await check(product, incumbent, challenger)
    raise AssertionError("the act never ends")


async def sent(product: FakeProduct, claim: Claim, kind: MailKind) -> list[str]:
    """How the claim's mails of that kind ended."""
    return [one.value.status.value for one in await product.claims.mails(claim.claim_id) if one.value.kind is kind]


async def test_a_crash_in_a_notice_tells_everybody_or_nobody() -> None:
    """Wherever it dies: nobody was told and the reviewer repeats it, or both were, and each mail goes out once."""

    async def begin(product: FakeProduct) -> tuple[Claim, Claim]:
        incumbent = await official(product, filed_by(product, CONTOSO))
        return incumbent, await contesting(product, filed_by(product, FABRIKAM))

    async def act(product: FakeProduct, challenger: Claim) -> Claim:
        return await decided(product, challenger, "noticeIncumbent")

    async def check(product: FakeProduct, incumbent: Claim, challenger: Claim) -> bool:
        told = bool((await now_of(product, challenger)).incumbents_told)
        events = [row.event for row in await product.claims.history(incumbent.claim_id)]
        assert ("contest-noticed" in events) is told
        assert await sent(product, incumbent, MailKind.ASSOCIATION_CONTESTED) == (["Sent"] if told else [])
        assert set(product.mails_sent().values()) == {1}
        return told

    assert await crash_everywhere(begin, act, check) == BEFORE_AND_AFTER


async def test_a_crash_at_the_end_moves_both_claims_or_none() -> None:
    """Wherever the confirmation dies: the incumbent holds, or the challenger does and both partners are told once."""

    async def begin(product: FakeProduct) -> tuple[Claim, Claim]:
        incumbent = await official(product, filed_by(product, CONTOSO))
        challenger = await contesting(product, filed_by(product, FABRIKAM))
        await heard(product, challenger)
        await decided(product, challenger, "accept", supersede=True)
        return incumbent, await live(product, challenger, E.NOTICE_ACCEPTED)

    async def act(product: FakeProduct, challenger: Claim) -> Claim:
        return await live(product, challenger, E.CONFIRMED)

    async def check(product: FakeProduct, incumbent: Claim, challenger: Claim) -> bool:
        approved = (await now_of(product, challenger)).status is Status.APPROVED
        assert ((await now_of(product, incumbent)).status is Status.ENDED) is approved
        holder, pending = (incumbent.claim_id, challenger.claim_id)
        expected = (pending, None) if approved else (holder, pending)
        assert await places(product, challenger) == {"workload~teams": expected}
        wanted = ["Sent"] if approved else []
        assert await sent(product, incumbent, MailKind.CLAIM_ENDED) == wanted
        assert await sent(product, challenger, MailKind.CLAIM_APPROVED) == wanted
        assert set(product.mails_sent().values()) == {1}
        return approved

    assert await crash_everywhere(begin, act, check) == BEFORE_AND_AFTER


async def test_every_claim_of_a_commit_has_its_recovery_message(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the commit a late message is sent for the challenger and one for the incumbent: it may not be hastened."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await product.drain()
    monkeypatch.setattr(product.queue, "hasten", AsyncMock())
    await decided(product, challenger, "noticeIncumbent")
    messages: list[WorkMessage] = []
    for _ in range(3):
        while (message := product.queue.take(Queue.EFFECTS)) is not None:
            messages.append(message)
        product.now += timedelta(seconds=61)
    late = [message.claim_id for message in messages if message.step == RECOVERY_STEP]
    assert sorted(late) == sorted((incumbent.claim_id, challenger.claim_id))


class Meddling:
    """A store where somebody ends the incumbent's claim right after its slot was read, once."""

    def __init__(self, product: FakeProduct, meddle: Callable[[], Awaitable[Any]]) -> None:
        self._product, self._inner, self._meddle = product, product.claims, meddle
        self._done = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def slots(self, tenant_id: str, resources: Any) -> Any:
        """The slots, then the meddling."""
        found = await self._inner.slots(tenant_id, resources)
        if not self._done:
            self._done = True
            await self._meddle()
        return found


async def test_an_incumbent_that_ends_under_the_decision_is_looked_at_again(product: FakeProduct) -> None:
    """The incumbent gives up after its slot was read: the customer's yes makes the challenger official all the same."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await heard(product, challenger)
    await decided(product, challenger, "accept", supersede=True)
    pending = await live(product, challenger, E.NOTICE_ACCEPTED)
    plain = product.services

    async def meddle() -> None:
        product.services, meddled = plain, product.services
        await live(product, incumbent, E.DISASSOCIATED)
        product.services = meddled

    product.services = replace(plain, claims=Meddling(product, meddle))
    confirmed = await change(product.services, pending.claim_id, lambda _: an_event(E.CONFIRMED), now=product.now)
    assert confirmed.status is Status.APPROVED
    events = [row.event for row in await product.claims.history(incumbent.claim_id)]
    assert events[-1] == "disassociated"
    assert await places(product, pending) == {"workload~teams": (pending.claim_id, None)}


async def crowded(product: FakeProduct, number: int) -> Claim:
    """A claim for so many subscriptions, each of them held by a claim of its own."""
    items = tuple(on_subscription(n) for n in range(number))
    for n, item in enumerate(items):
        await official(product, filed_by(product, CONTOSO, key=f"{n}", items=(item,)))
    return await contesting(product, filed_by(product, FABRIKAM, items=items))


@pytest.fixture
def commits(product: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    """Every commit that is made."""
    made: list[Commit] = []
    inner = product.claims.commit

    async def noted(commit: Commit) -> None:
        made.append(commit)
        await inner(commit)

    monkeypatch.setattr(product.claims, "commit", noted)
    return made


async def test_the_largest_decision_that_fits_is_carried_out(product: FakeProduct, commits: list[Commit]) -> None:
    """Nineteen incumbents: ninety-nine operations at the end, all in one transaction."""
    challenger = await crowded(product, 19)
    await heard(product, challenger)
    await decided(product, challenger, "accept", supersede=True)
    await live(product, challenger, E.NOTICE_ACCEPTED, E.CONFIRMED)
    assert (commits[-1].operations, OPERATIONS_AT_MOST) == (99, 100)
    assert len(commits[-1].claims) == 20


async def test_a_decision_that_could_not_be_finished_is_refused_at_once(
    product: FakeProduct, commits: list[Commit]
) -> None:
    """Twenty incumbents would take 104 operations at the end: refused before the customer is asked; with one fewer."""
    challenger = await crowded(product, 20)
    await heard(product, challenger)
    number = len(commits)
    with pytest.raises(TooManyIncumbentsError):
        await decided(product, challenger, "accept", supersede=True)
    assert len(commits) == number
    one_fewer = [ItemDecision(item_id="sales-00", decision="refuse", reason_codes=("contest-lost",))]
    accepted = await decided(product, challenger, "accept", supersede=True, items=one_fewer)
    assert accepted.status is Status.PENDING_CUSTOMER


async def test_more_incumbents_than_a_notice_can_hold_are_refused(product: FakeProduct) -> None:
    """Thirty-three incumbents do not fit a transaction: nobody is told, and the reviewer hears why."""
    challenger = await crowded(product, 33)
    with pytest.raises(TooManyIncumbentsError):
        await decided(product, challenger, "noticeIncumbent")
    assert (await now_of(product, challenger)).incumbents_told == {}


async def test_an_end_that_does_not_fit_after_all_leaves_the_claim_waiting(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the transaction refused at the end, nothing of it happens: the incumbent holds, the claim visibly waits."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await heard(product, challenger)
    await decided(product, challenger, "accept", supersede=True)
    pending = await live(product, challenger, E.NOTICE_ACCEPTED)
    monkeypatch.setattr("tests.fakes.claims.OPERATIONS_AT_MOST", 8)
    with pytest.raises(TooManyIncumbentsError):
        await live(product, challenger, E.CONFIRMED)
    assert await now_of(product, challenger) == pending
    assert await places(product, pending) == {"workload~teams": (incumbent.claim_id, pending.claim_id)}
