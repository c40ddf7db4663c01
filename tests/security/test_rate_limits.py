"""How often one may ask: per organisation and per address, and that nobody uses up what is another's (API.md)."""

import json
from datetime import timedelta

import azure.functions as func

from shared.domain.claim import Status
from shared.usecases import look_up_request as looking_up
from shared.usecases import pre_check as checking
from tests.security.right_requests import Right, ask, right
from tests.security.tally import Record, Tally
from tests.security.world import PARTNER_ADMIN, PARTNER_USER, PROGRAM_ADMIN, RIVAL, ROUTES, World, name_of

BY_NAME = {name_of(route): route for route in ROUTES}
CHECK = BY_NAME["POST api/claims/check"]
LOOK_UP = BY_NAME["GET check"]
AREA = "rate limits"


def waiting(answer: func.HttpResponse) -> int:
    """How many seconds a 429 says to wait; 0 where it is none, or does not say it."""
    told = answer.headers.get("Retry-After", "")
    return int(told) if answer.status_code == 429 and told.isdecimal() else 0


async def test_an_organisation_s_burst_is_its_own(world: World, record_property: Record) -> None:
    """The limit counts for all people of an organisation together, whatever they ask; the rival is not held up."""
    tally = Tally(AREA, record_property)
    world.product.now += timedelta(seconds=7)  # somewhere in a window
    for number in range(checking.AT_MOST):
        who = (PARTNER_ADMIN, PARTNER_USER)[number % 2]
        asked = right(CHECK) if number % 3 else Right(said={})  # a check that finds faults is one, too
        answer = await ask(world, CHECK, who, wanted=asked)
        tally.check(answer.status_code == 200, f"{number}: {answer.status_code}")
    for who in (PARTNER_ADMIN, PARTNER_USER):
        answer = await ask(world, CHECK, who)
        tally.refused(answer, 429, "too-many-requests", case="over", page=False)
        tally.check(0 < waiting(answer) <= checking.WINDOW.total_seconds(), f"Retry-After: {waiting(answer)}")
    said = json.loads(answer.get_body())
    tally.check(answer.mimetype == "application/problem+json" and "valid" not in said, said)
    for number in range(checking.AT_MOST):
        answer = await ask(world, CHECK, RIVAL)
        tally.check(answer.status_code == 200, f"the rival, {number}: {answer.status_code}")
    tally.check(waiting(await ask(world, CHECK, RIVAL)) > 0, "the rival has no limit")
    tally.done()


async def test_waiting_helps_and_asking_meanwhile_does_no_harm(world: World, record_property: Record) -> None:
    """After as long as Retry-After says, and not before, one may ask again, however often one was refused."""
    tally = Tally(AREA, record_property)
    for _ in range(checking.AT_MOST):
        await ask(world, CHECK, PARTNER_ADMIN)
    kept = world.stored()
    waits = [waiting(await ask(world, CHECK, PARTNER_ADMIN)) for _ in range(20)]
    tally.check(len(set(waits)) == 1 and waits[0] > 0, waits)
    tally.check(world.stored() == kept, "a refusal was counted or traced")
    began = world.product.now
    world.product.now = began + timedelta(seconds=waits[0] - 1)
    tally.check(waiting(await ask(world, CHECK, PARTNER_ADMIN)) == 1, "a second too early")
    world.product.now = began + timedelta(seconds=waits[0])
    answer = await ask(world, CHECK, PARTNER_ADMIN)
    tally.check(answer.status_code == 200, f"after waiting: {answer.status_code}")
    tally.done()


async def test_who_may_not_ask_uses_nothing_up(world: World, record_property: Record) -> None:
    """Requests of another site, of nobody, and without the role do not count against the organisation they name."""
    tally, before = Tally(AREA, record_property), world.stored()
    for _ in range(checking.AT_MOST + 1):
        await ask(world, CHECK, PARTNER_ADMIN, headers={"sec-fetch-site": "cross-site"})
        await ask(world, CHECK, None, headers={"x-ms-client-principal": PARTNER_ADMIN.header[:-5]})
        await ask(world, CHECK, PROGRAM_ADMIN)
    tally.check(world.stored() == before, "something was counted")
    answer = await ask(world, CHECK, PARTNER_ADMIN)
    tally.check(answer.status_code == 200, answer.status_code)
    tally.done()


async def test_over_the_limit_the_other_work_goes_on(world: World, record_property: Record) -> None:
    """Who asked too often still reads, files and submits; the wizard's pages only say that nothing was asked."""
    tally = Tally(AREA, record_property)
    for _ in range(checking.AT_MOST + 1):
        await ask(world, CHECK, PARTNER_ADMIN)
    step = "GET claims/{claimId:minlength(4)}/draft/{step}"
    work = ("GET api/claims", "GET api/claims/{claimId}", step, "POST api/claims", "POST api/claims/{claimId}/submit")
    for name in work:
        for one in ("check", "products") if name == step else ("",):
            answer = await ask(world, BY_NAME[name], PARTNER_ADMIN, step=one)
            tally.check(answer.status_code < 400, f"{name} {one}: {answer.status_code}")
    tally.done()


async def test_an_address_s_burst_is_its_own(world: World, record_property: Record) -> None:
    """Who looks numbers up is counted by the address, or network, that the platform saw, never by what they claim."""
    tally = Tally(AREA, record_property)
    claim = world.claims[Status.PENDING_CUSTOMER]

    async def look(seen: str, claimed: str = "") -> func.HttpResponse:
        headers = {"x-forwarded-for": f"{claimed}{seen}", "x-real-ip": claimed, "forwarded": f"for={claimed}"}
        params = {"number": claim.number, "domain": claim.customer.domain}
        return await ask(world, LOOK_UP, None, headers=headers, wanted=Right(params=params))

    for number in range(looking_up.AT_MOST):
        answer = await look(f"192.0.2.1:{50_000 + number}", f"203.0.113.{number}, ")
        tally.check(answer.status_code == 200, f"{number}: {answer.status_code}")
    for claimed in ("", "203.0.113.77, ", "192.0.2.2, "):
        answer = await look("192.0.2.1:40000", claimed)
        tally.check(0 < waiting(answer) <= 60, f"as {claimed!r}: {answer.status_code}")
    for other in ("192.0.2.2:50000", "[2001:db8::1]:50000", "198.51.100.7"):
        answer = await look(other)
        tally.check(answer.status_code == 200, f"{other}: {answer.status_code}")
    for number in range(looking_up.AT_MOST - 1):
        answer = await look(f"[2001:db8::{number:x}:7]:50000")
        tally.check(answer.status_code == 200, f"one network, {number}: {answer.status_code}")
    for same in ("[2001:db8::ffff]:50000", "2001:DB8::9", "[2001:0db8:0::1]"):
        tally.check(waiting(await look(same)) > 0, f"{same} is another's")
    for other in ("[2001:db8:0:1::1]:50000", "2001:db8:0:2::1", "[::ffff:198.51.100.8]:1"):
        answer = await look(other)
        tally.check(answer.status_code == 200, f"{other}: {answer.status_code}")
    counted = repr(world.product.rate_limits.taken)
    tally.check("192.0.2" not in counted, "an address is kept")
    tally.done()


async def test_all_addresses_together_have_a_limit(world: World, record_property: Record) -> None:
    """Numbers cannot be walked through from many addresses; by the next minute everybody may ask again."""
    tally = Tally(AREA, record_property)
    for _ in range(looking_up.AT_MOST_OF_ALL):
        await world.product.rate_limits.take(
            scope=looking_up.SCOPE_OF_ALL,
            subject=looking_up.EVERYBODY,
            limit=looking_up.AT_MOST_OF_ALL,
            window=looking_up.WINDOW,
            now=world.product.now,
        )
    wanted = Right(params={"number": world.claims[Status.APPROVED].number, "domain": "alpine.example"})
    answer = await ask(world, LOOK_UP, None, headers={"x-forwarded-for": "192.0.2.9:1"}, wanted=wanted)
    tally.check(waiting(answer) > 0, answer.status_code)
    tally.check((await ask(world, LOOK_UP, None)).status_code == 200, "the page itself is closed")
    world.product.now += looking_up.WINDOW
    answer = await ask(world, LOOK_UP, None, headers={"x-forwarded-for": "192.0.2.9:1"}, wanted=wanted)
    tally.check(answer.status_code == 200, answer.status_code)
    tally.done()
