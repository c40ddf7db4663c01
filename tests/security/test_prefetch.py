"""Mail scanners, link previews and browsers that fetch ahead: whatever is opened without a click, nothing changes.

A headless browser that runs the link's scripts without a click is in tests/browser/test_customer.py.
"""

import pytest

from functions.wizard_steps import Step
from shared.domain.claim import Status
from tests.security.right_requests import LOOKS, ask, one_who_may, right
from tests.security.tally import Record, Tally
from tests.security.world import ROUTES, Route, World, each

READING = [route for route in ROUTES if not route.changes]
LINKS = [route for route in ROUTES if route.declared.path.endswith("respond/{claimId}")]
AHEAD: tuple[dict[str, str], ...] = (
    {},
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
    {"purpose": "prefetch", "x-moz": "prefetch"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"user-agent": "Mozilla/5.0 (compatible; link-preview)", "accept": "*/*", "range": "bytes=0-99"},
    {"x-http-method-override": "POST", "x-http-method": "DELETE", "x-method-override": "PATCH"},
    {"if-none-match": "*", "if-match": "*", "idempotency-key": "scanner"},
)
ACTING = {"choice": "confirm", "_method": "POST", "token": "x", "action": "submit", "formToken": "x"}
"""What a link might say to have something done."""


@each(*READING)
async def test_opening_changes_nothing(world: World, record_property: Record, route: Route) -> None:
    """Whoever opens an address ahead of a person, with or without their sign-in, leaves everything as it was.

    The one exception is named: that somebody looked at a proof is written down, and nothing else.
    """
    tally, before = Tally("opening addresses ahead", record_property), world.stored()
    for person, ahead in ((None, AHEAD[:2]), (one_who_may(route), AHEAD)):
        for headers in ahead:
            answer = await ask(world, route, person, headers=headers)
            tally.check(answer.status_code < 400 or person is None, f"{headers}: {answer.status_code}")
            changed = {now[0] for was, now in zip(before, world.stored(), strict=True) if was != now}
            allowed = {"FakeAuditLog.entries"} if route.declared.path in LOOKS and person else set()
            tally.check(changed <= allowed, f"{headers}: {changed}")
    tally.done()


@pytest.mark.parametrize("step", [*Step])
async def test_the_wizard_s_steps_only_trace_their_check(world: World, record_property: Record, step: Step) -> None:
    """Two steps show what a check of the draft says: that is counted and traced like any check; the others are not."""
    tally, before = Tally("opening addresses ahead", record_property), world.stored()
    (route,) = (one for one in READING if one.declared.name == "show_step_page")
    answer = await ask(world, route, one_who_may(route), headers=AHEAD[1], step=step.value)
    changed = {now[0] for was, now in zip(before, world.stored(), strict=True) if was != now}
    traces = {"FakeAuditLog.entries", "FakeRateLimits.taken"} if step in {Step.PRODUCTS, Step.CHECK} else set()
    tally.check(answer.status_code == 200 and changed <= traces, f"{answer.status_code} {changed}")
    tally.done()


@each(*(route for route in LINKS if not route.changes))
async def test_a_link_opened_ahead_tells_nothing(world: World, record_property: Record, route: Route) -> None:
    """The customer's link is the same empty page for every claim, and for none; a choice in its query is not read."""
    tally, before = Tally("opening addresses ahead", record_property), world.stored()
    for status, claim in world.claims.items():
        token = world.product.tokens.issue(claim)
        for params in ({}, {**ACTING, "token": token}):
            segments = world.segments(claim)
            answer = await world.send(route, segments=segments, params=params, headers={"sec-purpose": "prefetch"})
            page = answer.get_body().decode()
            told = [word for word in (claim.number, claim.customer.domain, token, "Rollout") if word in page]
            tally.check(answer.status_code == 200 and not told, f"{status}: {answer.status_code} {told}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*(route for route in LINKS if route.changes))
async def test_posting_the_token_alone_changes_nothing(world: World, record_property: Record, route: Route) -> None:
    """Scanners that run the page's script post the token: that shows the request and does nothing, in every state."""
    tally, before = Tally("opening addresses ahead", record_property), world.stored()
    for status, claim in world.claims.items():
        if status is Status.DRAFT:
            continue  # its customer has never been asked
        said = {"token": world.product.tokens.issue(claim)}
        for headers in AHEAD:
            wanted = right(route).saying(said)
            answer = await ask(world, route, None, claim_id=claim.claim_id, headers=headers, wanted=wanted)
            refused = headers.get("sec-fetch-site") == "cross-site"
            tally.check(answer.status_code == (403 if refused else 200), f"{status}, {headers}: {answer.status_code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()
