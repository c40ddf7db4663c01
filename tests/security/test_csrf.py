"""What another site's page sends in a person's name: every route that changes something, and every form of a page."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from urllib.parse import urlencode

from functions.continuations import continuation
from functions.form_tokens import FormRefusedError, check_form_token, form_token, subject_of
from functions.page_forms import TOKEN
from functions.routing import ANYONE
from functions.wizard_steps import Step
from shared.domain.claim import Status
from tests.security.right_requests import ask, one_who_may, right
from tests.security.tally import Record, Tally
from tests.security.test_access import NOBODY_S
from tests.security.world import IN_THEIR_PLACE, KEY, RIVAL, ROUTES, SECRET, SITE, STRANGERS, Person, Route, World, each

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
    here = route.path({**world.segments(world.claims[right(route).status]), **right(route).segments})
    for case, guard in forged_tokens(world, person, here).items():
        answer = await ask(world, route, person, guard=guard)
        tally.refused(answer, 403, "form-refused", case=case, page=True)
    good = world.token(person, here)
    tally.check(world.stored() == before, "something was stored")
    headers = {"x-csrf-token": good, "cookie": urlencode({TOKEN: good})}
    answer = await ask(world, route, person, guard="", headers=headers)
    tally.refused(answer, 403, "form-refused", case="in a header", page=True)
    answer = await ask(world, route, person, guard=good)
    done = (world.stored() != before) == right(route).changes
    tally.check(answer.status_code < 400 and done, f"its own token is refused: {answer.status_code}")
    tally.done()


def forged_tokens(world: World, person: Person, path: str) -> dict[str, str]:
    """Tokens that are not this person's, by what is wrong with them."""
    now, caller, about = world.product.now, person.caller, subject_of(path)
    good = world.token(person, path)
    colleague = Person(organisation=person.organisation, roles=person.roles, object_id=STRANGERS)
    elsewhere = Person(organisation=RIVAL.organisation, roles=person.roles)
    body, _, signature = good.rpartition(".")
    theirs, _, their_signature = world.token(colleague, path).rpartition(".")
    place = [caller.organisation, caller.object_id, about, str(int(now.timestamp()))]
    return {
        "none": "",
        "words": "a form token",
        "a colleague's": world.token(colleague, path),
        "the same number's in another organisation": world.token(elsewhere, path),
        "of another claim's form": world.token(person, f"/claims/{NOBODY_S}/withdraw"),
        "of the same claim's form elsewhere": world.token(person, f"/another{path}"),
        "of no form": world.token(person, "/"),
        "of a month ago": form_token(SECRET, caller, about=about, now=now - timedelta(days=31)),
        "signed with another key": form_token(KEY, caller, about=about, now=now),
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


@each(*(route for route in READING if route.is_page and route.declared.roles != ANYONE))
async def test_each_form_carries_what_it_needs(world: World, record_property: Record, route: Route) -> None:
    """Every form of every page, for everybody and in every state, has the token that the address it posts to takes."""
    tally = Tally("forms and their tokens", record_property)
    people = [person for role, person in IN_THEIR_PLACE.items() if role in route.declared.roles]
    claims = world.claims.values() if "claimId" in route.named else (None,)
    steps = [*Step] if "step" in route.named else [""]
    for person, claim, step in product(people, claims, steps):
        segments = {**world.segments(claim), **({"step": step} if step else {})}
        headers = {"x-ms-client-principal": person.header}
        answer = await world.send(route, segments=segments, headers=headers, params=right(route).params)
        shown = answer.get_body().decode() if answer.mimetype == "text/html" else ""
        for action, token in posting(shown):
            try:
                check_form_token(SECRET, token, person.caller, about=subject_of(action), now=world.product.now)
            except FormRefusedError:
                tally.check(False, f"{person.roles}, {claim and claim.status}: {action}")
            else:
                tally.check(True, action)
    tally.done()


def posting(page: str) -> Iterator[tuple[str, str]]:
    """Where each of the page's forms may post to, with the token that it carries; "" where it carries none."""
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", page, re.DOTALL):
        (token,) = re.findall(r'name="formToken" value="([^"]*)"', form) or [""]
        for action in re.findall(r'\b(?:form)?action="([^"]*)"', form):
            yield html.unescape(action), html.unescape(token)


async def test_forms_are_found(world: World) -> None:
    """A page with several forms shows them all to the test above."""
    route = next(one for one in READING if one.declared.name == "show_claim_page")
    answer = await ask(world, route, one_who_may(route), claim_id=world.claims[Status.ACTION_REQUIRED].claim_id)
    assert len(list(posting(answer.get_body().decode()))) >= 3
