"""Whatever anybody types, wherever they may type it, no page of anybody runs it."""

from urllib.parse import quote

import pytest
from playwright.async_api import Page

from tests.browser.visits import Visits
from tests.journeys.client import PDF, Customers, Json, LocalHost, Person, filed, request_of
from tools.sample_proofs import scan_pdf

RUN = "alert(ran=1)"
CORPUS = (
    f"<script>{RUN}</script>\"><img src=x onerror={RUN}>' autofocus onfocus='{RUN}' x='",
    f"</textarea></title></style><svg onload={RUN}>{{{{ 7*7 }}}}{{% raw %}}%(number)s %s",
    f'javascript:{RUN}//<iframe srcdoc="<script>parent.{RUN}</script>">',
)
"""Each would run in some place of a page: text, attribute, raw text element, address, template."""
FIELDS = "main input:not([type=hidden], [type=file], [type=checkbox], [type=radio], [type=date]), main textarea"
STRANGE = "main script:not([nonce]), main img, main iframe, main style, [onerror], [onload], [onfocus], [x]"


@pytest.fixture(scope="module", params=CORPUS, ids=("tags", "texts", "addresses"))
def hostile(request: pytest.FixtureRequest) -> str:
    """One of the hostile texts."""
    return str(request.param)


@pytest.fixture(scope="module")
def story(hostile: str, host: LocalHost, contoso: Person, reviewer: Person, customers: Customers) -> list[Json]:
    """A draft, a claim that a reviewer asked about, and one whose customer answered, hostile wherever one may type."""
    person = {"name": hostile, "title": hostile}
    customer = customers.new()
    claim = customer.claim("teams", "intune", claimName=hostile)
    claim["customerContact"].update(person)
    claim["partnerContact"]["name"] = hostile
    drafted = contoso.draft({**claim, "customer": {**claim["customer"], "name": hostile}})
    assert drafted.status_code == 201, drafted.text
    proof = (f"{hostile.replace('/', '')[:80]}.pdf", scan_pdf(), PDF)
    asked_about = filed(contoso, {**claim, "comment": hostile}, proof)
    asked_about = contoso.wait(asked_about["claimId"], "UnderReview")
    assert contoso.act(asked_about["claimId"], "comments", {"comment": hostile}).is_success
    decided = reviewer.decide(
        contoso.read(asked_about["claimId"]), "requestInformation", reasonCodes=["poe-not-convincing"], comment=hostile
    )
    assert decided.status_code == 200, decided.text
    other = customers.new()
    answered = {**other.claim("teams", "intune", claimName=hostile), "partnerContact": claim["partnerContact"]}
    answered["customerContact"].update(person)
    answered = contoso.wait_asked(filed(contoso, answered, other.proof("teams", "intune"))["claimId"])
    first = answered["items"][0]["itemId"]
    assert host.respond(request_of(host, answered).link, "optOut", items=[first], reason=hostile).status_code == 200
    return [drafted.json(), asked_about, answered]


async def assert_nothing_ran(page: Page) -> None:
    """No script of a stranger's has run, and what was typed made no element that could run one."""
    assert await page.evaluate("() => window.ran") is None, page.url
    strange = (
        "main script:not([nonce]), main img, main iframe, main style, [onerror], [onload], [onfocus], [autofocus][x]"
    )
    assert await page.locator(strange).count() == 0, page.url
    assert "49" not in [word for word in (await page.locator("main").inner_text()).split() if word == "49"], page.url


async def test_no_page_runs_what_was_typed(visit: Visits, hostile: str, story: list[Json]) -> None:
    """Partner and reviewer see the claims in lists, pages, histories and hostile searches, and nothing runs."""
    drafted, asked_about, answered = (claim["claimId"] for claim in story)
    partner = [f"/claims/{one}{part}" for one in (drafted, asked_about, answered) for part in ("", "/history")]
    partner += [f"/claims/{drafted}/edit", f"/claims/{answered}/withdraw", "/claims"]
    partner += [f"/claims?q={quote(hostile)}", f"/claims?status={quote(hostile)}", f"/claims/{quote(hostile, safe='')}"]
    review = [f"/review/{asked_about}", f"/review/{answered}", "/review?status=ActionRequired"]
    review += [f"/review?q={quote(hostile)}"]
    for persona, paths in (("contoso", partner), ("reviewer", review)):
        page = await visit(persona)
        for path in paths:
            await page.goto(path)
            await assert_nothing_ran(page)


async def test_the_customer_s_page_runs_nothing(
    visit: Visits, hostile: str, host: LocalHost, story: list[Json]
) -> None:
    """Nor does the page behind the link, whose reason was hostile; nor a hostile fragment."""
    link = request_of(host, story[2]).link
    page = await visit()
    for token in (link.token, hostile):
        await page.goto(f"/respond/{link.claim_id}?{len(token)}#{token}")
        await page.wait_for_function("() => !document.getElementById('f-token')")
        await assert_nothing_ran(page)


async def test_a_form_that_comes_back_runs_nothing(visit: Visits, hostile: str) -> None:
    """What was typed into every field of a new claim is shown again as it was typed, and nothing runs."""
    page = await visit("contoso", "/claims/new")
    for field in await page.locator(FIELDS).all():
        await field.fill(hostile)
    await page.locator("main form").first.evaluate("form => form.submit()")
    await page.locator("#errors").wait_for()
    await assert_nothing_ran(page)
    typed = [await field.input_value() for field in await page.locator(FIELDS).all()]
    assert hostile in typed
