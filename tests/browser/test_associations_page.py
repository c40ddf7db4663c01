"""What is official and how much it is used, as its partner sees it."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.looks import assert_good, picture
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import Customer, Json, LocalHost, Person, asked, request_of, wait_for


@pytest.fixture
def used(host: LocalHost, contoso: Person, customer: Customer) -> Json:
    """An official claim, whose customer's usage of Teams is known for seven months, one of them long ago."""
    claim = asked(contoso, customer, "teams", "intune")
    assert host.respond(request_of(host, claim).link, "confirm").status_code == 200
    month = datetime.fromisoformat(claim["createdAt"]).replace(day=1)
    figures = [("2024-01", 1400, 1500)]
    for users in (950, 1190, 1120, 870, 640, 410):
        figures.append((f"{month:%Y-%m}", users, 1200))
        month = (month - timedelta(days=1)).replace(day=1)
    rows = [f"{customer.tenant_id},teams,,{month},{users},{paid}" for month, users, paid in figures]
    head = "tenantId,productId,subscriptionId,month,monthlyActiveUsers,paidUnits"
    with host.person("admin") as admin:
        answer = admin.http.post(
            "/api/review/registry/usage", content="\n".join((head, *rows)), headers={"content-type": "text/csv"}
        )
    assert answer.json()["counts"]["created"] == len(rows), answer.text
    # The lists follow a claim a moment later.
    wait_for(
        lambda: contoso.http.get("/api/associations").text,
        lambda listed: claim["claimId"] in listed,
        what="the association's line",
        seconds=30,
    )
    return contoso.read(claim["claimId"])


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_an_association_is_found_and_read(visit: Visits, used: Json, language: str) -> None:
    """From the list to its page: since when, for what, and each product's figures drawn and written."""
    page = await visit("contoso", "/associations", language=language)
    await expect(page.locator("header [aria-current=page]")).to_have_attribute("href", "/associations")
    await assert_good(page)
    await page.locator(f"a[href='/associations/{used['claimId']}']").click()
    await assert_good(page)
    drawing = page.locator("figure svg[role=img]")
    await expect(drawing).to_have_count(1)
    described = await drawing.get_attribute("aria-labelledby")
    assert described
    texts = [await page.locator(f"[id='{one}']").text_content() for one in described.split()]
    assert texts[0] == "Microsoft Teams"
    assert {"en": "950 monthly active users", "pl": "aktywni użytkownicy 950"}[language] in str(texts[1])
    last = page.locator("figure tbody tr").last.locator("td")
    numbers = [text.replace("\xa0", " ") for text in await last.all_text_contents()]
    assert numbers == {"en": ["950", "1,200", "1,400"], "pl": ["950", "1 200", "1 400"]}[language]
    await picture(page, f"association-{language}", whole=True)


async def test_months_are_chosen_by_a_form(visit: Visits, used: Json) -> None:
    """Without scripts, on a phone: other months, months without figures, and a month that is none."""
    page = await visit("contoso", f"/associations/{used['claimId']}", scripts=False, size=PHONE)
    await page.goto(f"/associations/{used['claimId']}?from=2024-01&to=2024-12")
    await expect(page.locator("figure tbody tr")).to_have_count(1)
    await page.goto(f"/associations/{used['claimId']}?from=2020-01&to=2020-12")
    await expect(page.locator("main")).to_contain_text("No figures are known for these months.")
    answer = await page.goto(f"/associations/{used['claimId']}?from=soon")
    assert answer
    assert answer.status == 422
    await expect(page.locator("#errors a")).to_have_attribute("href", "#f-from")
    assert await page.input_value("[name=from]") in {"soon", ""}


async def test_nobody_else_finds_it(visit: Visits, used: Json, claims: dict[str, Json]) -> None:
    """Another partner has none of it, and what is not official is no association."""
    page = await visit("fabrikam", "/associations")
    assert used["number"] not in await page.content()
    for path, persona in ((used["claimId"], "fabrikam"), (claims["PendingCustomer"]["claimId"], "contoso")):
        page = await visit(persona)
        answer = await page.goto(f"/associations/{path}")
        assert answer
        assert answer.status == 404
        await assert_good(page)
