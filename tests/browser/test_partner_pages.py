"""What a partner does with claims in the browser: the list, and each step that asks once on a page of its own."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.looks import assert_good, picture
from tests.browser.stories import answer
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import PDF, Customer, Json, LocalHost, Person, filed
from tools.sample_proofs import scan_pdf


@pytest.fixture
def official(contoso: Person, host: LocalHost, customer: Customer) -> Json:
    """An official claim for two products."""
    claim = filed(contoso, customer.claim("teams", "intune"), customer.proof("teams", "intune"))
    answer(host, contoso.wait_asked(claim["claimId"]), "confirm")
    return contoso.wait(claim["claimId"], "Approved")


@pytest.fixture
def rejected(contoso: Person, reviewer: Person, customer: Customer) -> Json:
    """A rejected claim."""
    claim = filed(contoso, customer.claim(), ("scan.pdf", scan_pdf(), PDF))
    under_review = contoso.wait(claim["claimId"], "UnderReview")
    assert reviewer.decide(under_review, "reject", reasonCodes=["poe-other-customer"], comment="No.").is_success
    return contoso.wait(claim["claimId"], "Rejected")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_rejection_is_disputed(visit: Visits, rejected: Json, contoso: Person, *, scripts: bool) -> None:
    """The claim's page leads there; nothing said is a fault at its field; then a reviewer has it."""
    page = await visit("contoso", f"/claims/{rejected['claimId']}", scripts=scripts)
    await page.get_by_role("link", name="Dispute the rejection…").click()
    if scripts:
        await assert_good(page)
        await picture(page, "dispute-en")
    await page.get_by_role("button", name="Dispute the rejection").click()
    await expect(page.locator("#errors a")).to_have_attribute("href", "#f-comment")
    await page.fill("#f-comment", "Page 2 names the customer.")
    await page.get_by_role("button", name="Dispute the rejection").click()
    await page.wait_for_url(re.compile(rf"/claims/{rejected['claimId']}$"))
    claim = contoso.read(rejected["claimId"])
    assert (claim["status"], claim["disputed"]) == ("UnderReview", True)
    await expect(page.get_by_role("link", name="Dispute the rejection…")).to_have_count(0)
    await page.goto(f"/claims/{rejected['claimId']}/dispute")
    await expect(page.locator("h1")).to_have_text("The claim's state does not allow this")


async def test_one_product_is_given_up(visit: Visits, official: Json, contoso: Person) -> None:
    """A reason must be given; what is kept stays official."""
    page = await visit("contoso", f"/claims/{official['claimId']}", language="pl", size=PHONE)
    await page.get_by_role("link", name="Zrezygnuj ze skojarzenia…").click()
    await assert_good(page)
    await picture(page, "disassociate-pl")
    await page.get_by_role("button", name="Zrezygnuj").click()
    links = await page.locator("#errors a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert links == ["#f-scope", "#f-reason"]
    await page.locator("[name=scope][value=some]").check()
    await page.get_by_label("Intune").check()
    await page.locator("[name=reason][value=work-ended]").check()
    await page.get_by_role("button", name="Zrezygnuj").click()
    await page.wait_for_url(re.compile(rf"/claims/{official['claimId']}$"))
    claim = contoso.read(official["claimId"])
    assert claim["status"] == "Approved"
    assert {item["productId"]: item["outcome"] for item in claim["items"]} == {"teams": "associated", "intune": "ended"}


async def test_a_wrong_location_is_put_right(visit: Visits, official: Json, contoso: Person) -> None:
    """The organisation's other locations are offered, and the claim belongs to the chosen one."""
    page = await visit("contoso", f"/claims/{official['claimId']}")
    await page.get_by_role("link", name="Correct the location…").click()
    await assert_good(page)
    await page.locator("[name=mpnId][value='1000002']").check()
    await page.get_by_role("button", name="Correct the location").click()
    await page.wait_for_url(re.compile(rf"/claims/{official['claimId']}$"))
    assert contoso.read(official["claimId"])["mpnId"] == "1000002"


async def test_steps_are_offered_to_whom_they_are_for(visit: Visits, official: Json) -> None:
    """A colleague who may not submit is not offered them, and told so at their address; a rival finds no claim."""
    for persona, status in (("contoso-user", 403), ("fabrikam", 404), ("reviewer", 403)):
        page = await visit(persona)
        for step in ("disassociate", "correct-mpn", "dispute"):
            found = await page.goto(f"/claims/{official['claimId']}/{step}")
            assert found
            assert found.status == status, (persona, step)
    page = await visit("contoso-user", f"/claims/{official['claimId']}")
    await expect(page.get_by_role("link", name="Give up the association…")).to_have_count(0)


async def test_the_list_is_filtered_by_location_and_taken_along(visit: Visits, claims: dict[str, Json]) -> None:
    """The filters stand in the address, and the file has the same rows."""
    assert claims
    page = await visit("contoso", "/claims")
    await page.select_option("#f-mpnId", "1000001")
    await page.select_option("#f-status", "Approved")
    await page.get_by_role("button", name="Filter").click()
    await page.wait_for_url(re.compile(r"mpnId=1000001"))
    shown = await page.locator("tbody tr").count()
    assert shown
    await assert_good(page)
    link = await page.get_by_role("link", name="These claims as CSV").get_attribute("href")
    assert link
    assert "status=Approved" in link
    answered = await page.request.get(link)
    assert len((await answered.text()).strip().splitlines()) == shown + 1


async def test_a_discarded_draft_is_said_to_be_gone(visit: Visits, contoso: Person, customer: Customer) -> None:
    """The list says so once, and the draft is in it no more."""
    draft = contoso.draft(customer.claim(claimName="To be discarded")).json()
    page = await visit("contoso", f"/claims/{draft['claimId']}")
    await page.goto(f"/claims/{draft['claimId']}/draft/check")
    await page.get_by_role("link", name="Discard this draft…").click()
    await page.locator("button.grave").click()
    await expect(page.locator("[role=status]")).to_contain_text("The draft is discarded")
    assert contoso.http.get(f"/api/claims/{draft['claimId']}").status_code == 404
