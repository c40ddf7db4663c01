"""What the customer sees: the page behind the link in every state, and the page that tells whether a mail is real."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.looks import assert_good, picture, tab_to
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import (
    Customer,
    Json,
    LocalHost,
    Person,
    Store,
    asked,
    contact_of,
    partner_of,
    request_of,
)
from tools.embedded import LocalProduct


@pytest.fixture(scope="module")
def store(product: LocalProduct) -> Store:
    """The raw rows."""
    return Store(product)


def link_of(host: LocalHost, claim: Json) -> str:
    """The link in the mail, as a path of the site."""
    link = request_of(host, claim).link
    return f"/respond/{link.claim_id}#{link.token}"


async def follow(page: Page, link: str) -> None:
    """Click the link in the mail: the page's script hands the fragment on."""
    await page.goto("about:blank")
    await page.goto(link)
    await page.wait_for_function("() => !document.getElementById('f-token')")


async def paste(page: Page, link: str) -> None:
    """Without scripts the whole link is pasted."""
    await page.goto(link.partition("#")[0])
    await page.fill("[name=token]", f"https://cpor.example{link}")
    await page.locator("main form button").click()


def card(page: Page, choice: str, scope: str = "all") -> Locator:
    """The form of one answer."""
    return page.locator(f"form[aria-labelledby='{choice}-{scope}-heading']")


def heading(page: Page) -> Locator:
    """What the page is about."""
    return page.locator("h1")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_approved_then_revoked_piece_by_piece(
    visit: Visits, host: LocalHost, contoso: Person, customer: Customer, *, scripts: bool
) -> None:
    """Yes at once; later one product, then the rest, each asked once more; every page on the way is a good one."""
    claim = asked(contoso, customer, "teams", "intune")
    link = link_of(host, claim)
    page = await visit(scripts=scripts, size=PHONE)
    opened = follow if scripts else paste
    await opened(page, link)
    await expect(heading(page)).to_have_text(f"Contoso Consulting asks to be associated with {customer.name}")
    await expect(page.locator("main")).to_contain_text("(America/New_York). Silence counts as consent.")
    await card(page, "confirm").get_by_role("button").click()
    await expect(heading(page)).to_have_text(f"Contoso Consulting is associated with {customer.name}")
    await expect(page.locator(".notice-success")).to_contain_text("You approved.")
    await card(page, "revoke", "some").get_by_role("button").click()
    await expect(page.locator("#errors a")).to_have_text("Choose at least one product, or all of them.")
    if scripts:
        await assert_good(page)
    await card(page, "revoke", "some").get_by_label("Microsoft Teams").check()
    await card(page, "revoke", "some").get_by_label("Reason").fill("We use another one.")
    await card(page, "revoke", "some").get_by_role("button").click()
    await expect(page.locator("main li")).to_have_text(["Microsoft Teams (Usage)"])
    await expect(page.locator(".said")).to_have_text("We use another one.")
    if scripts:
        await assert_good(page)
    await page.get_by_role("button", name="No, keep it").click()
    assert contoso.read(claim["claimId"])["status"] == "Approved"
    await card(page, "revoke", "some").get_by_label("Microsoft Teams").check()
    await card(page, "revoke", "some").get_by_role("button").click()
    await page.get_by_role("button", name="Yes, revoke").click()
    await expect(page.locator("main li .tag")).to_have_text(["Ended", "Official"])
    await card(page, "revoke").get_by_role("button").click()
    await page.get_by_role("button", name="Yes, revoke").click()
    await expect(heading(page)).to_have_text("The association with Contoso Consulting has ended")
    assert contoso.read(claim["claimId"])["status"] == "Ended"


async def test_single_products_are_declined_by_keyboard_alone(
    visit: Visits, host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """Tab and space decline one product with a reason; the rest stays open, and the page says so."""
    claim = asked(contoso, customer, "teams", "intune")
    page = await visit()
    await follow(page, link_of(host, claim))
    some = card(page, "optOut", "some")
    await tab_to(page, some.get_by_label("Microsoft Intune"))
    await page.keyboard.press("Space")
    await tab_to(page, some.get_by_label("Reason"))
    await page.keyboard.type("Not this one.")
    await tab_to(page, some.get_by_role("button"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice-success")).to_contain_text("The rest is still open")
    await expect(page.locator("main li .tag")).to_have_text(["Declined by you"])
    await assert_good(page)
    claim = contoso.read(claim["claimId"])
    assert [item["outcome"] for item in claim["items"]] == ["claimed", "declined"]
    assert [comment["text"] for comment in claim["comments"]] == ["Not this one."]
    await card(page, "optOut").get_by_role("button").press("Enter")
    await expect(heading(page)).to_have_text("You declined the request of Contoso Consulting")


async def test_whoever_looks_decides_nothing(
    visit: Visits, host: LocalHost, contoso: Person, store: Store, customer: Customer
) -> None:
    """Scanners that fetch the link, or run its scripts in a browser without a click, leave every row as it was."""
    claim = asked(contoso, customer)
    link = link_of(host, claim)
    host.mail(partner_of(claim), about=claim["number"], subject="Customer asked")
    before = store.rows(customer.tenant_id)
    path, _, token = link.partition("#")
    for method in ("GET", "HEAD"):
        for query in ("", f"?token={token}&choice=optOut"):
            assert host.http.request(method, path + query).status_code == 200
    page = await visit()
    await follow(page, link)
    assert token not in page.url
    answer = await page.request.get(path)
    assert claim["number"] not in await answer.text()
    headers = {name: answer.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")}
    assert headers == {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
    assert store.rows(customer.tenant_id) == before


async def test_two_windows_cannot_say_two_things(
    visit: Visits, host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """The second answer is not taken: after a yes it names the way out, after a no it says how it stands."""
    link = link_of(host, asked(contoso, customer))
    page, other = await visit(), await visit()
    await follow(page, link)
    await follow(other, link)
    await card(page, "confirm").get_by_role("button").click()
    await expect(page.locator(".notice-success")).to_be_visible()
    await card(other, "optOut").get_by_role("button").click()
    await expect(other.locator(".notice-warning")).to_contain_text("The time to decline is over")
    await expect(card(other, "revoke")).to_be_visible()
    await assert_good(other)


async def test_the_wrong_person_names_the_right_one(
    visit: Visits, host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """What they write reaches the partner; once another contact is named, the old link says so and shows nothing."""
    claim = asked(contoso, customer)
    link = link_of(host, claim)
    page, other = await visit(language="pl", size=PHONE), await visit()
    await follow(page, link)
    await follow(other, link)
    await card(page, "wrongPerson").get_by_role("textbox").fill("Please ask Olga.")
    await card(page, "wrongPerson").get_by_role("button").click()
    await expect(heading(page)).to_have_text("Pytanie trafi do innej osoby")
    await assert_good(page)
    await card(other, "confirm").get_by_role("button").click()
    await expect(other.locator(".notice-warning")).to_contain_text("This answer was not taken")
    claim = contoso.read(claim["claimId"])
    assert [comment["text"] for comment in claim["comments"]] == ["Please ask Olga."]
    other_contact = {**claim["customerContact"], "name": "Olga Other", "email": f"olga@{customer.domain}"}
    assert contoso.edit(claim, {"customerContact": other_contact}).status_code == 200
    assert contoso.act(claim["claimId"], "resubmit").status_code == 202
    claim = contoso.wait_asked(claim["claimId"])
    assert contact_of(claim).startswith("olga@")
    await follow(page, link)
    await expect(heading(page)).to_have_text("Pytanie jest już skierowane do innej osoby")
    assert claim["number"] not in await page.content()
    await assert_good(page)


async def test_on_paper_it_is_whole(visit: Visits, host: LocalHost, claims: dict[str, Json]) -> None:
    """Printed, the page has no forms, and the deadline's receipt is there though it was folded."""
    page = await visit()
    await follow(page, link_of(host, claims["PendingCustomer"]))
    await page.emulate_media(media="print")
    await expect(card(page, "confirm")).to_be_hidden()
    await expect(page.locator("#answer")).to_be_hidden()
    await expect(page.get_by_text("Days counted")).to_be_visible()
    await expect(page.get_by_text("Without an answer by")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_whether_a_mail_is_real(visit: Visits, claims: dict[str, Json], language: str) -> None:
    """From the start page: wrong, known and unknown numbers are told on good pages, without scripts too."""
    claim = claims["PendingCustomer"]
    page = await visit(None, "/", language=language, size=PHONE)
    await page.locator("main a[href='/check']").click()
    await assert_good(page)
    await page.locator("main button").click()
    await expect(page.locator("#errors")).to_be_focused()
    await assert_good(page)
    await page.fill("[name=number]", claim["number"].lower())
    await page.fill("[name=domain]", contact_of(claim))
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice-success")).to_contain_text(claim["number"])
    assert "Contoso" not in await page.content()
    await assert_good(page)
    await picture(page, f"check-{language}", whole=True)
    await page.fill("[name=domain]", "alpine.example")
    await page.locator("main button").click()
    await expect(page.locator(".notice-warning")).to_contain_text(claim["number"])
    await assert_good(page)
