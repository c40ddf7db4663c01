"""What anybody wrote is words on every page, read without a browser; tests/browser/test_hostile_words.py runs them."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from shared.domain.claim import Claim, Contact
from tests import claims
from tests.fakes.product import FakeProduct
from tests.security.right_requests import ask, one_who_may
from tests.security.tally import Record, Tally
from tests.security.world import ROUTES, World, each, new_world, opened
from tests.unit.usecases import contests

TYPED = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></textarea></title>{{7*7}}"
LINK = "javascript:alert(1)"
PAGES = [route for route in ROUTES if route.is_page and not route.declared.path.startswith("static/")]


class Elements(HTMLParser):
    """Finds what could run: scripts that are not ours, handlers, addresses that are programs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        said = {name: value or "" for name, value in attrs}
        handlers = [name for name in said if name.startswith("on")]
        programs = [name for name in ("href", "src", "action", "formaction") if said.get(name, "").startswith(LINK)]
        foreign = tag == "script" and "nonce" not in said
        if handlers or programs or foreign or said.get("src") == "x":
            self.found.append(f"<{tag} {said}>")


def strange_in(page: str) -> list[str]:
    """What could run on the page."""
    reader = Elements()
    reader.feed(page)
    return reader.found + (["a template's 49"] if "</title>49" in page else [])


def _hostile(draft: Claim) -> Claim:
    contact = Contact(name=TYPED, email="anna@alpine.example", title=LINK + TYPED)
    return replace(
        draft,
        claim_name=TYPED,
        customer=replace(draft.customer, name=LINK + TYPED),
        customer_contact=contact,
        technical_contact=replace(contact, name=LINK),
        partner_contact=Contact(name=TYPED, email="piet@contoso.example"),
        proofs=tuple(replace(one, file_name=TYPED) for one in draft.proofs),
        comments=(claims.a_comment(TYPED), claims.a_comment(LINK)),
    )


@pytest.fixture(scope="module")
async def hostile() -> World:
    """A product whose every claim holds such words in every field."""
    plain, proof = claims.a_draft, claims.a_proof
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contests, "a_draft", lambda *products: _hostile(plain(*products)))
        patch.setattr("tests.security.world.a_proof", lambda *one, **more: proof(*one, **more, file_name=TYPED))
        return await new_world(FakeProduct())


@each(*PAGES)
async def test_words_stay_words(
    hostile: World, monkeypatch: pytest.MonkeyPatch, record_property: Record, route: Any
) -> None:
    """No element of any page is made of what somebody wrote, and no address is."""
    opened(monkeypatch, hostile)
    tally, put_back = Tally("words on pages", record_property), hostile.checkpoint()
    answer = await ask(hostile, route, one_who_may(route))
    page = answer.get_body().decode(errors="replace")
    tally.check(answer.status_code < 500, f"{answer.status_code}")
    tally.check("html" not in (answer.mimetype or "") or not strange_in(page), strange_in(page))
    put_back()
    tally.done()


async def test_what_was_written_is_there(hostile: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim's own page shows such words as they were written: there was something to find."""
    opened(monkeypatch, hostile)
    (route,) = (one for one in PAGES if one.declared.path == "claims/{claimId:minlength(4)}" and not one.changes)
    page = (await ask(hostile, route, one_who_may(route))).get_body().decode()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert strange_in(page.replace("&lt;", "<").replace("&gt;", ">"))
    assert strange_in(f'<a href="{LINK}">'), "an address that is a program is seen"
