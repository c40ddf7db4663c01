"""Every page in every state: accessible in both themes, on a narrow screen, light, and whole without scripts."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.looks import assert_fits, assert_good, picture
from tests.browser.stories import ASKED, LOOKED_AT
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import Json, LocalHost, request_of

LANGUAGES = ("en", "pl")
STATUSES = ("Draft", *LOOKED_AT, *ASKED)


async def words(page: Page) -> list[str]:
    """What the page says, line by line."""
    return [line.strip() for line in (await page.locator("main").inner_text()).splitlines() if line.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("persona", [None, "contoso", "reviewer"])
async def test_the_start_page_is_good(visit: Visits, persona: str | None, language: str) -> None:
    """Whoever comes finds a start page in their own language."""
    page = await visit(persona, "/", language=language)
    assert await page.get_attribute("html", "lang") == language
    await assert_good(page)
    if persona is None:
        await picture(page, f"start-{language}")


async def test_the_page_on_the_service_s_state_is_good(visit: Visits) -> None:
    """Whoever wonders whether the service works is told without a sign-in."""
    page = await visit(None, "/health", language="pl")
    assert (await words(page))[0] == "Usługa działa"
    await assert_good(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/claims", "/claims?status=Approved", "/claims?q=nobody-is-called-so", "/claims/new"])
async def test_the_partner_s_pages_are_good(visit: Visits, claims: dict[str, Json], path: str, language: str) -> None:
    """The list, whole, filtered and without a match, and the first page of a new claim."""
    assert claims
    page = await visit("contoso", path, language=language)
    await assert_good(page)
    if path == "/claims":
        await picture(page, f"claims-{language}")


async def test_a_list_tells_a_deadline_as_the_claim_does(visit: Visits, claims: dict[str, Json]) -> None:
    """The same words in the list as on the claim's page: the day in the customer's zone, not another day in UTC."""
    claim = claims["PendingCustomer"]
    page = await visit("contoso", f"/claims?q={claim['number']}")
    listed = await page.locator("td[data-label=Next] time").text_content()
    await page.locator(f"a[href='/claims/{claim['claimId']}']").click()
    shown = page.locator(f"time[datetime='{claim['nextDeadline']}']").first
    await expect(shown).to_have_text(str(listed))
    await expect(shown).not_to_contain_text("UTC")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_wrong_is_said_first(visit: Visits, language: str) -> None:
    """An empty form comes back with its faults on top, in focus and in the title, each leading to its field."""
    page = await visit("contoso", "/claims/new", language=language)
    await page.locator("main form .buttons button").first.click()
    summary = page.locator("#errors")
    await summary.wait_for()
    assert await summary.evaluate("node => node === document.activeElement")
    assert (await page.title()).startswith(("Error:", "Błąd:"))
    for link in await summary.locator("a").all():
        anchor = str(await link.get_attribute("href"))
        assert await page.locator(f"[id='{anchor[1:]}']").count() == 1, anchor
    await assert_good(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
async def test_a_claim_s_page_is_good_in_every_status(
    visit: Visits, claims: dict[str, Json], status: str, language: str
) -> None:
    """Whatever became of a claim, its partner reads of it on a good page."""
    page = await visit("contoso", f"/claims/{claims[status]['claimId']}", language=language)
    assert claims[status]["number"] in " ".join(await words(page))
    await assert_good(page)
    if status in {"ActionRequired", "Approved"}:
        await picture(page, f"claim-{status.lower()}-{language}", whole=True)


@pytest.mark.parametrize("status", ["PendingCustomer", "ActionRequired"])
async def test_a_claim_s_other_pages_are_good(visit: Visits, claims: dict[str, Json], status: str) -> None:
    """Its history, its form where it may be changed, and the page that asks before it is withdrawn."""
    page = await visit("contoso")
    for part in ("history", "withdraw", *(["edit"] if status == "ActionRequired" else [])):
        answer = await page.goto(f"/claims/{claims[status]['claimId']}/{part}")
        assert answer
        assert answer.status == 200, part
        await assert_good(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["PendingCustomer", "Approved", "OptedOut", "Withdrawn", "Ended"])
async def test_the_customer_s_page_is_good_in_every_status(
    visit: Visits, host: LocalHost, claims: dict[str, Json], status: str, language: str
) -> None:
    """What the customer sees behind the link, whatever was answered or happened since."""
    link = request_of(host, claims[status]).link
    page = await visit(language=language)
    await page.goto(f"/respond/{link.claim_id}#{link.token}")
    await page.wait_for_function("() => !document.getElementById('f-token')")
    assert link.token not in page.url
    await assert_good(page)
    if status == "PendingCustomer":
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await picture(page, f"customer-{language}", whole=True)


async def test_the_link_is_pasted_where_scripts_are_off(
    visit: Visits, host: LocalHost, claims: dict[str, Json]
) -> None:
    """Without scripts one pastes the link, or its last part."""
    mail = request_of(host, claims["PendingCustomer"])
    page = await visit(scripts=False)
    for pasted in (mail.link.token, f"https://cpor.example/respond/{mail.link.claim_id}#{mail.link.token}"):
        await page.goto(f"/respond/{mail.link.claim_id}")
        await assert_fits(page)
        await page.fill("[name=token]", pasted)
        await page.locator("main form button").click()
        assert claims["PendingCustomer"]["number"] in " ".join(await words(page))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_broken_link_is_told_on_a_good_page(visit: Visits, claims: dict[str, Json], language: str) -> None:
    """The page to paste the link into, and the one that says that it is not valid."""
    path = f"/respond/{claims['PendingCustomer']['claimId']}"
    page = await visit(None, path, language=language)
    await assert_good(page)
    await page.goto(f"{path}?again#1.2.3")
    await page.wait_for_function("() => !document.getElementById('f-token')")
    await assert_good(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/review", "/review?status=Approved", "/review?q=nobody-is-called-so"])
async def test_the_reviewers_lists_are_good(visit: Visits, claims: dict[str, Json], path: str, language: str) -> None:
    """The queue, another status, and no match."""
    assert claims
    page = await visit("reviewer", path, language=language)
    await assert_good(page)
    if path == "/review":
        await picture(page, f"review-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", LOOKED_AT)
async def test_a_claim_under_review_is_shown_on_a_good_page(
    visit: Visits, claims: dict[str, Json], status: str, language: str
) -> None:
    """What a reviewer sees of a claim, before and after the decision."""
    page = await visit("reviewer", f"/review/{claims[status]['claimId']}", language=language)
    await assert_good(page)
    if status == "UnderReview":
        await picture(page, f"review-claim-{language}", whole=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("persona", "path", "status"),
    [
        ("contoso", "/claims/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 404),
        ("contoso", "/review", 403),
        ("reviewer", "/claims/new", 403),
        (None, "/static/no-such-file.css", 404),
    ],
)
async def test_problems_are_told_on_good_pages(
    visit: Visits, persona: str | None, path: str, status: int, language: str
) -> None:
    """What is not there, or not for the reader, is said in words on a page like the others."""
    page = await visit(persona, language=language)
    answer = await page.goto(path)
    assert answer
    assert answer.status == status
    await assert_good(page)


@pytest.mark.parametrize(
    ("persona", "path"), [("contoso", "/claims"), ("contoso", "/claims/new"), ("reviewer", "/review")]
)
async def test_pages_say_the_same_without_scripts(
    visit: Visits, claims: dict[str, Json], persona: str, path: str
) -> None:
    """With scripts off nothing is missing: the words are the same, and the first paint waits for none."""
    assert claims
    assert await words(await visit(persona, path, scripts=False)) == await words(await visit(persona, path))


async def test_what_pages_load_is_kept_for_ever(visit: Visits) -> None:
    """The stylesheet and modules carry a hash in their name and are kept for a year; a name that never was is 404."""
    page = await visit("contoso", "/claims/new")
    loaded = await page.locator("link[rel=stylesheet], script[src]").evaluate_all(
        "all => all.map(one => new URL(one.href || one.src).pathname)"
    )
    assert any(path.endswith(".css") for path in loaded)
    for path in loaded:
        answer = await page.request.get(path)
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert answer.headers["content-type"].startswith(
            {"css": "text/css", "js": "text/javascript"}[path[-3:].strip(".")]
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await page.request.get("/static/site.css")).status == 404
