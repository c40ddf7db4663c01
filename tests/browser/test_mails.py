"""Every mail as a reader's program shows it: without scripts and pictures, light and dark, on a telephone."""

import re

import pytest
from playwright.async_api import Browser

from shared.domain.mails import MailKind
from shared.usecases.records import Mail
from tests.browser.looks import assert_accessible, assert_fits, picture
from tests.unit.notifications import test_digests as digests
from tests.unit.notifications import test_rendering as mails

MAIN = re.compile(r"<main>.*</main>", re.DOTALL)


def every_mail(language: str) -> list[Mail]:
    """One of each kind, and each digest."""
    return [mails.rendered(kind, language) for kind in MailKind] + [
        digests.rendered(digest, language) for digest in digests.SAMPLES
    ]


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_every_mail_is_good(browser: Browser, language: str) -> None:
    """All of them one below the other: accessible in both themes, narrow as a telephone, and nothing is loaded."""
    sent = every_mail(language)
    bodies = "<hr>".join(found[0] for mail in sent if (found := MAIN.search(mail.html)))
    assert bodies.count("<main>") == len(sent)
    asked: list[str] = []
    context = await browser.new_context(viewport={"width": 600, "height": 800})
    page = await context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(MAIN.sub(lambda _: bodies, sent[0].html))
    # The paper is the reader's program's, which axe-core takes for white unless it is told.
    await page.add_style_tag(content="html { background: Canvas; }")
    await assert_accessible(page)
    await assert_fits(page)
    assert await page.locator("img, script, link, iframe, table, form").count() == 0
    await page.set_content(sent[0].html)
    await picture(page, f"mail-request-{language}", whole=True)
    assert [url for url in asked if not url.startswith("about:")] == []
    await context.close()
