"""What the page of a claim says to its partner: what became of the products, and what can still be done."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import azure.functions as func
import pytest

from functions import pages_amend, pages_claim_actions, pages_claims
from functions.page_forms import Faults, Posted
from functions.page_problems import problem_page
from functions.page_rendering import Reader, html_answer
from functions.page_views import claim_view, history_view
from functions.problems import problem_of
from shared.domain.claim import CheckOutcome, CheckResult, Claim, Outcome, Status
from shared.domain.deadlines import ClockKind
from shared.usecases.callers import Caller, NotFoundError, Role
from tests.claims import CONTOSO, STORIES
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import multipart_request, principal, request
from tests.unit.functions.test_operators_pages import product
from tests.unit.notifications.sample_claims import NOW, claim
from tests.unit.usecases.lives import live, new_claim

__all__ = ["product"]
MISMATCH = "tenant-domain-mismatch"
NEW_CLAIM = 'href="/claims/new">File a new claim<'


def shown(told: Claim, template: str = "claim.html", role: Role = Role.PARTNER_ADMIN) -> str:
    """The page in English, as its own partner or as the programme sees it."""
    partner = role is Role.PARTNER_ADMIN
    caller = Caller(organisation=told.organisation, object_id="x", name="Pat", roles=frozenset({role}))
    reader = Reader(name="Pat", is_partner=partner, is_programme=not partner, may_submit=partner, form_token="t")
    context = {
        "reader": reader,
        "typed": Posted(values={}),
        "faults": Faults(),
        **claim_view(told, caller=caller, language="en", now=NOW),
        **history_view(told, (), for_programme=not partner, language="en"),
    }
    return html_answer(template, language="en", context=context).get_body().decode()


def rejected() -> Claim:
    """A claim that the checks rejected, while it can be disputed."""
    told = claim(status=Status.REJECTED, reasons=(MISMATCH,))
    check = CheckResult(code=MISMATCH, result=CheckOutcome.FAIL, message="No.")
    items = tuple(replace(one, outcome=Outcome.REFUSED, reasons=(MISMATCH,)) for one in told.items)
    clocks = {ClockKind.DISPUTE.value: replace(told.clocks["opt-out"], kind=ClockKind.DISPUTE)}
    return replace(told, items=items, checks=(check,), clocks=clocks)


def test_what_the_checks_rejected_no_reviewer_refused() -> None:
    """A claim that no person looked at does not say that one refused it; both ways on are offered."""
    page = shown(rejected())
    assert ">Refused<" in page
    assert "reviewer" not in page.casefold().partition("<h2>history")[0]
    assert "Dispute the rejection…" in page
    assert NEW_CLAIM in page


@pytest.mark.parametrize(("status", "word"), [(Status.WITHDRAWN, "Withdrawn"), (Status.PENDING_CUSTOMER, "Claimed")])
def test_nothing_is_claimed_any_more_once_it_is_withdrawn(status: Status, word: str) -> None:
    """The products of a claim that was taken back are not shown as claimed."""
    table = shown(claim(status=status)).partition("<table")[2].partition("</table>")[0]
    assert [one for one in ("Withdrawn", "Claimed") if f">{one}<" in table] == [word]


def test_a_reviewer_reads_advice_as_the_partner_s() -> None:
    """What mends a claim is said to the partner; on the page that a reviewer sees it is marked so."""
    assert "What to do: Ask the customer" in shown(rejected())
    page = shown(rejected(), role=Role.REVIEWER)
    assert "What the partner is told to do: Ask the customer" in page
    assert "What to do:" not in page


async def test_a_filter_that_makes_no_sense_is_named(product: FakeProduct) -> None:
    """The list's filters stand side by side: the summary says which of them is meant."""
    await product.seed()
    status, page = await Form("").ask("show_claims_page", tenantId="zzz", submittedFrom="x")
    assert status == 422
    assert '<a href="#f-tenantId">Customer&#39;s directory ID: This is not a GUID' in page
    assert '<a href="#f-submittedFrom">Submitted from: ' in page


def test_what_is_gone_leads_to_the_start_page() -> None:
    """Behind a draft that was discarded in another window no button leads back to it."""
    gone = problem_of(NotFoundError("There is no such claim."), correlation_id="c")
    page = problem_page(request(path="/claims/abcdefgh/discard"), gone).get_body().decode()
    assert 'class="button" href="/">' in page
    assert "abcdefgh" not in page


class Form:
    """The forms of a claim's page, sent as the partner's administrator does."""

    def __init__(self, claim_id: str) -> None:
        self._claim_id = claim_id
        app = func.FunctionApp()
        for module in (pages_claims, pages_claim_actions, pages_amend):
            app.register_functions(module.blueprint)
        self._functions = {one.get_function_name(): one.get_user_function() for one in app.get_functions()}

    async def open(self, name: str) -> dict[str, str]:
        """What the page's form says before anybody types."""
        page = await self._answer(name, request(headers=self._headers(), route=self._route()))
        fields = re.findall(r'<(?:input|textarea)[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page[1])
        return {field: unescape(value) for field, value in fields}

    async def ask(self, name: str, **params: str) -> tuple[int, str]:
        """The status and the page, for these parameters."""
        return await self._answer(name, request(headers=self._headers(), route=self._route(), params=params))

    async def send(self, name: str, fields: dict[str, str], *files: tuple[str, bytes]) -> tuple[int, str]:
        """The status and the page that the form is answered with."""
        parts: list[tuple[str, str | None, bytes]] = [(name, None, value.encode()) for name, value in fields.items()]
        parts += [("proof", file, content) for file, content in files]
        return await self._answer(name, multipart_request(parts, headers=self._headers(), route=self._route()))

    async def _answer(self, name: str, sent: func.HttpRequest) -> tuple[int, str]:
        function: Any = self._functions[name]
        answer = await function(sent)
        return answer.status_code, answer.get_body().decode()

    def _headers(self) -> dict[str, str]:
        return {"x-ms-client-principal": principal(CONTOSO, Role.PARTNER_ADMIN)}

    def _route(self) -> dict[str, str]:
        return {"claimId": self._claim_id}


@pytest.fixture
async def form(product: FakeProduct) -> Form:
    """The forms of a claim that waits for its partner."""
    await product.seed()
    waiting = await live(product, new_claim(product, "alpine.example"), *STORIES[Status.ACTION_REQUIRED])
    return Form(waiting.claim_id)


async def test_an_answer_that_is_not_taken_is_not_lost(form: Form) -> None:
    """What was written to answer comes back where it was written, named by the summary, and is no comment."""
    answer = "No. " * 5000
    status, page = await form.send("resubmit_claim_page", {**await form.open("show_claim_page"), "answer": answer})
    assert status == 422
    assert '<a href="#f-answer">Your answer (optional): This has' in page
    areas = dict(re.findall(r'<textarea id="(f-\w+)"[^>]*>\n([^<]*)</textarea>', page))
    assert areas == {"f-answer": answer, "f-comment": ""}


async def test_files_that_are_not_taken_are_named(form: Form) -> None:
    """Of several files, each that is refused is told by its name."""
    opened = await form.open("show_claim_page")
    status, page = await form.send("add_proofs_page", opened, ("a.pdf", b""), ("b.pdf", b"MZ program"))
    assert status == 422
    assert "a.pdf: The uploaded file holds no bytes. Open the file on your side" in page
    assert "b.pdf: The content of the file is not PDF" in page


async def test_a_change_of_somebody_else_s_is_told_and_can_be_replaced(form: Form) -> None:
    """Two people change a claim: the later one is told, keeps what they typed, and may save it after all."""
    first = await form.open("amend_claim_form_page")
    kept = {**first, "mpnId": "1000001", "keep": "0"}
    assert (await form.send("amend_claim_page", {**kept, "partnerContact.name": "One"}))[0] == 303
    status, page = await form.send("amend_claim_page", {**kept, "partnerContact.name": "Two"})
    assert status == 412
    assert "Somebody changed this claim after you opened this page." in page
    assert 'value="Two"' in page
    fresh = re.search(r'name="ifMatch" value="(\d+)"', page)
    assert fresh
    again = {**kept, "partnerContact.name": "Two", "ifMatch": fresh[1]}
    assert (await form.send("amend_claim_page", again))[0] == 303
