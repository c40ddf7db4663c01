"""Every part that pages are made of, in every state, as a browser shows it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.async_api import Browser, Page, Route

from functions.page_forms import Faults, FieldFault, Posted
from functions.page_rendering import TEMPLATES, content_security_policy, page_environment, static_files
from tests.browser.looks import assert_accessible, assert_fits, picture, tab_to
from tests.browser.visits import Visits

SITE = "http://style.guide"
PARTS = TEMPLATES / "parts"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NAMES = ("name", "comment", "area", "activities")

type Open = Callable[..., Awaitable[Page]]


def rendered(language: str) -> str:
    """The style guide as the app would answer it."""
    environment = page_environment(language).overlay(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(TEMPLATES.parents[1] / "tests" / "browser")])
    )
    faults = [FieldFault(field=name, anchor=f"f-{name}", message=f"Say what {name} is.", label=name) for name in NAMES]
    context: dict[str, Any] = {
        "reader": {"is_partner": True, "is_programme": True, "name": "Pat Partner"},
        "private": False, "nonce": None, "module": "", "programme": "Partner Associations Programme", "here": "/claims",
        "faults": Faults(faults), "none_wrong": Faults(), "typed": Posted(values={"activities": ["usage"]}),
        "months": MONTHS,
    }  # fmt: skip
    return environment.get_template("style_guide.html").render(context)


async def answer(route: Route) -> None:
    """The guide and the static files, under the policy of every page."""
    path = route.request.url.removeprefix(SITE)
    if path.startswith("/static/"):
        content, kind = static_files()[path.removeprefix("/static/")]
        await route.fulfill(body=content, content_type=kind)
        return
    headers = {"Content-Security-Policy": content_security_policy(None)}
    await route.fulfill(body=rendered(path.strip("/")), content_type="text/html; charset=utf-8", headers=headers)


@pytest.fixture
async def guide(browser: Browser) -> AsyncIterator[Open]:
    """Opens the style guide in a language."""
    async with Visits(browser, SITE) as visits:

        async def opened(language: str = "en", **how: Any) -> Page:
            page = await visits(language=language, **how)
            await page.route("**/*", answer)
            await page.goto(f"/{language}")
            return page

        yield opened
    assert visits.faults == []


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_every_part_is_accessible_in_both_themes_and_fits(guide: Open, language: str) -> None:
    """No part in any state breaks a rule of axe-core, in the light or the dark, or leaves a narrow screen."""
    page = await guide(language)
    await assert_fits(page)
    await assert_accessible(page)
    for theme in ("light", "dark") if language == "en" else ():
        await page.emulate_media(color_scheme=theme)
        await picture(page, f"parts-{theme}", whole=True)


async def test_parts_survive_print_and_forced_colours(guide: Open) -> None:
    """On paper there are no controls and no coloured grounds; with forced colours a status keeps an edge."""
    page = await guide()
    tag = page.locator(".tag-approved").first
    await page.emulate_media(media="print")
    assert not await page.locator("form").first.is_visible()
    assert await tag.evaluate("node => getComputedStyle(node).borderTopColor") == "rgb(0, 0, 0)"
    await page.emulate_media(media="screen", forced_colors="active")
    edge = await tag.evaluate("node => [getComputedStyle(node).borderTopStyle, getComputedStyle(node).borderTopWidth]")
    assert edge == ["solid", "1px"]


async def test_the_focus_is_seen_wherever_it_goes(guide: Open) -> None:
    """With the Tab key alone one comes through the whole guide, and sees where one is at every stop."""
    page = await guide()
    assert await page.evaluate("() => document.activeElement.id") == "errors"
    await tab_to(page, page.get_by_role("link", name="Not now"))


async def test_controls_are_large_enough_to_hit(guide: Open) -> None:
    """Buttons and fields are 2.75rem high, on a phone too."""
    page = await guide(size=(390, 844))
    controls = "main button, main .button, main select, main input:not([type=hidden], [type=checkbox], [type=radio])"
    heights = await page.locator(controls).evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) > 10
    assert min(heights) >= 44


def test_the_guide_leaves_no_part_out() -> None:
    """Every macro of every file of parts is called in the guide, so that the other tests look at all of them."""
    guide = (TEMPLATES.parents[1] / "tests" / "browser" / "style_guide.html").read_text(encoding="utf-8")
    for file in PARTS.glob("*.html"):
        macros = re.findall(r"{% macro (\w+)\(", file.read_text(encoding="utf-8"))
        assert macros, file.name
        inner = {"described", "notes", "confirmation", "drawn", "head", "lying"}
        for macro in set(macros) - inner:
            assert f"{file.stem}.{macro}(" in guide, f"{file.name}: {macro}"
