"""The start page, the problem pages and what every page has."""

import pytest

from tests.browser.looks import assert_good, picture
from tests.browser.visits import Visits

PERSONAS = (None, "contoso", "reviewer")


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("persona", PERSONAS)
async def test_the_start_page_is_good(visit: Visits, persona: str | None, language: str) -> None:
    """Whoever comes finds a page in their language that is accessible, light, and fits their screen."""
    page = await visit(persona, "/", language=language)
    assert await page.get_attribute("html", "lang") == language
    await assert_good(page)
    if persona is None:
        await picture(page, f"start-{language}")
