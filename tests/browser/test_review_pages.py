"""Reviewers and admins at work in a browser: the queue, a claim, its proofs, a contest, a decision, the registries."""

import os
from collections.abc import Iterator

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.looks import assert_fits, assert_good, picture, tab_to, violations
from tests.browser.stories import answer
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import FABRIKAM_MPN, PDF, WORD, Customers, Json, LocalHost, Person, asked, filed
from tools.sample_proofs import docx_proof, scan_pdf
from tools.sample_proofs import picture as photo

LANGUAGES = ("en", "pl") if os.environ.get("SCREENSHOTS") else ("en",)
"""Both where pictures are taken; tests of every page look at both in any case."""
HEADER = "tenantId,name,domains,country,zone,language"


@pytest.fixture(scope="session")
def fabrikam(host: LocalHost) -> Iterator[Person]:
    """The rival's administrator, over HTTP."""
    with host.person("fabrikam") as person:
        yield person


@pytest.fixture(scope="session")
def flagged(contoso: Person, customers: Customers) -> Json:
    """A claim that waits for a reviewer, with a proof of each kind; for pages to show, not to be changed."""
    customer = customers.new()
    letter = docx_proof(customer=customer.name, products=["Microsoft Teams"], signed_by=None)
    files = [
        ("scan.pdf", scan_pdf(), PDF),
        ("photo.png", photo(), "image/png"),
        ("letter.docx", letter, WORD),
        customer.proof("teams"),
    ]
    claim = filed(contoso, customer.claim("teams", "intune"), *files)
    return contoso.wait(claim["claimId"], "UnderReview")


@pytest.fixture(scope="session")
def contested(host: LocalHost, contoso: Person, fabrikam: Person, customers: Customers) -> Json:
    """Fabrikam's claim for what Contoso has; for pages to show, not to be changed."""
    customer = customers.new()
    held = asked(contoso, customer, "teams", "intune", now=host.now())
    answer(host, held, "confirm")
    rival = customer.claim("teams", "intune", mpn_id=FABRIKAM_MPN)
    claim = filed(fabrikam, rival, customer.proof("teams", "intune", now=host.now()))
    return fabrikam.wait(claim["claimId"], "UnderReview")


def waiting(contoso: Person, customers: Customers) -> Json:
    """A claim of its own that waits for a reviewer."""
    claim = filed(contoso, customers.new().claim("teams"), ("scan.pdf", scan_pdf(), PDF))
    return contoso.wait(claim["claimId"], "UnderReview")


async def continued(page: Page) -> None:
    """Go on from the form to the mails."""
    await page.click("button[value=preview]")
    await expect(page.locator("h1")).to_contain_text("Check your decision")


async def test_a_reviewer_decides_without_scripts(
    visit: Visits, host: LocalHost, contoso: Person, customers: Customers
) -> None:
    """From the queue to the decision: what is missing is told, the mail is read first, and that mail is sent."""
    claim = waiting(contoso, customers)
    page = await visit("reviewer", "/review", scripts=False)
    await page.fill("[name=q]", claim["number"])
    await page.locator(".filters button").click()
    await page.locator("tbody th a", has_text=claim["number"]).click()
    await page.check("[name=decision][value=requestInformation]")
    await page.fill("#f-comment", "Who signed this,\nand when?")
    await page.click("button[value=preview]")
    assert (await page.title()).startswith("Error:")
    await assert_fits(page)
    await page.locator("#errors a").click()
    await page.check("[name=reasonCodes][value=poe-no-signature-found]")
    await continued(page)
    await assert_fits(page)
    subject = await page.locator(".letter dd").nth(1).inner_text()
    foreseen = await page.locator(".letter pre").inner_text()
    assert "Who signed this," in foreseen
    assert contoso.read(claim["claimId"])["status"] == "UnderReview"
    await page.click("button[value=change]")
    await expect(page.locator("#f-comment")).to_have_value("Who signed this,\nand when?")
    await continued(page)
    await page.click("button[value=decide]")
    await expect(page.locator(".notice-success")).to_contain_text("Waiting for the partner to answer until")
    await expect(page.locator("#decision + p")).to_contain_text("nothing to decide")
    mail = host.mail(claim["partnerContact"]["email"], about=claim["number"], subject=subject)
    assert mail.text.split() == foreseen.split()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_both_sides_are_seen_side_by_side(visit: Visits, contested: Json, language: str) -> None:
    """A contest shows both partners with their dates and proofs; what stands in the way is told with what to do."""
    page = await visit("reviewer", f"/review/{contested['claimId']}", language=language)
    sides = page.locator(".side")
    boxes = [await side.bounding_box() for side in await sides.all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert len({box["x"] for box in boxes if box}) == 2
    await expect(sides).to_contain_text(["Fabrikam", "Contoso"])
    await assert_good(page)
    await picture(page, f"review-contest-{language}", whole=True)
    await page.check("[name=decision][value=accept]")
    await page.click("button[value=preview]")
    await expect(page.locator("#errors a")).to_have_attribute("href", "#f-items-0-decision")
    await page.check("[name=decision][value=noticeIncumbent]")
    await page.click("button[value=preview]")
    await expect(page.locator(".letter")).to_have_count(1)
    await assert_good(page)
    await picture(page, f"review-decision-{language}", whole=True)


async def test_who_comes_second_is_told_and_loses_nothing(
    visit: Visits, contoso: Person, reviewer: Person, customers: Customers
) -> None:
    """The claim that changed meanwhile is shown as it is now, with the choice; the next try is about that one."""
    claim = waiting(contoso, customers)
    page = await visit("reviewer", f"/review/{claim['claimId']}")
    assert reviewer.act(claim["claimId"], "comments", {"comment": "I am looking."}).status_code == 201
    await page.check("[name=decision][value=reject]")
    await page.check("[name=reasonCodes][value=poe-other-customer]")
    await page.fill("#f-comment", "Another company.")
    await page.click("button[value=preview]")
    await expect(page.locator("#errors h2")).to_have_text("The claim has changed meanwhile")
    await expect(page.locator("#comments")).to_contain_text("I am looking.")
    await expect(page.locator("#f-comment")).to_have_value("Another company.")
    await assert_good(page)
    await continued(page)
    await page.click("button[value=decide]")
    await expect(page.locator(".key .tag")).to_have_text("Rejected")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_proofs_are_shown_beside_their_text(visit: Visits, flagged: Json, language: str) -> None:
    """A PDF opens in a frame, a picture is seen, a letter's text is read; each with what was found in it."""
    page = await visit("reviewer", f"/review/{flagged['claimId']}", language=language)
    proofs = {proof["fileName"]: proof["proofId"] for proof in flagged["proofs"]}
    for name, text in (("scan.pdf", None), ("photo.png", None), ("letter.docx", "Teams"), ("proof.pdf", "Ann Example")):
        await page.goto(f"/review/{flagged['claimId']}/proofs/{proofs[name]}")
        if name == "photo.png":
            assert await page.locator(".viewer img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 600
        elif name.endswith(".pdf"):
            frame = await (await page.wait_for_selector("iframe")).content_frame()  # type: ignore[union-attr]
            assert frame
            await frame.wait_for_function("() => document.contentType === 'application/pdf'")
        if text:
            await expect(page.locator(".extract")).to_contain_text(text)
            assert await violations(page) == []
    await picture(page, f"review-proof-{language}")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_shortcuts_help_and_can_be_turned_off(visit: Visits, flagged: Json) -> None:
    """Keys lead through queue and claim, not while one types, and not once they are turned off."""
    page = await visit("reviewer", f"/review?q={flagged['number']}")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/review/{flagged['claimId']}")
    await page.keyboard.press("e")
    await expect(page.locator("#f-decision")).to_be_focused()
    await page.focus("#f-comment")
    await page.keyboard.type("just u and ?")
    await expect(page.locator("#f-comment")).to_have_value("just u and ?")
    await page.locator("#f-decision").focus()
    await page.keyboard.press("?")
    await tab_to(page, page.locator("#keys-off"))
    await assert_good(page)
    await page.keyboard.press("Space")
    await page.reload()
    await page.keyboard.press("u")
    await page.keyboard.press("e")
    await expect(page.locator("#f-decision")).not_to_be_focused()
    assert page.url.endswith(flagged["claimId"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_is_tried_before_it_is_imported(visit: Visits, customers: Customers, language: str) -> None:
    """An admin sees what a file would do, errors first, and imports that very file."""
    customer = customers.new()
    rows = [HEADER, f"{customer.tenant_id},{customer.name},{customer.domain},PL,Europe/Warsaw,pl", "x,Y,y.example,,,"]
    file: FilePayload = {"name": "customers.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page = await visit("admin", "/review/registry", language=language)
    await page.select_option("[name=registry]", "customers")
    await page.set_input_files("#f-file", file)
    await page.locator("main form").last.locator("button").click()
    await expect(page.locator("table").first.locator("tbody tr")).to_have_count(2)
    await expect(page.locator("table").first.locator("tbody .tag").first).to_have_class("tag nowrap red")
    await assert_good(page)
    await picture(page, f"review-registry-{language}", whole=True)
    await page.set_input_files("#f-same", file)
    await page.locator(".panel button").click()
    await expect(page.locator(".notice-success")).to_be_visible()
    await assert_good(page)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        *(("dashboard", language) for language in LANGUAGES),
        ("registry", "pl"),
        ("dead-letters?since=x", "en"),
        ("dead-letters", "pl"),
        ("finalization", "pl"),
    ],
)
async def test_the_operators_pages_are_good(visit: Visits, flagged: Json, path: str, language: str) -> None:
    """The figures, the registries, what failed, what is due, and a filter that makes no sense."""
    assert flagged
    page = await visit("admin", f"/review/{path}", language=language)
    await assert_good(page)
    if path == "dashboard":
        await picture(page, f"review-dashboard-{language}", whole=True)
    refused = await (await visit("reviewer")).goto(f"/review/{path}")
    assert refused
    assert refused.status == (200 if path == "dashboard" else 403)
