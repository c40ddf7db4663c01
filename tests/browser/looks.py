"""What every page of the product must be, in every theme and size: seen by axe-core, measured, walked by keyboard."""

import asyncio
import io
import os
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page

from tests.browser.visits import NARROW

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OF_COLOUR = ("color-contrast", "link-in-text-block")
MOST_BYTES = 60 * 1024
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
_AXE = Axe().axe_script
_RUN = """([type, values]) => axe.run(document, {runOnly: {type, values}, resultTypes: ["violations"]})
  .then(found => found.violations.map(one => `${one.id} (${one.help}): ` +
    one.nodes.map(node => `${node.target.join(" ")} ${node.failureSummary}`).join(" | ")))"""
_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = node => node.closest(".scroll, .unseen, .skip, table.cards thead, svg");
  const wide = [...document.body.querySelectorAll("*")].filter(
    node => !scrolls(node) && node.getClientRects().length && node.getBoundingClientRect().right > width + 1);
  const names = wide.map(node => `${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`);
  return {over: document.documentElement.scrollWidth - width, names};
}"""
_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(one => [new URL(one.name).pathname, one.transferSize || one.encodedBodySize + 300])"""
_FOCUS = """() => {
  const node = document.activeElement, style = getComputedStyle(node);
  return {name: node.tagName + " " + (node.id || node.textContent.trim().slice(0, 40)),
    seen: node === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)};
}"""


async def violations(page: Page, *, colours_alone: bool = False) -> list[str]:
    """What axe-core has against the page as it is now; `colours_alone` asks for no more than a theme can change."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_AXE)  # by the debugger: the page's own policy lets no foreign script in
    wanted = ["rule", list(OF_COLOUR)] if colours_alone else ["tag", list(TAGS)]
    found: list[str] = await page.evaluate(_RUN, wanted)
    return found


async def assert_accessible(page: Page) -> None:
    """Axe-core finds nothing, in the dark and in the light theme; the page stays in the light one."""
    for theme in ("dark", "light"):
        await page.emulate_media(color_scheme=theme)
        found = await violations(page, colours_alone=theme == "dark")
        assert found == [], f"{theme}: {page.url}"


async def assert_fits(page: Page, width: int = NARROW) -> None:
    """Nothing leaves the screen at that width, but in a region that scrolls; afterwards the size is as before."""
    before = page.viewport_size
    await page.set_viewport_size({"width": width, "height": 800})
    found: dict[str, Any] = await page.evaluate(_TOO_WIDE)
    if before:
        await page.set_viewport_size(before)
    assert found == {"over": 0, "names": []}, page.url


async def assert_light(page: Page, most: int = MOST_BYTES) -> None:
    """The page and all it loads weigh at most that many bytes over the wire, headers too."""
    parts: list[tuple[str, int]] = await page.evaluate(_WEIGHT)
    assert sum(size for _, size in parts) <= most, f"{page.url}: {parts}"


async def assert_good(page: Page) -> None:
    """The page is accessible in both themes, fits a narrow screen, is light, and has a title and one heading."""
    await page.wait_for_load_state()  # a followed link has only just begun to arrive
    assert await page.title(), page.url
    assert await page.locator("h1").count() == 1, page.url
    await assert_accessible(page)
    await assert_fits(page)
    await assert_light(page)


async def tab_to(page: Page, target: Locator, *, most: int = 150) -> None:
    """Go there with the Tab key alone; every stop on the way shows that it has the focus."""
    for _ in range(most):
        if await target.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
        focus: dict[str, Any] = await page.evaluate(_FOCUS)
        assert focus["seen"], f"no focus to be seen at {focus['name']}"
    raise AssertionError(f"{most} tabs do not lead to {target}")


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what the screen shows as docs/screenshots/NAME.png, where SCREENSHOTS=1 asks for pictures.

    `whole` keeps the page to its end. Few colours are enough for pages like these, and keep the files small.
    """
    if os.environ.get("SCREENSHOTS"):
        taken = await page.screenshot(full_page=whole, scale="css", animations="disabled")
        await asyncio.to_thread(_keep, taken, PICTURES / f"{name}.png")


def _keep(taken: bytes, path: Path) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(taken)) as image:
        image.convert("RGB").quantize(32).save(path, optimize=True)
