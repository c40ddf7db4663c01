"""Seeded schedules: the same seed always gives the same commands, faults, races, clocks and orders of messages."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.usecases.customer_response import Choice
from tests.simulation.deliveries import Deliveries
from tests.simulation.faulty_ports import Fault, FaultPlan
from tests.simulation.people import ENDS, PRODUCTS, SALES
from tests.simulation.plain_parts import GOOD, SCANNED, UNREADABLE
from tests.simulation.registrar import change_end
from tests.simulation.world import World
from tools.sample_registry import CONTOSO, FABRIKAM

ROUNDS = 14
AT_ONCE = 4
FAULTS_OF_100 = 3
TIMES = 10
ORGANISATIONS = (CONTOSO, FABRIKAM)
CUSTOMERS = (1, 2)
PARTNER_ACTS = ("withdraw", "resubmit", "dispute", "comment", "discard", "disassociate", "correct")
DECISIONS = ("accept", "accept", "requestInformation", "reject", "noticeIncumbent")
SKIPS = (timedelta(seconds=30), timedelta(minutes=61), timedelta(hours=20), timedelta(days=3))


@dataclass(frozen=True)
class Outcome:
    """What a run took: pieces of work, calls, faults, repeated deliveries; the moves and rests of its claims."""

    steps: int
    calls: tuple[str, ...]
    faults: int
    repeats: int
    rests: Counter[str]
    moves: Counter[tuple[str, str]]


def outcome(world: World, deliveries: Deliveries, rests: Counter[str]) -> Outcome:
    """The figures of a world that has come to rest."""
    return Outcome(
        steps=world.steps,
        calls=tuple(world.plan.names),
        faults=world.plan.happened,
        repeats=deliveries.repeats,
        rests=rests,
        moves=world.observer.rows.moves,
    )


async def run_schedule(seed: int) -> Outcome:
    """Live through the schedule of that seed. Broken, with what, where an invariant does not hold."""
    rng = random.Random(seed)
    plan = FaultPlan(random.Random(seed + 1), chance=rng.choice((0, FAULTS_OF_100)) / 100)
    world = await World(plan, rng, hesitates=rng.choice((0, 3))).begin()
    return await live(world, rng, rounds=ROUNDS, times=TIMES)


async def live(world: World, rng: random.Random, *, rounds: int, times: int) -> Outcome:
    """So many rounds of whatever the seed says, then rest, with each message delivered so many times."""
    deliveries = Deliveries(world)
    chance = Chance(world, deliveries, rng)
    for _ in range(rounds):
        works = [chance.work() for _ in range(rng.randint(1, AT_ONCE))]
        await asyncio.gather(*(work() for work in works))
        await world.refresh()
        world.observer.check_now()
    bodies = await deliveries.settle(times=times)
    rests = Counter(body["status"] for body in bodies.values())
    return outcome(world, deliveries, rests)


class Chance:
    """Lets the seed say who does what next, or what happens."""

    def __init__(self, world: World, deliveries: Deliveries, rng: random.Random) -> None:
        self._world, self._deliveries, self._rng = world, deliveries, rng

    def work(self) -> Callable[[], Awaitable[None]]:
        """One thing that somebody does, or that happens; what it is about is chosen when it begins."""
        whoever = [self.filing, self.queues, self.queues, self.queues, self.time, self.report, self.registry]
        people = [self.partner, self.reviewer, self.reviewer, self.customer, self.customer]
        return self._rng.choice([*whoever, *people] if self._world.known() else whoever)

    def _claim(self) -> tuple[str, str]:
        return self._rng.choice(self._world.known())

    async def filing(self) -> None:
        """A partner files a claim, or the same one again, or begins one."""
        rng, world = self._rng, self._world
        organisation, customer = rng.choice(ORGANISATIONS), rng.choice(CUSTOMERS)
        kind = rng.choice(("new", "new", "new", "again", "draft"))
        if kind == "draft":
            await world.draft(organisation, customer)
        elif kind == "again" and world.filings:
            await world.file(rng.choice(world.filings))
        else:
            says = rng.choice((GOOD, GOOD, GOOD, SCANNED, UNREADABLE))
            await world.new_filing(organisation, customer, rng.choice(PRODUCTS), says)

    async def partner(self) -> None:
        """A partner does something with one of its claims."""
        await self._world.partner(*self._claim(), self._rng.choice(PARTNER_ACTS))

    async def queues(self) -> None:
        """Some messages arrive, some of them twice or thrice."""
        rng = self._rng
        found = self._deliveries.visible()
        rng.shuffle(found)
        for queue, message in found[: rng.randint(1, 6)]:
            await self._deliveries.deliver(queue, message, times=rng.choice((1, 1, 2, 3)))

    async def reviewer(self) -> None:
        """A reviewer decides."""
        supersede = self._rng.choice((False, True))
        await self._world.decide(self._claim()[0], self._rng.choice(DECISIONS), supersede=supersede)

    async def customer(self) -> None:
        """A customer answers, for one product or for all."""
        await self._world.answer(self._claim()[0], self._rng.choice(tuple(Choice)), self._rng.choice((None, 0, 1)))

    async def time(self) -> None:
        """Time passes, up to around a deadline perhaps; the timer misses it, sees it, or sees it twice."""
        rng, product = self._rng, self._world.product
        due = self._deliveries.next_due()
        if due is not None and rng.choice((False, True)):
            product.now = max(product.now, due + timedelta(seconds=rng.choice((-1, 0, 1))))
        else:
            product.now += rng.choice(SKIPS)
        await asyncio.gather(*(self._deliveries.tick() for _ in range(rng.choice((0, 1, 2)))))

    async def registry(self) -> None:
        """A subscription ends sooner, or is extended."""
        await change_end(self._world, self._rng.choice(ENDS))

    async def report(self) -> None:
        """One of the mails bounces."""
        await self._deliveries.bounce(self._rng.randrange(1000))


async def file_and_approve(world: World, deliveries: Deliveries) -> None:
    """A partner files, the customer is silent, a comment and the partner's end of it."""
    await world.new_filing(CONTOSO, 1, ("teams", "intune"))
    await once_around(deliveries)
    await past_due(world, deliveries)
    await past_due(world, deliveries)
    for claim_id, organisation in world.known():
        await world.partner(claim_id, organisation, "comment")
        await world.partner(claim_id, organisation, "disassociate")


async def asked_and_answered(world: World, deliveries: Deliveries) -> None:
    """A scan is filed, a reviewer asks, the partner answers, the reviewer accepts, the customer opts out."""
    await world.new_filing(CONTOSO, 2, ("teams",), SCANNED)
    await once_around(deliveries)
    for claim_id, organisation in world.known():
        await world.decide(claim_id, "requestInformation", supersede=False)
        await world.partner(claim_id, organisation, "resubmit")
        await once_around(deliveries)
        await world.decide(claim_id, "accept", supersede=False)
        await once_around(deliveries)
        await world.answer(claim_id, Choice.OPT_OUT)


async def contested(world: World, deliveries: Deliveries) -> None:
    """A rival claims what is held; the holder is heard and superseded; the mail that gave notice bounces."""
    await world.new_filing(CONTOSO, 1, ("teams",))
    await once_around(deliveries)
    for claim_id, _ in world.known():
        await world.answer(claim_id, Choice.CONFIRM)
    await world.new_filing(FABRIKAM, 1, ("teams",))
    await once_around(deliveries)
    for claim_id, organisation in world.known():
        if organisation == FABRIKAM:
            await world.decide(claim_id, "noticeIncumbent", supersede=False)
            world.product.now += timedelta(days=9)
            await world.decide(claim_id, "accept", supersede=True)
    await once_around(deliveries)
    await past_due(world, deliveries)
    await past_due(world, deliveries)
    await deliveries.bounce_request()


async def taken_back(world: World, deliveries: Deliveries) -> None:
    """Two partners file for one customer at once; the first takes its claim back, a proof is bad and is disputed."""
    await asyncio.gather(world.new_filing(CONTOSO, 2, ("teams",)), world.new_filing(FABRIKAM, 2, ("teams",)))
    await once_around(deliveries)
    await world.new_filing(FABRIKAM, 2, ("intune",), UNREADABLE)
    await once_around(deliveries)
    for claim_id, organisation in world.known():
        await world.partner(claim_id, organisation, "withdraw" if organisation == CONTOSO else "dispute")
    await world.draft(CONTOSO, 2)
    for claim_id, organisation in tuple(world.drafts.items()):
        await world.partner(claim_id, organisation, "discard")


async def undelivered(world: World, deliveries: Deliveries) -> None:
    """The notice bounces, the partner names the contact anew, silence follows; and that notice bounces too."""
    await world.new_filing(FABRIKAM, 2, ("intune",))
    await once_around(deliveries)
    await deliveries.bounce_request()
    for claim_id, organisation in world.known():
        await world.partner(claim_id, organisation, "resubmit")
    await once_around(deliveries)
    await past_due(world, deliveries)
    await past_due(world, deliveries)
    await deliveries.bounce_request()


async def renewed(world: World, deliveries: Deliveries) -> None:
    """A subscription is claimed and confirmed, is about to end, is extended after all, and ends."""
    await world.new_filing(FABRIKAM, 2, (SALES,))
    await once_around(deliveries)
    for claim_id, _ in world.known():
        await world.answer(claim_id, Choice.CONFIRM)
    await once_around(deliveries)
    for ends_in in (timedelta(days=20), timedelta(days=400), timedelta(days=-1)):
        await change_end(world, ends_in)
        await once_around(deliveries)


STORIES: Mapping[str, Callable[[World, Deliveries], Awaitable[None]]] = {
    "file and approve": file_and_approve,
    "asked and answered": asked_and_answered,
    "contested": contested,
    "taken back": taken_back,
    "renewed": renewed,
    "undelivered": undelivered,
}


async def run_crowd(seed: int) -> None:
    """Each message is handed to four processes that begin one after the other. Broken where an invariant does not hold.

    While one of them sends a mail, another one looks what is to be sent.
    """
    world = await World(FaultPlan(random.Random(seed)), random.Random(seed), hesitates=3).begin()
    deliveries = Deliveries(world)
    await world.new_filing(CONTOSO, 2, ("teams",), SCANNED)
    await crowd_around(deliveries, apart=seed)
    for claim_id, _ in world.known():
        await world.decide(claim_id, "accept", supersede=False)
    await crowd_around(deliveries, apart=seed)
    await deliveries.settle()


async def crowd_around(deliveries: Deliveries, *, apart: int) -> None:
    """Every message that is there, handed to four processes."""
    for queue, message in deliveries.visible():
        await deliveries.deliver(queue, message, times=4, apart=apart)


async def once_around(deliveries: Deliveries) -> None:
    """Every message that is there, and what it causes, but no recovery."""
    for _ in range(4):
        for queue, message in deliveries.visible():
            await deliveries.deliver(queue, message)


async def past_due(world: World, deliveries: Deliveries) -> None:
    """The next clock runs out, the timer runs, its messages are handled."""
    due = deliveries.next_due()
    if due is not None:
        world.product.now = max(world.product.now, due + timedelta(minutes=16))
    await deliveries.tick()
    await once_around(deliveries)


async def run_story(name: str, faults: Mapping[int, Fault]) -> Outcome:
    """Live through the story with faults at these calls, then come to rest. Broken where an invariant does not hold."""
    rng = random.Random(0)
    world = await World(FaultPlan(random.Random(0), at=faults), rng).begin()
    deliveries = Deliveries(world)
    await STORIES[name](world, deliveries)
    world.observer.check_now()
    seen = world.plan.count
    bodies = await deliveries.settle()
    rests = Counter(body["status"] for body in bodies.values())
    done = outcome(world, deliveries, rests)
    return replace(done, calls=done.calls[:seen])
