"""A partner files a claim in the browser: with scripts, without them, by keyboard alone, and when things go wrong."""

import base64
import io
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from tests.browser.looks import assert_good, picture, tab_to
from tests.browser.visits import PHONE, Visits
from tests.journeys.client import Customer, Customers, Person, filed
from tools.sample_proofs import pdf_proof

STEPS = ("customer", "activity", "details", "products", "contacts", "proofs", "check")
CONTACTS = {"customerContact": "ida", "partnerContact": "pat"}
BIG = 20 * 1024 * 1024
_DROP = """([zone, parts]) => {
  const bytes = text => Uint8Array.from(atob(text), one => one.charCodeAt(0));
  const [before, size, after, name] = parts;
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes(before), new Uint8Array(size), bytes(after)], name, {type: "application/pdf"}));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
  }
}"""
_WATCH = """() => {
  window.percents = [];
  new MutationObserver(() => document.querySelectorAll("[data-queue] progress").forEach(
    one => window.percents.push(one.value))).observe(document.querySelector("[data-queue]"),
    {subtree: true, childList: true, attributes: true, characterData: true});
}"""


def forward(page: Page) -> Locator:
    """The button that leads to the next step."""
    return page.locator("form.wide .buttons button[value=next]")


async def at(page: Page, step: str) -> None:
    """The step's page is there."""
    await page.wait_for_url(re.compile(rf"/draft/{step}(\\?|#|$)" if step != "filed" else r"/filed$"))


async def begun(page: Page, customer: Customer) -> None:
    """From the list of claims through the first three steps, to the products."""
    await page.goto("/claims")
    await page.locator("main a[href='/claims/new']").first.click()
    await page.select_option("[name=mpnId]", "1000001")
    await page.fill("[name='customer.domain']", customer.domain)
    await page.fill("[name='customer.tenantId']", customer.tenant_id)
    await forward(page).click()
    await at(page, "activity")
    await page.check("[value=microsoft-365]")
    await page.check("[value=usage]")
    await forward(page).click()
    await at(page, "details")
    await page.fill("[name=claimName]", "Rollout of autumn")
    await forward(page).click()
    await at(page, "products")


async def introduced(page: Page, customer: Customer) -> None:
    """The products and the contacts, to the proofs."""
    await page.get_by_label("Microsoft Teams", exact=True).check()
    await forward(page).click()
    await at(page, "contacts")
    for group, name in CONTACTS.items():
        domain = customer.domain if group == "customerContact" else "contoso.example"
        await page.fill(f"[name='{group}.name']", name.title())
        await page.fill(f"[name='{group}.email']", f"{name}@{domain}")
    await page.fill("[name='customerContact.title']", "IT manager")
    await forward(page).click()
    await at(page, "proofs")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_newcomer_files_a_claim(
    visit: Visits, contoso: Person, customer: Customer, tmp_path: Path, *, scripts: bool
) -> None:
    """From the list to the confirmation, with or without scripts; the claim then goes its way to the customer."""
    name, content, _ = customer.proof("teams")
    (tmp_path / name).write_bytes(content)
    page = await visit("contoso", scripts=scripts)
    await begun(page, customer)
    await expect(page.locator(".product", has_text="Microsoft Teams").first).to_contain_text("Available")
    await introduced(page, customer)
    await page.set_input_files("[name=proof]", tmp_path / name)
    if not scripts:
        await page.locator("[value=upload]").click()
    await expect(page.locator("#proof-files")).to_contain_text(name)
    await expect(page.locator("#proof-files")).to_contain_text("nothing speaks against it")
    await forward(page).click()
    await at(page, "check")
    await expect(page.locator("main")).to_contain_text("Nothing stands in the way")
    await page.fill("[name=comment]", "Please be quick.")
    await page.locator("main .buttons button").first.click()
    await at(page, "filed")
    number = await page.locator(".confirmation strong").inner_text()
    await expect(page.locator("main")).to_contain_text(f"ida@{customer.domain} is asked by mail")
    await page.locator("main a.button").first.click()
    claim = contoso.wait_asked(page.url.rpartition("/")[2])
    assert claim["number"] == number
    assert [comment["text"] for comment in claim["comments"]] == ["Please be quick."]


async def test_a_claim_is_filed_by_keyboard_alone(
    visit: Visits, contoso: Person, customer: Customer, tmp_path: Path
) -> None:
    """Tab, Space, Enter and letters are enough for every step, and one always sees where one is."""
    name, content, _ = customer.proof("teams")
    (tmp_path / name).write_bytes(content)
    page = await visit("contoso", "/claims/new")

    async def write(field: str, text: str) -> None:
        await tab_to(page, page.locator(f"[name='{field}']"))
        await page.keyboard.type(text)

    async def press(target: Locator, key: str) -> None:
        await tab_to(page, target)
        await page.keyboard.press(key)

    await write("mpnId", "1000001")
    await write("customer.domain", customer.domain)
    await write("customer.tenantId", customer.tenant_id)
    await page.keyboard.press("Enter")
    await at(page, "activity")
    await press(page.locator("[name=solutionArea]").first, "Space")
    await press(page.locator("[name=activities][value=usage]"), "Space")
    await press(forward(page), "Enter")
    await at(page, "details")
    await write("claimName", "By hand")
    await page.keyboard.press("Enter")
    await at(page, "products")
    await press(page.get_by_label("Microsoft Teams", exact=True), "Space")
    await page.keyboard.press("Enter")
    await at(page, "contacts")
    for group, person in CONTACTS.items():
        await write(f"{group}.name", person.title())
        if group == "customerContact":
            await write(f"{group}.title", "IT manager")
        await write(f"{group}.email", f"{person}@{customer.domain if person == 'ida' else 'contoso.example'}")
    await press(forward(page), "Enter")
    await at(page, "proofs")
    await tab_to(page, page.locator("[name=proof]"))
    async with page.expect_file_chooser() as chooser:
        await page.keyboard.press("Enter")
    await (await chooser.value).set_files(tmp_path / name)
    await expect(page.locator("#proof-files")).to_contain_text(name)
    await press(forward(page), "Enter")
    await at(page, "check")
    await press(page.get_by_role("button", name="Submit claim"), "Enter")
    await at(page, "filed")
    assert contoso.wait_asked(page.url.split("/")[-2])["claimName"] == "By hand"


def big_proof(customer: Customer) -> tuple[str, int, str, str]:
    """A proof of 20 MB that is nothing but zeros in its middle: what is before (Base64), how many, what is after."""
    writer = PdfWriter(
        clone_from=PdfReader(io.BytesIO(pdf_proof(customer=customer.name, products=["Microsoft Teams"])))
    )
    zeros = DecodedStreamObject()
    zeros.set_data(bytes(BIG))
    writer.root_object[NameObject("/Padding")] = writer._add_object(zeros)
    buffer = io.BytesIO()
    writer.write(buffer)
    before, _, after = buffer.getvalue().partition(bytes(BIG))
    return base64.b64encode(before).decode(), BIG, base64.b64encode(after).decode(), "big.pdf"


async def test_a_large_file_is_dropped_and_survives_a_failed_attempt(
    visit: Visits, contoso: Person, customer: Customer
) -> None:
    """20 MB dropped while the line is down: it is said, tried again with progress, and nothing else is lost."""
    draft = contoso.draft(customer.claim("teams")).json()
    name, content, kind = customer.proof("teams", name="first.pdf")
    assert contoso.add_proof(draft["claimId"], (name, content, kind)).status_code == 201
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft/proofs")
    zone, row = page.locator("[data-upload]"), page.locator("[data-queue] > li")
    await page.evaluate(_WATCH)
    await page.context.set_offline(True)
    await page.evaluate(_DROP, [await zone.element_handle(), list(big_proof(customer))])
    await expect(row).to_contain_text("Nothing else is lost")
    await page.context.set_offline(False)
    visit.faults[:] = [fault for fault in visit.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    line = await page.context.new_cdp_session(page)
    slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": BIG}
    await line.send("Network.emulateNetworkConditions", slowly)
    await row.get_by_role("button", name="Try again").click()
    await expect(page.locator("#proof-files")).to_contain_text("big.pdf", timeout=30_000)
    await expect(row).to_have_count(0)
    percents = await page.evaluate("() => window.percents")
    assert [one for one in percents if 0 < one < 100], percents
    assert max(percents) == 100
    await expect(page.locator("#proof-files")).to_contain_text("first.pdf")
    await forward(page).click()
    await at(page, "check")
    assert [proof["size"] > BIG for proof in contoso.read(draft["claimId"])["proofs"]] == [False, True]


async def test_an_upload_is_cancelled_or_refused_and_the_next_one_goes_on(
    visit: Visits, contoso: Person, customer: Customer, tmp_path: Path
) -> None:
    """A file of the wrong kind is told and taken off the list; a running one is cancelled; a third arrives."""
    draft = contoso.draft(customer.claim("teams")).json()
    name, content, _ = customer.proof("teams")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.pdf").write_text("These are notes.")
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft/proofs")
    rows = page.locator("[data-queue] > li")
    await page.set_input_files("[name=proof]", tmp_path / "notes.pdf")
    await expect(rows.locator(".error")).to_contain_text("not PDF")
    await expect(rows.get_by_role("button", name="Try again")).to_be_hidden()
    await rows.get_by_role("button", name="Take off the list").click()
    await expect(rows).to_have_count(0)
    await page.route("**/proofs", lambda route: None if route.request.method == "POST" else route.fallback())
    await page.set_input_files("[name=proof]", tmp_path / name)
    await forward(page).click()
    await expect(page.locator("[data-busy]")).to_be_visible()
    await rows.get_by_role("button", name="Cancel").click()
    await expect(page.locator("[data-status]")).to_contain_text("Nothing was kept")
    await expect(page.locator("[data-busy]")).to_be_hidden()
    await page.unroute("**/proofs")
    await page.set_input_files("[name=proof]", tmp_path / name)
    await expect(page.locator("#proof-files")).to_contain_text(name)


async def test_two_windows_on_one_step_do_not_overwrite_each_other(
    visit: Visits, contoso: Person, customer: Customer
) -> None:
    """The later one is told in words what is stored now and keeps what it typed; sent again, it counts."""
    draft = contoso.draft(customer.claim("teams", claimName="First")).json()
    path = f"/claims/{draft['claimId']}/draft"
    one, other = await visit("contoso", f"{path}/details"), await visit("contoso-user", f"{path}/details")
    elsewhere = await visit("contoso", f"{path}/contacts")
    await one.fill("[name=claimName]", "Of one")
    await forward(one).click()
    await at(one, "products")
    await other.fill("[name=claimName]", "Of the other")
    await forward(other).click()
    await expect(other.locator("#changed")).to_contain_text("Of one")
    assert (await other.title()).startswith("Error:")
    assert await other.input_value("[name=claimName]") == "Of the other"
    await assert_good(other)
    await forward(other).click()
    await at(other, "products")
    await elsewhere.fill("[name='partnerContact.name']", "Quinn")
    await forward(elsewhere).click()
    await at(elsewhere, "proofs")
    found = contoso.read(draft["claimId"])
    assert (found["claimName"], found["partnerContact"]["name"]) == ("Of the other", "Quinn")


async def test_what_is_submitted_is_what_was_seen(visit: Visits, contoso: Person, customer: Customer) -> None:
    """A draft that changed after its answers were opened is not submitted unseen; the comment stays."""
    draft = contoso.draft(customer.claim("teams")).json()
    assert contoso.add_proof(draft["claimId"], customer.proof("teams")).status_code == 201
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft/check")
    other = await visit("contoso-user", f"/claims/{draft['claimId']}/draft/details")
    await other.fill("[name=claimName]", "Changed")
    await forward(other).click()
    await page.fill("[name=comment]", "Kept")
    await page.get_by_role("button", name="Submit claim").click()
    await expect(page.locator("#changed")).to_contain_text("Nothing was submitted")
    assert await page.input_value("[name=comment]") == "Kept"
    assert contoso.read(draft["claimId"])["status"] == "Draft"
    await page.get_by_role("button", name="Submit claim").click()
    await at(page, "filed")


async def test_the_back_button_is_safe(visit: Visits, contoso: Person, customer: Customer) -> None:
    """Back to a step that was saved, changed and sent again: it is the same draft, with the new answer."""
    page = await visit("contoso")
    await begun(page, customer)
    await page.go_back()
    await at(page, "details")
    await page.fill("[name=claimName]", "Second thoughts")
    await forward(page).click()
    await at(page, "products")
    claim = page.url.split("/")[-3]
    assert contoso.read(claim)["claimName"] == "Second thoughts"
    await page.go_back()
    await page.get_by_role("button", name="Save and come back later").click()
    await expect(page.locator(".notice")).to_contain_text("saved")
    await page.locator("main a.button", has_text="Continue").click()
    await at(page, "products")


async def test_a_change_from_the_answers_comes_back_to_them(visit: Visits, contoso: Person, customer: Customer) -> None:
    """A change link leads to the field, and Continue back to the answers; another area takes its products off."""
    draft = contoso.draft(customer.claim("teams")).json()
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft/check")
    await expect(page.get_by_role("button", name="Submit claim")).to_have_count(0)
    await expect(page.locator(".notice-warning")).to_contain_text("Proof of execution")
    await page.get_by_role("link", name="Change Solution area").first.click()
    await page.check("[value=business-applications]")
    await forward(page).click()
    await at(page, "check")
    await expect(page.locator(".notice-warning")).to_contain_text("Name at least one product")
    assert contoso.read(draft["claimId"])["items"] == []


async def test_several_subscriptions_of_a_product_are_claimed(visit: Visits, contoso: Person) -> None:
    """Where the customer has two, the ID is asked for; another line takes the second one, and a wrong one is told."""
    birch = Customer(tenant_id="a1a1a1a1-0000-4000-8000-000000000002", domain="birch.example", name="Birch")
    item = {"productId": "dynamics-365-customer-service"}
    draft = contoso.draft(birch.dynamics(item)).json()
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft/products")
    line = page.locator(".product", has_text="Dynamics 365 Customer Service")
    await expect(line).to_contain_text("Subscription needed")
    await line.locator("input[name$=subscriptionId]").fill("nonsense")
    await forward(page).click()
    await expect(page.locator("#errors a").first).to_contain_text("GUID")
    await assert_good(page)
    await line.locator("input[name$=subscriptionId]").fill("5b5b5b5b-0000-4000-8000-000000000022")
    await line.get_by_role("button", name="Add another subscription").click()
    await expect(line).to_have_count(2)
    await line.nth(1).locator("input[name$=subscriptionId]").fill("5b5b5b5b-0000-4000-8000-000000000023")
    await forward(page).click()
    await at(page, "contacts")
    claimed = [item["subscriptionId"][-2:] for item in contoso.read(draft["claimId"])["items"]]
    assert claimed == ["22", "23"]


async def test_who_may_not_submit_is_told_who_may(visit: Visits, contoso: Person, customer: Customer) -> None:
    """A user without the administrator's role fills in everything, and finds the address to hand on."""
    draft = contoso.draft(customer.claim("teams")).json()
    page = await visit("contoso-user", f"/claims/{draft['claimId']}/draft/check")
    await expect(page.get_by_role("button", name="Submit claim")).to_have_count(0)
    await expect(page.locator("main")).to_contain_text("incentives administrator")
    await expect(page.locator("main .id", has_text="/draft/check")).to_have_count(1)
    await assert_good(page)


async def test_a_draft_is_discarded_on_a_page_of_its_own(visit: Visits, contoso: Person, customer: Customer) -> None:
    """It is asked once, with the consequence; then the draft is gone, and what is filed cannot be discarded."""
    draft = contoso.draft(customer.claim("teams")).json()
    page = await visit("contoso", f"/claims/{draft['claimId']}/draft")
    await page.get_by_role("link", name="Discard this draft…").click()
    await expect(page.locator("main")).to_contain_text("deleted for good")
    await assert_good(page)
    await page.get_by_role("button", name="Discard this draft").click()
    await expect(page.locator("[role=status]")).to_contain_text("The draft is discarded")
    answer = await page.goto(f"/claims/{draft['claimId']}/draft")
    assert answer
    assert answer.status == 404
    claim = filed(contoso, customer.claim("intune"), customer.proof("intune"))
    answer = await page.goto(f"/claims/{claim['claimId']}/discard")
    assert answer
    assert answer.status == 409


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_every_step_is_good(visit: Visits, contoso: Person, customers: Customers, language: str) -> None:
    """Each step as it is, and with everything wrong: accessible, narrow, light, its faults leading to their fields."""
    customer = customers.new()
    full = contoso.draft(customer.claim("teams", "intune")).json()
    bare = contoso.draft(
        {
            "mpnId": "1000001",
            "customer": customer.claim()["customer"],
            "solutionArea": "microsoft-365",
            "activities": ["usage"],
        }
    ).json()
    assert contoso.add_proof(full["claimId"], customer.proof("intune")).status_code == 201
    page = await visit("contoso", f"/claims/{full['claimId']}/draft", language=language)
    await assert_good(page)
    for step in STEPS:
        await page.goto(f"/claims/{full['claimId']}/draft/{step}")
        await assert_good(page)
        await picture(page, f"wizard-{step}-{language}")
    for step in ("details", "products", "contacts", "proofs"):
        await page.goto(f"/claims/{bare['claimId']}/draft/{step}")
        await forward(page).click()
        await expect(page.locator("#errors")).to_be_focused()
        for link in await page.locator("#errors a").all():
            assert await page.locator(f"[id='{str(await link.get_attribute('href'))[1:]}']").count() == 1
        await assert_good(page)
    phone = await visit("contoso", f"/claims/{bare['claimId']}/draft/check", language=language, size=PHONE, dark=True)
    await assert_good(phone)
    await picture(phone, f"wizard-check-phone-dark-{language}")
