"""The contract of Idempotency."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.storage.idempotency import LEASE, TableIdempotency
from shared.usecases.ports import Idempotency
from shared.usecases.records import InFlightError, KeyReusedError, KnownKey, Ticket
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import NOW, claim, fresh
from tests.fakes.idempotency import FakeIdempotency


@pytest.fixture(params=BOTH)
def idempotency(request: pytest.FixtureRequest) -> Idempotency:
    """The fake, then the adapter."""
    return FakeIdempotency() if request.param == "fake" else TableIdempotency(request.getfixturevalue("clients"))


class Request:
    """A request that can be sent again."""

    def __init__(self, idempotency: Idempotency) -> None:
        self.idempotency = idempotency
        self.organisation, self.key, self.claim_id = fresh(), "key / with # odd ? characters \n", claim().claim_id

    async def begin(
        self, now: datetime = NOW, *, payload_hash: str = "hash", claim_id: str | None = None
    ) -> Ticket | str:
        """Ask for the ticket."""
        return await self.idempotency.begin(
            organisation=self.organisation,
            key=self.key,
            payload_hash=payload_hash,
            claim_id=claim_id or self.claim_id,
            now=now,
        )

    async def ticket(self, now: datetime = NOW) -> Ticket:
        """Get the ticket."""
        begun = await self.begin(now)
        assert isinstance(begun, Ticket)
        return begun


@pytest.fixture
def request_(idempotency: Idempotency) -> Request:
    """A request with a key of its own."""
    return Request(idempotency)


async def test_a_finished_key_answers_with_its_claim(request_: Request) -> None:
    """A key whose claim was made answers with that claim, then and much later."""
    ticket = await request_.ticket()
    assert ticket.claim_id == request_.claim_id
    assert not ticket.taken_over
    await request_.idempotency.finish(ticket)
    assert await request_.begin() == request_.claim_id
    assert await request_.begin(NOW + timedelta(days=400)) == request_.claim_id


async def test_of_twenty_at_once_one_gets_the_ticket(request_: Request) -> None:
    """Twenty requests with one key at once are one ticket and nineteen that are told to wait."""
    ends = await asyncio.gather(*(request_.begin() for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(end, Ticket) for end in ends) == 1
    assert sum(isinstance(end, InFlightError) for end in ends) == 19


async def test_another_payload_is_refused(request_: Request) -> None:
    """Another payload, or another customer, under the same key is refused, in flight and when done."""
    ticket = await request_.ticket()
    for _ in range(2):
        with pytest.raises(KeyReusedError):
            await request_.begin(payload_hash="other")
        with pytest.raises(KeyReusedError):
            await request_.begin(claim_id=claim().claim_id)
        await request_.idempotency.finish(ticket)


async def test_a_key_is_its_organisations_own(request_: Request, idempotency: Idempotency) -> None:
    """Two organisations may use the same key."""
    await request_.ticket()
    await Request(idempotency).ticket()


async def test_a_lease_can_be_taken_over_when_it_is_over(request_: Request) -> None:
    """A ticket whose holder died is taken over after 60 seconds, not before, and by one request only."""
    await request_.ticket()
    with pytest.raises(InFlightError):
        await request_.begin(NOW + LEASE - timedelta(microseconds=1))
    ends = await asyncio.gather(*(request_.begin(NOW + LEASE) for _ in range(8)), return_exceptions=True)
    tickets = [end for end in ends if isinstance(end, Ticket)]
    assert [ticket.taken_over for ticket in tickets] == [True]
    assert sum(isinstance(end, InFlightError) for end in ends) == 7


async def test_a_lost_ticket_changes_nothing(request_: Request) -> None:
    """The first holder, coming back late, neither frees nor closes the key of the one who took over."""
    late = await request_.ticket()
    taker = await request_.ticket(NOW + LEASE)
    await request_.idempotency.abandon(late)
    await request_.idempotency.finish(late)
    with pytest.raises(InFlightError):
        await request_.begin(NOW + LEASE)
    await request_.idempotency.finish(taker)
    assert await request_.begin() == request_.claim_id


async def test_an_abandoned_key_is_free_again(request_: Request) -> None:
    """A key whose request made nothing can be used anew at once, even for another payload."""
    ticket = await request_.ticket()
    await request_.idempotency.abandon(ticket)
    again = await request_.begin(payload_hash="corrected")
    assert isinstance(again, Ticket)
    assert not again.taken_over
    await request_.idempotency.abandon(ticket)
    with pytest.raises(InFlightError):
        await request_.begin(payload_hash="corrected")


async def test_a_key_can_be_looked_at_without_being_taken(request_: Request) -> None:
    """Looking tells what a key stands for and whether its claim is made, and takes nothing."""

    async def look() -> KnownKey | None:
        return await request_.idempotency.look(organisation=request_.organisation, key=request_.key)

    assert await look() is None
    ticket = await request_.ticket()
    assert await look() == KnownKey(claim_id=request_.claim_id, payload_hash="hash", made=False)
    await request_.idempotency.finish(ticket)
    assert await look() == KnownKey(claim_id=request_.claim_id, payload_hash="hash", made=True)
    assert await request_.idempotency.look(organisation=fresh(), key=request_.key) is None
