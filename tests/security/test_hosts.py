"""The Host header is the caller's: whatever it says, no route fails of it, and no answer repeats it."""

import azure.functions as func

from tests.security.right_requests import one_who_may, right
from tests.security.tally import Record, Tally
from tests.security.world import PARTNER_ADMIN, ROUTES, Route, World, each, served

EVIL = "evil.example"
HOSTS = (EVIL, "[bad", "a:99999999", "", "\u2100.example", f"cpor.example@{EVIL}", f"{EVIL}\\")
AREA = "hosts by routes"


@each(*ROUTES)
async def test_no_host_is_believed_or_fallen_over(world: World, record_property: Record, route: Route) -> None:
    """For somebody who may, and for nobody: below 500, and neither a link nor a redirect leads to that host."""
    tally = Tally(AREA, record_property)
    segments = {**world.segments(world.claims[right(route).status]), **right(route).segments}
    named = {name: segments[name] for name in route.named if name in segments}
    for person, hosts in ((one_who_may(route) or PARTNER_ADMIN, HOSTS), (None, HOSTS[:3])):
        headers = {"x-ms-client-principal": person.header} if person else {}
        for host in hosts:
            sent = func.HttpRequest(
                method=route.method,
                url=f"https://{host}{route.path(named)}",
                headers={**headers, "host": host, "x-forwarded-host": EVIL, "x-original-url": f"https://{EVIL}/"},
                params=dict(right(route).params),
                route_params=named,
                body=b"",
            )
            answer: func.HttpResponse = await served()[route.declared.name](sent)
            told = EVIL.encode() in answer.get_body() or any(EVIL in value for value in answer.headers.values())
            tally.check(answer.status_code < 500 and not told, f"{host!r}: {answer.status_code}, repeated: {told}")
    tally.done()
