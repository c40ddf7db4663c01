"""The races: one round of each, and what it must have come to. Each gives the customers whose rows are to be read."""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.faults.evidence import Row
from tests.races.arena import PARTNERS, REVIEWERS, Arena, Filing
from tests.races.reader import PATIENCE, Reader
from tools.local_client import SAFETY_MARGIN, Link, Mail, at

SECOND = timedelta(seconds=1)
LEASES_OVER = timedelta(minutes=3)
"""A key that a killed host was working on may be taken over by then."""
DECISIONS = (
    {"decision": "reject", "reasonCodes": ["poe-no-customer-name"]},
    {"decision": "requestInformation", "reasonCodes": ["poe-no-customer-name"], "comment": "Please explain."},
)
EVERYBODY = range(1, PARTNERS + 1)


@dataclass
class Tally:
    """What the rounds came to, and whose rows tell of it."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    tenants: list[str] = field(default_factory=list)

    def expect(self, truth: object, what: str) -> None:
        """Note what is not as it must be."""
        if not truth:
            self.wrong.append(what)


async def all_at_once[T](work: list[Coroutine[Any, Any, T]]) -> list[T]:
    """Start everything before anything is awaited."""
    return list(await asyncio.gather(*work))


async def in_the_end(arena: Arena, tally: Tally, filing: Filing, *, at: int = 0) -> httpx.Response:
    """File it, and again by the same key where the answer says to try later, as a partner's program does."""
    over_at = asyncio.get_running_loop().time() + PATIENCE
    while True:
        answer = await arena.file(filing, at=at)
        again = answer.status_code == 503 or (answer.status_code == 409 and answer.json()["code"] == "in-flight")
        if not again or asyncio.get_running_loop().time() > over_at:
            return answer
        tally.counts["asked to try later"] += 1
        await asyncio.sleep(float(answer.headers["Retry-After"]))


async def slot_round(
    arena: Arena, reader: Reader, tally: Tally, *, freed: bool, partners: int = PARTNERS
) -> list[dict[str, Any]]:
    """Partners file for one slot at once: one is pending, the others wait for a reviewer as contested.

    `freed` has the slot held and given back before, so that its row exists when they race. Gives the losers' claims.
    """
    first = await arena.filing(1)
    if freed:
        taken = (await arena.file(first)).raise_for_status().json()
        await reader.until(first.customer.tenant_id, _left("Submitted"), "the first claim checked")
        await arena.withdraw(1, taken["claimId"])
    filings = [await arena.filing(partner, first.customer) for partner in EVERYBODY[:partners]]
    answers = await all_at_once([in_the_end(arena, tally, one, at=one.partner) for one in filings])
    tally.expect(all(answer.status_code == 202 for answer in answers), f"filing: {[a.status_code for a in answers]}")
    found = await reader.until(first.customer.tenant_id, _left("Submitted"), "all claims checked")
    made = {answer.json()["claimId"] for answer in answers if answer.status_code == 202}
    bodies = {claim_id: body for claim_id, body in found.bodies.items() if claim_id in made}
    came_to = Counter((body["status"], *body["reasons"]) for body in bodies.values())
    wanted = {("PendingCustomer",): 1, ("UnderReview", "contested"): partners - 1}
    tally.expect(came_to == wanted, f"{partners} partners raced for one slot: {dict(came_to)}")
    tally.counts["slot rounds"] += 1
    tally.counts["winners"] += came_to["PendingCustomer",]
    tally.tenants.append(first.customer.tenant_id)
    return [
        {"claimId": claim_id, "revision": body["revision"]}
        for claim_id, body in bodies.items()
        if body["status"] == "UnderReview"
    ]


async def decision_round(arena: Arena, tally: Tally, claims: list[dict[str, Any]]) -> None:
    """Two reviewers decide each of the claims at the same moment: one is heard, the other told to look again."""
    answers = await all_at_once(
        [
            arena.decide(reviewer, claim, decision, at=place)
            for claim in claims
            for place, (reviewer, decision) in enumerate(zip(REVIEWERS, DECISIONS, strict=True))
        ]
    )
    for pair in zip(answers[::2], answers[1::2], strict=True):
        tally.expect(pair.count(200) == 1 and (set(pair) - {200}) <= {409, 412}, f"two decisions at once: {pair}")
        tally.counts["double decisions"] += 1


async def key_round(arena: Arena, tally: Tally) -> None:
    """One key from many at once, half of them with another payload: one claim, whoever was first."""
    key = str(uuid.uuid4())
    mine = await arena.filing(1, key=key)
    other = await arena.filing(1, key=key)
    answers = await all_at_once([arena.file(one, at=n) for n, one in enumerate([mine, other] * (PARTNERS // 2))])
    codes = Counter(answer.status_code for answer in answers)
    made = {answer.json()["claimId"] for answer in answers if answer.status_code == 202}
    tally.expect(len(made) == 1, f"one key made {len(made)} claims: {dict(codes)}")
    tally.expect(set(codes) <= {202, 409, 422}, f"one key from many: {dict(codes)}")
    after = sorted([(await arena.file(one)).status_code for one in (mine, other)])
    tally.expect(after == [202, 422], f"the same key later: {after}")
    tally.counts["keys shared"] += 1
    tally.tenants += [mine.customer.tenant_id, other.customer.tenant_id]


async def silence_round(arena: Arena, reader: Reader, tally: Tally, number: int, seed: int) -> None:
    """Customers decline within a second of the instant at which silence becomes consent, while the timer runs.

    Whoever was told that the no is recorded is heard; everybody else's claim is official. The first is a second early
    and as a rule heard; the last but one, and every fifth, is up to three seconds later and as a rule too late. The
    last one says nothing, and is told so when it declines after all.
    """
    chance = random.Random(seed)
    filings = [await arena.filing(EVERYBODY[n % PARTNERS]) for n in range(number)]
    answers = await all_at_once([arena.file(one, at=n) for n, one in enumerate(filings)])
    claims = {one.raise_for_status().json()["claimId"]: filing for one, filing in zip(answers, filings, strict=True)}
    bodies = {
        claim_id: (await reader.until(filing.customer.tenant_id, _asked, "the customer asked")).bodies[claim_id]
        for claim_id, filing in claims.items()
    }
    deadlines = {datetime.fromisoformat(body["clocks"]["opt-out"]["deadline_at"]) for body in bodies.values()}
    due = max(deadlines) + SAFETY_MARGIN
    links = await _links(arena)
    await arena.advance(due - SECOND - await arena.now())

    async def decline(claim_id: str, place: int, moment: datetime) -> tuple[str, int]:
        await asyncio.sleep(max(0.0, (moment - await arena.now()).total_seconds()))
        answer = await arena.opt_out(claim_id, links[claim_id].token, at=place)
        said = answer.status_code == 200 or answer.json()["code"]
        tally.expect(said in {True, "too-late"}, f"a no was answered {said}")
        return claim_id, answer.status_code

    async def tick(place: int, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - await arena.now()).total_seconds()))
        await arena.run_timer(at=place)

    spans = [(-1.0, 1.0) if n % 5 < 4 else (1.0, 4.0) for n in range(number - 3)] + [(3.0, 4.0)]
    moments = [due - SECOND, *(due + SECOND * chance.uniform(*span) for span in spans)]
    declining = [decline(one, n, moment) for n, (one, moment) in enumerate(zip([*claims][:-1], moments, strict=True))]
    ticks = [tick(n, due + SECOND * n / 10) for n in range(-4, 13, 2)]
    outcome, _ = await asyncio.gather(all_at_once(declining), all_at_once(ticks))
    await reader.worked_off(arena.run_timer)
    after = dict.fromkeys(claims, 0) | dict(outcome)
    for claim_id, code in after.items():
        tenant_id = claims[claim_id].customer.tenant_id
        evidence = await reader.until(tenant_id, _left("PendingCustomer"), "the deadline's end")
        status = evidence.bodies[claim_id]["status"]
        wanted = {200: "OptedOut", 409: "Approved", 0: "Approved"}.get(code)
        tally.expect(status == wanted, f"the customer was answered {code}, and the claim is {status}")
        tally.counts["noes heard" if status == "OptedOut" else "noes too late" if code else "silent"] += 1
    silent = [*claims][-1]
    late = await arena.opt_out(silent, links[silent].token, at=0)
    tally.expect(late.json().get("code") == "too-late", f"a no to what is official was answered {late.status_code}")
    tally.counts["deadlines raced for"] += number
    tally.tenants += [filing.customer.tenant_id for filing in filings]


def _left(status: str) -> Callable[[Row], bool]:
    """Whether a claim is in that status no more."""
    return lambda row: bool(row["Status"] != status)


def _asked(row: Row) -> bool:
    """Whether the customer's time to answer runs."""
    return row.get("OptOutDeadline") is not None


async def _links(arena: Arena) -> dict[str, Link]:
    """The link of each request mail, by claim."""
    found: dict[str, Link] = {}
    for row in await arena.mails():
        if row["subject"].startswith("Please answer"):
            link = Mail(row["to"], row["subject"], row["text"], row["html"], at(row["sentAt"])).link
            found[link.claim_id] = link
    return found


@dataclass
class Sent:
    """A filing that was sent, and the answer, if there was one."""

    filing: Filing
    answer: httpx.Response | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether it was taken."""
        return self.answer is not None and self.answer.status_code == 202


async def kill_round(arena: Arena, tally: Tally, *, rate: float, after: int) -> None:
    """Kill the host under a load of so many claims a second, once so many are acknowledged, and start another.

    What was not answered is sent again with its key, and what was, too: each key makes the one claim.
    """
    # All is made ready before, so that the load is the host's alone. A slow one gets no more than it can chew.
    prepared = [await arena.filing(1 + n % PARTNERS) for n in range(2 * after + 4)]
    sent: list[Sent] = []
    enough, dead = asyncio.Event(), asyncio.Event()

    async def send(one: Sent) -> None:
        try:
            one.answer = await arena.file(one.filing)
        except httpx.HTTPError:
            return
        if sum(other.acknowledged for other in sent) >= after:
            enough.set()

    async def load() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number, filing in enumerate(prepared):
                await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
                if dead.is_set():
                    return
                sent.append(Sent(filing))
                tasks.create_task(send(sent[-1]))

    loop = asyncio.get_running_loop()
    began = loop.time()
    loading = asyncio.create_task(load())
    async with asyncio.timeout(PATIENCE):
        await enough.wait()
    arena.product.kill_host()
    took = loop.time() - began
    dead.set()
    await loading
    acknowledged = [(one, one.answer) for one in sent if one.answer is not None and one.acknowledged]
    arena.product.start_host()
    await arena.advance(LEASES_OVER)
    again = await all_at_once([in_the_end(arena, tally, one.filing) for one in sent])
    codes = Counter(answer.status_code for answer in again)
    tally.expect(set(codes) == {202}, f"the same requests again: {dict(codes)}")
    ids = {one.filing.key: answer.json().get("claimId") for one, answer in zip(sent, again, strict=True)}
    for one, answer in acknowledged:
        tally.expect(ids[one.filing.key] == answer.json()["claimId"], "the same request again made another claim")
    tally.counts["kills"] += 1
    tally.counts["claims sent"] += len(sent)
    tally.counts["acknowledged before"] += len(acknowledged)
    tally.counts["ms of load"] += round(took * 1000)
    tally.tenants += [one.filing.customer.tenant_id for one in sent]
