"""Killing the app, never the emulator, at every storage request of a flow: the story still ends right."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.deadlines import ClockKind
from shared.storage.claims import TableClaimStore
from shared.usecases.callers import Caller, Role
from shared.usecases.customer_response import Choice, answer_request
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport, InFlightError, ServiceUnavailableError
from shared.usecases.withdraw_claim import withdraw_claim
from tests.faults.invariants import check_all
from tests.faults.product import FABRIKAM, START, DrivenProduct, Postbox, caller, new_product, registered
from tests.faults.transport import Fault, ProcessDied
from tools.embedded import Azurite
from tools.sample_registry import tenant

FAULTS = [Fault.DIE_AFTER, Fault.REPLY_LOST]
EVERY_POINT = os.environ.get("FAULTS") == "full"
# The long flows take minutes point by point: `make faults` does that, each other run looks at some of them.
STRIDES = {"verify": 4, "finalize": 4, "notice": 2, "supersede": 4}
_CUSTOMERS = count(100)
PARTNER = "pat@contoso.example"
OPERATOR = "00000000-0000-4000-8000-0000000000aa"
REVIEWER = Caller(organisation=OPERATOR, object_id="r1", name="Rey", roles=frozenset({Role.REVIEWER}))
Story = Callable[[DrivenProduct, int, int, Fault], Awaitable[bool]]


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """An emulator that no other test sends messages to: the stories wait until every queue is empty."""
    with Azurite() as emulator:
        yield emulator.connection_string


@pytest.fixture(scope="module")
async def driven(storage: str) -> AsyncIterator[DrivenProduct]:
    """A product on storage of its own."""
    product = await new_product(storage)
    yield product
    await product.close()


async def fresh_customer(product: DrivenProduct) -> int:
    """A registered customer with no claims, and time and postbox as at the start."""
    customer = next(_CUSTOMERS)
    product.restart()
    product.now, product.postbox = START, Postbox()
    product.restart()
    await product.services.registry.put_customers([registered(customer)])
    return customer


async def insist(product: DrivenProduct, step: Callable[[], Awaitable[Any]]) -> Any:
    """Do a step as a patient caller does: after a death or a fault wait, and send the same again."""
    for _ in range(4):
        try:
            return await step()
        except ProcessDied:
            product.restart()
        except (ServiceUnavailableError, InFlightError):
            pass
        product.now += timedelta(seconds=61)
    raise AssertionError("the step never goes through")


async def stored(product: DrivenProduct, claim: Claim) -> Claim:
    """The claim as it is stored."""
    found = await TableClaimStore(product.eyes).get(claim.claim_id)
    assert found is not None
    return found.value


async def to_pending(product: DrivenProduct, customer: int) -> Claim:
    """A claim whose customer was told."""
    claim = await product.submit(f"key of {customer}", customer=customer)
    await product.drain()
    return await stored(product, claim)


async def to_approved(product: DrivenProduct, claim: Claim) -> Claim:
    """Let the window pass and the timer run."""
    deadline = (await stored(product, claim)).clocks[ClockKind.OPT_OUT.value].deadline_at
    product.now = deadline + timedelta(hours=1)
    await product.tick()
    await product.drain()
    return await stored(product, claim)


def requests(product: DrivenProduct) -> int:
    """How many request mails the customer got."""
    return Counter(mail.subject.split(":")[0] for _, mail in product.postbox.mails)["Please answer"]


async def submit_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault in submit; the partner sends the same request again."""
    product.transport.plan(at, fault)
    transport = product.transport
    claim = await insist(product, lambda: product.submit(f"key of {customer}", customer=customer))
    happened = transport.happened
    await product.drain()
    assert (await stored(product, claim)).status is Status.PENDING_CUSTOMER
    assert (await to_approved(product, claim)).status is Status.APPROVED
    assert requests(product) == 1
    return happened


async def verify_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault in the checks or the effects; the queue delivers again."""
    claim = await product.submit(f"key of {customer}", customer=customer)
    product.transport.plan(at, fault)
    transport = product.transport
    await product.drain()
    assert (await stored(product, claim)).status is Status.PENDING_CUSTOMER
    assert (await to_approved(product, claim)).status is Status.APPROVED
    assert 1 <= requests(product) <= 2
    return transport.happened


async def finalize_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault in the timer, the finalization or its effects."""
    claim = await to_pending(product, customer)
    product.transport.plan(at, fault)
    transport = product.transport
    assert (await to_approved(product, claim)).status is Status.APPROVED
    return transport.happened


async def opt_out_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault in the customer's answer; the customer presses the button again."""
    claim = await to_pending(product, customer)
    token = product.services.tokens.issue(claim)
    product.transport.plan(at, fault)
    transport = product.transport
    view = await insist(
        product,
        lambda: answer_request(
            product.services,
            claim_id=claim.claim_id,
            token=token,
            choice=Choice.OPT_OUT,
            item_ids=frozenset(),
            reason="We work with somebody else.",
            now=product.now,
        ),
    )
    assert view.claim.status is Status.OPTED_OUT
    happened = transport.happened
    await product.drain()
    assert (await stored(product, claim)).status is Status.OPTED_OUT
    return happened


async def bounce_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault while a bounce is recorded; the report is delivered again. The claim is never approved."""
    claim = await to_pending(product, customer)
    mails = await product.services.claims.mails(claim.claim_id)
    operation = next(mail.value.operation_id for mail in mails if mail.value.kind.value == "association-request")
    product.transport.plan(at, fault)
    transport = product.transport
    report = DeliveryReport(operation_id=operation, status="Bounced", at=product.now)
    await insist(product, lambda: record_delivery(product.services, report=report, now=product.now))
    happened = transport.happened
    await product.drain()
    product.now = claim.clocks[ClockKind.OPT_OUT.value].deadline_at + timedelta(hours=1)
    await product.tick()
    await product.drain()
    after = await stored(product, claim)
    assert after.status in {Status.ACTION_REQUIRED, Status.REJECTED}
    assert Status.APPROVED not in after.visited
    return happened


async def withdraw_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault in a withdrawal; the partner looks again and finds it done. The customer is told."""
    claim = await to_pending(product, customer)
    product.transport.plan(at, fault)
    transport = product.transport

    async def withdraw() -> None:
        if (await stored(product, claim)).status is not Status.WITHDRAWN:
            await withdraw_claim(
                product.services, caller=caller(), claim_id=claim.claim_id, comment=None, now=product.now
            )

    await insist(product, withdraw)
    happened = transport.happened
    await product.drain()
    assert (await stored(product, claim)).status is Status.WITHDRAWN
    assert any("ithdrawn" in mail.subject and mail.to.startswith("ida@") for _, mail in product.postbox.mails)
    return happened


async def contest(product: DrivenProduct, customer: int) -> tuple[Claim, Claim]:
    """An official claim, and a rival's that contests it before a reviewer."""
    incumbent = await to_approved(product, await to_pending(product, customer))
    rival = await product.submit(
        f"rival's key of {customer}", customer=customer, who=caller(FABRIKAM), mpn_id="2000001"
    )
    await product.drain()
    challenger = await stored(product, rival)
    assert challenger.status is Status.UNDER_REVIEW
    return incumbent, challenger


async def decide(product: DrivenProduct, claim: Claim, decision: Decision) -> Claim:
    """What a reviewer decides on the claim as it is."""
    current = await stored(product, claim)
    return await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=decision,
        if_match=current.revision,
        now=product.now,
    )


def mails_to(product: DrivenProduct, address: str, words: str) -> int:
    """How many such mails went to the address."""
    return sum(1 for _, mail in product.postbox.mails if mail.to == address and words in mail.subject)


async def notice_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault while incumbents are told; the reviewer looks again. The incumbent is asked for its proof."""
    incumbent, challenger = await contest(product, customer)
    product.transport.plan(at, fault)
    transport = product.transport

    async def notice() -> None:
        if not (await stored(product, challenger)).incumbents_told:
            await decide(product, challenger, Decision(decision="noticeIncumbent"))

    await insist(product, notice)
    happened = transport.happened
    await product.drain()
    after, told = await stored(product, challenger), await stored(product, incumbent)
    assert set(after.incumbents_told) == {incumbent.claim_id}
    windows = [one.clocks[ClockKind.INCUMBENT_RESPONSE.value] for one in (after, told)]
    assert windows[0] == windows[1]
    assert mails_to(product, PARTNER, "is contested") >= 1
    return happened


async def supersede_story(product: DrivenProduct, customer: int, at: int, fault: Fault) -> bool:
    """A fault while the challenger becomes official and the incumbent ends: both happen, and both are told."""
    incumbent, challenger = await contest(product, customer)
    noticed = await decide(product, challenger, Decision(decision="noticeIncumbent"))
    product.now = noticed.clocks[ClockKind.INCUMBENT_RESPONSE.value].deadline_at + timedelta(hours=1)
    await decide(product, challenger, Decision(decision="accept", supersede=True))
    await product.drain()
    product.transport.plan(at, fault)
    transport = product.transport
    assert (await to_approved(product, challenger)).status is Status.APPROVED
    ended = await stored(product, incumbent)
    assert (ended.status, ended.reasons) == (Status.ENDED, ("superseded",))
    eyes = TableClaimStore(product.eyes)
    rows = [(await eyes.history(one.claim_id))[-1] for one in (challenger, incumbent)]
    assert {row.event for row in rows} == {"deadline-passed", "superseded"}
    assert len({row.operation_id for row in rows}) == 1
    assert mails_to(product, PARTNER, "Association ended") >= 1
    return transport.happened


STORIES: dict[str, Story] = {
    "submit": submit_story,
    "verify": verify_story,
    "finalize": finalize_story,
    "opt-out": opt_out_story,
    "bounce": bounce_story,
    "withdraw": withdraw_story,
    "notice": notice_story,
    "supersede": supersede_story,
}
CLAIMS = {"notice": 2, "supersede": 2}
"""How many claims a story is about, where it is more than one."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("name", sorted(STORIES))
async def test_every_point_of_a_flow_may_fail(driven: DrivenProduct, name: str, fault: Fault) -> None:
    """Whichever storage request of the flow fails, the claim ends where it should and every invariant holds."""
    stride = 1 if EVERY_POINT else STRIDES.get(name, 1)
    points = 0
    for at in count(1 + FAULTS.index(fault) * stride // 2, stride):
        customer = await fresh_customer(driven)
        happened = await STORIES[name](driven, customer, at, fault)
        bodies = await check_all(driven.eyes, driven.postbox, tenant(customer))
        assert len(bodies) == CLAIMS.get(name, 1), f"{name}: {len(bodies)} claims after a fault at request {at}"
        if not happened:
            break
        points += 1
    print(f"{name}, {fault.value}: {points} points, 0 broken")
    assert points >= 5


async def test_a_death_before_anything_is_sent_leaves_nothing(driven: DrivenProduct) -> None:
    """A worker that dies before its first request of a submit has stored nothing at all."""
    customer = await fresh_customer(driven)
    driven.transport.plan(1, Fault.DIE_BEFORE)
    with pytest.raises(ProcessDied):
        await driven.submit("never", customer=customer)
    driven.restart()
    assert await check_all(driven.eyes, driven.postbox, tenant(customer)) == {}
