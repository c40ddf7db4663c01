"""What another site's page sends in a person's name: every route that changes something, and every form of a page."""

from datetime import timedelta
from urllib.parse import urlencode

from functions.continuations import continuation
from functions.form_tokens import form_token
from functions.page_forms import TOKEN
from functions.routing import ANYONE
from tests.security.right_requests import ask, one_who_may, right
from tests.security.tally import Record, Tally
from tests.security.world import KEY, RIVAL, ROUTES, SECRET, SITE, STRANGERS, Person, Route, World, each

CHANGING = [route for route in ROUTES if route.changes]
READING = [route for route in ROUTES if not route.changes]
FORMS = [route for route in CHANGING if route.is_page and route.declared.roles != ANYONE]
EVIL = "https://evil.example"
FROM_ELSEWHERE = (
    {"origin": EVIL},
    {"origin": EVIL, "sec-fetch-site": "cross-site"},
    {"origin": EVIL, "sec-fetch-site": "same-origin"},
    {"origin": EVIL, "sec-fetch-site": "none"},
    {"origin": SITE, "sec-fetch-site": "cross-site"},
    {"origin": SITE, "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "something-new"},
    {"origin": "null"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": ""},
    {"origin": SITE.replace("https", "http")},
    {"origin": f"{SITE}:8443"},
    {"origin": f"{SITE}.evil.example"},
    {"origin": "https://sub.cpor.example"},
    {"origin": f"{EVIL}/{SITE}"},
    {"origin": f"{EVIL}, {SITE}"},
    {"origin": EVIL, "referer": f"{SITE}/claims", "host": "cpor.example"},
    {"origin": EVIL, "x-forwarded-host": "evil.example", "x-original-host": "evil.example"},
    {"origin": EVIL, "x-http-method-override": "GET"},
)
FROM_HERE: tuple[dict[str, str], ...] = (
    {},
    {"origin": SITE},
    {"origin": SITE, "sec-fetch-site": "same-origin"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
)


@each(*CHANGING)
async def test_another_site_changes_nothing(world: World, record_property: Record, route: Route) -> None:
    """The right request of the right person is refused where a browser says that another site's page made it.

    Without a word of another site the very same request is carried out.
    """
    tally, before = Tally("other sites by routes", record_property), world.stored()
    person = one_who_may(route)
    for marks in FROM_ELSEWHERE:
        answer = await ask(world, route, person, headers=marks)
        tally.refused(answer, 403, "other-site", case=str(marks), page=route.is_page)
    tally.check(world.stored() == before, "something was stored")
    put_back = world.checkpoint()
    for own in FROM_HERE:
        answer = await ask(world, route, person, headers=own)
        done = (world.stored() != before) == right(route).changes
        tally.check(answer.status_code < 400 and done, f"{own} is kept out: {answer.status_code}")
        put_back()
    tally.done()


@each(*READING)
async def test_another_site_s_links_are_followed(world: World, record_property: Record, route: Route) -> None:
    """A link from anywhere leads to the page that one's own link leads to."""
    tally = Tally("other sites by routes", record_property)
    answer = await ask(world, route, one_who_may(route), headers=FROM_ELSEWHERE[1])
    tally.check(answer.status_code < 400, answer.status_code)
    tally.done()


@each(*FORMS)
async def test_a_form_needs_its_reader_s_own_token(world: World, record_property: Record, route: Route) -> None:
    """A page's form without the token of the person who sends it, now, is refused; with it, it is carried out."""
    tally, before = Tally("form tokens by routes", record_property), world.stored()
    person = one_who_may(route)
    assert person is not None
    for case, guard in forged_tokens(world, person).items():
        answer = await ask(world, route, person, guard=guard)
        tally.refused(answer, 403, "form-refused", case=case, page=True)
    good = world.token(person)
    tally.check(world.stored() == before, "something was stored")
    headers = {"x-csrf-token": good, "cookie": urlencode({TOKEN: good})}
    answer = await ask(world, route, person, guard="", headers=headers)
    tally.refused(answer, 403, "form-refused", case="in a header", page=True)
    answer = await ask(world, route, person, guard=good)
    done = (world.stored() != before) == right(route).changes
    tally.check(answer.status_code < 400 and done, f"its own token is refused: {answer.status_code}")
    tally.done()


def forged_tokens(world: World, person: Person) -> dict[str, str]:
    """Tokens that are not this person's, by what is wrong with them."""
    now, caller = world.product.now, person.caller
    good = world.token(person)
    colleague = Person(organisation=person.organisation, roles=person.roles, object_id=STRANGERS)
    elsewhere = Person(organisation=RIVAL.organisation, roles=person.roles)
    body, _, signature = good.rpartition(".")
    theirs, _, their_signature = world.token(colleague).rpartition(".")
    place = [caller.organisation, caller.object_id, str(int(now.timestamp()))]
    return {
        "none": "",
        "words": "a form token",
        "a colleague's": world.token(colleague),
        "the same number's in another organisation": world.token(elsewhere),
        "of a month ago": form_token(SECRET, caller, now=now - timedelta(days=31)),
        "signed with another key": form_token(KEY, caller, now=now),
        "of a list": str(continuation(SECRET, "claims", place)),
        "of a customer's link": world.product.tokens.issue(next(iter(world.claims.values()))),
        "without a signature": body,
        "a signature alone": f".{signature}",
        "a colleague's with the own signature": f"{theirs}.{signature}",
        "the own with a colleague's signature": f"{body}.{their_signature}",
        "twice": good + good,
        "longer": good + "A",
        "with a blank": f" {good}",
        "padded": good + "=",
        "cut off": good[:-1],
    }
