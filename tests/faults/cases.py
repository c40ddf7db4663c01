"""One case: a flow, one fault at one of its requests, and what people do before and after."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.domain.claim import Claim, Status
from shared.domain.claim_fields import ClaimFields
from shared.domain.deadlines import ClockKind
from shared.storage.claims import TableClaimStore
from shared.usecases.callers import Caller, Role
from shared.usecases.customer_response import Choice, RequestView, answer_request
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import ConflictError, DeliveryReport, InFlightError, Queue, ServiceUnavailableError
from shared.usecases.verify_claim import verify_claim
from tests.faults.product import DrivenProduct
from tests.faults.surroundings import FABRIKAM_CALLER, OPERATOR, caller, fields
from tests.faults.transport import Fault, ProcessDied

REVIEWER = Caller(organisation=OPERATOR, object_id="r1", name="Rey", roles=frozenset({Role.REVIEWER}))
ADMIN = Caller(organisation=OPERATOR, object_id="a1", name="Ada", roles=frozenset({Role.PROGRAM_ADMIN}))
PARTNER = "pat@contoso.example"
HOUR = timedelta(hours=1)
FREE_MAIL = "ida.manager@gmail.com"
"""An address that makes a reviewer look."""


@dataclass
class Case:
    """A customer of its own, the fault that is to come, and whether it did."""

    product: DrivenProduct
    customer: int
    at: int | None
    fault: Fault
    claims: int = 1
    happened: bool = False

    @property
    def now(self) -> Any:
        """The driven time."""
        return self.product.now

    async def strike[T](self, act: Callable[[], Awaitable[T]]) -> T:
        """Act with the fault ahead; the requests after it are sound."""
        transport = self.product.transport
        transport.plan(self.at, self.fault)
        done = await act()
        self.happened = transport.happened
        self.product.transport.plan(None)
        if self.product.look is not None:
            await self.product.look()
        return done

    async def checked(self, claim: Claim) -> None:
        """Run the claim's checks while the provider takes no mail: what they lead to is still to be sent."""
        verification = next(
            one for queue, one in self.product.sent if queue is Queue.VERIFY and one.claim_id == claim.claim_id
        )
        self.product.postbox.full = True
        await verify_claim(self.product.services, message=verification, last_attempt=False, now=self.now)
        self.product.postbox.full = False

    async def drained(self) -> None:
        """Empty the queues."""
        await self.product.drain()

    async def insist[T](self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step as a patient caller does: after a death or a fault wait, and send the same again."""
        for _ in range(4):
            try:
                return await step()
            except ProcessDied:
                self.product.restart()
            except (ServiceUnavailableError, InFlightError, ConflictError):
                pass
            self.product.now += timedelta(seconds=61)
        raise AssertionError("the step never goes through")

    async def unless_done(
        self, claim: Claim, done: Callable[[Claim], bool], step: Callable[[], Awaitable[Any]]
    ) -> None:
        """Act under the fault; whoever gets no answer looks again first, and acts only where it is not done."""

        async def look_first() -> None:
            if not done(await self.stored(claim)):
                await step()

        await self.strike(lambda: self.insist(look_first))
        assert done(await self.stored(claim))

    async def stored(self, claim: Claim) -> Claim:
        """The claim as it is stored."""
        found = await TableClaimStore(self.product.eyes).get(claim.claim_id)
        assert found is not None, "the claim is gone"
        return found.value

    async def filed(self, asked: ClaimFields | None = None) -> Claim:
        """A claim that was filed, its checks not yet run."""
        return await self.product.submit(f"key of {self.customer}", customer=self.customer, asked=asked)

    async def pending(self, *, products: tuple[str, ...] = ("teams",)) -> Claim:
        """A claim whose customer was told."""
        claim = await self.filed(fields(self.customer, products=products))
        await self.drained()
        return await self.reached(claim, Status.PENDING_CUSTOMER)

    async def approved(self, claim: Claim | None = None, *, products: tuple[str, ...] = ("teams",)) -> Claim:
        """Let the window pass and the timer run."""
        claim = claim or await self.pending(products=products)
        await self.wait_for(claim, ClockKind.OPT_OUT)
        return await self.reached(claim, Status.APPROVED)

    async def wait_for(self, claim: Claim, clock: ClockKind) -> None:
        """Let the clock run out, and the timer run."""
        self.product.now = (await self.stored(claim)).clocks[clock.value].deadline_at + HOUR
        await self.timer()

    async def timer(self) -> None:
        """The timer runs, twice at once as timers may, and what it hands out is done."""
        await self.product.tick()
        await self.drained()

    async def under_review(self) -> Claim:
        """A claim that a reviewer must look at."""
        claim = await self.filed(fields(self.customer, mailbox=FREE_MAIL))
        await self.drained()
        return await self.reached(claim, Status.UNDER_REVIEW)

    async def action_required(self) -> Claim:
        """A claim of whose partner a reviewer wants to know more."""
        claim = await self.under_review()
        await self.decide(claim, Decision(decision="requestInformation", reason_codes=("poe-no-date",)))
        await self.drained()
        return await self.reached(claim, Status.ACTION_REQUIRED)

    async def rejected(self) -> Claim:
        """A claim that a reviewer rejected."""
        claim = await self.under_review()
        await self.decide(claim, Decision(decision="reject", reason_codes=("poe-no-date",)))
        await self.drained()
        return await self.reached(claim, Status.REJECTED)

    async def contest(self) -> tuple[Claim, Claim]:
        """An official claim, and a rival's that contests it before a reviewer."""
        incumbent = await self.approved()
        rival = await self.product.submit(
            f"rival's key of {self.customer}", customer=self.customer, who=FABRIKAM_CALLER, mpn_id="2000001"
        )
        await self.drained()
        return incumbent, await self.reached(rival, Status.UNDER_REVIEW)

    async def reached(self, claim: Claim, status: Status) -> Claim:
        """The claim, which stands there by now."""
        found = await self.stored(claim)
        assert found.status is status, f"{found.status}, not {status}: {found.reasons}"
        return found

    async def decide(self, claim: Claim, decision: Decision) -> Claim:
        """What a reviewer decides on the claim as it is."""
        current = await self.stored(claim)
        return await decide_claim(
            self.product.services,
            caller=REVIEWER,
            claim_id=claim.claim_id,
            decision=decision,
            if_match=current.revision,
            now=self.now,
        )

    async def answer(self, claim: Claim, choice: Choice, items: frozenset[str] = frozenset()) -> RequestView:
        """The customer presses a button of its page; what it is told is remembered."""
        services = self.product.services
        view = await answer_request(
            services,
            claim_id=claim.claim_id,
            token=services.tokens.issue(claim),
            choice=choice,
            item_ids=items,
            reason="We work with somebody else." if choice is not Choice.CONFIRM else None,
            now=self.now,
        )
        self.product.promises.choices[claim.claim_id] = choice.value
        return view

    async def bounce(self, claim: Claim) -> None:
        """The provider reports that the request did not arrive."""
        mails = await TableClaimStore(self.product.eyes).mails(claim.claim_id)
        operation = next(mail.value.operation_id for mail in mails if mail.value.kind.value == "association-request")
        report = DeliveryReport(operation_id=operation, status="Bounced", at=self.now)
        await record_delivery(self.product.services, report=report, now=self.now)

    @property
    def partner(self) -> Caller:
        """Who filed the claims."""
        return caller()

    def requests(self) -> int:
        """How many request mails went out."""
        return Counter(mail.subject.split(":")[0] for _, mail in self.product.postbox.mails)["Please answer"]

    def mails_to(self, address: str, words: str) -> int:
        """How many such mails went to the address."""
        return sum(1 for _, mail in self.product.postbox.mails if mail.to == address and words in mail.subject)
