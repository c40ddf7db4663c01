"""The reviewers' pages, through the door of the functions: queue, claim, proofs, the decision and its mails."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
import pytest

from functions import pages_decision, pages_proof_viewer, pages_review
from shared.domain.claim import CheckOutcome, Claim, Scan
from shared.domain.claim_events import EventKind as E
from shared.storage import entities, keys
from shared.usecases.callers import Role
from tests.claims import CONTOSO, FABRIKAM, a_check, a_proof, an_event
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import principal, request
from tests.unit.functions.test_operators_pages import product, text, token
from tests.unit.usecases.contests import contesting, filed_by, now_of, official
from tests.unit.usecases.lives import OPERATOR, live, new_claim
from tools import sample_proofs

__all__ = ["product"]
FORM = "application/x-www-form-urlencoded"


def served() -> dict[str, Callable[..., Any]]:
    """The pages' functions by name."""
    app = func.FunctionApp()
    for module in (pages_review, pages_decision, pages_proof_viewer):
        app.register_functions(module.blueprint)
    return {str(one.get_function_name()): one.get_user_function() for one in app.get_functions()}


async def ask(name: str, claim: Claim | None = None, *, language: str = "en", **route: str) -> func.HttpResponse:
    """Open a page as a reviewer."""
    headers = {"x-ms-client-principal": principal(OPERATOR, Role.REVIEWER), "accept-language": language}
    named = {"claimId": claim.claim_id, **route} if claim else route
    answer: func.HttpResponse = await served()[name](request(headers=headers, route=named))
    return answer


async def send(name: str, claim: Claim, fields: Mapping[str, Any], *, language: str = "en") -> Any:
    """Send a form as a reviewer."""
    headers = {
        "x-ms-client-principal": principal(OPERATOR, Role.REVIEWER),
        "accept-language": language,
        "content-type": FORM,
    }
    body = urlencode({"formToken": await token(Role.REVIEWER), **fields}, doseq=True).encode()
    return await served()[name](request("POST", headers=headers, route={"claimId": claim.claim_id}, body=body))


async def decide(claim: Claim, step: str, **fields: str | list[str]) -> func.HttpResponse:
    """Send the decision form."""
    answer: func.HttpResponse = await send(
        "decide_on_review_page", claim, {"step": step, "ifMatch": str(claim.revision), **fields}
    )
    return answer


async def flagged(product: FakeProduct, **changes: Any) -> Claim:
    """A claim that waits for a reviewer."""
    flag = an_event(E.CHECKS_FLAGGED, checks=(a_check(CheckOutcome.FLAG, "poe-no-date"),), reasons=("poe-no-date",))
    return await live(product, new_claim(product, "one", **changes), E.SUBMITTED, flag)


async def with_proof(product: FakeProduct, content: bytes, **changes: Any) -> Claim:
    """A claim under review with this one proof."""
    digest = hashlib.sha256(content).hexdigest()
    new = new_claim(product, "one", proofs=(a_proof("p1", sha256=digest, **changes),))
    await product.proofs.put(new.claim_id, digest, content)
    return await live(product, new, E.SUBMITTED, an_event(E.CHECKS_FLAGGED))


def carried(page: str) -> dict[str, list[str]]:
    """The hidden fields of the page's form, but for its token."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if name != "formToken":
            found.setdefault(name, []).append(value)
    return found


async def test_the_queue_counts_what_waits(product: FakeProduct) -> None:
    """Two claims wait, one of them contested and none overdue; a week later both are overdue."""
    await official(product, filed_by(product, CONTOSO))
    for claim in (await flagged(product), await contesting(product, filed_by(product, FABRIKAM))):
        await product.lists.project(claim, thorough=True)
    for late in (0, 2):
        page = text(await ask("show_review_page"))
        assert '<a href="/review">2</a>' in page
        assert f'<a href="/review?overdue=true">{late}</a>' in page
        assert '<a href="/review?contested=true">1</a>' in page
        product.now += timedelta(days=10)


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_a_decision_is_seen_before_it_is_made(product: FakeProduct, language: str) -> None:
    """The first post shows the mail and changes nothing; what it carries along, sent again, is the decision."""
    claim = await flagged(product)
    typed: dict[str, Any] = {
        "decision": "reject",
        "reasonCodes": ["poe-no-date", "other"],
        "comment": "A <date>?",
    }
    shown = await send(
        "decide_on_review_page",
        claim,
        {"step": "preview", "ifMatch": str(claim.revision), **typed},
        language=language,
    )
    page = text(shown)
    assert shown.status_code == 200
    assert await now_of(product, claim) == claim
    assert "A &lt;date&gt;?" in page
    assert "<pre>" in page
    again = {**carried(page.replace("&lt;", "<").replace("&gt;", ">")), "step": "decide"}
    assert (again["reasonCodes"], again["ifMatch"]) == (typed["reasonCodes"], [str(claim.revision)])
    done = await send("decide_on_review_page", claim, again)
    assert (done.status_code, done.headers["Location"]) == (303, f"/review/{claim.claim_id}?decided=1")
    decided = await now_of(product, claim)
    assert (decided.status.value, decided.comments[-1].text) == ("Rejected", "A <date>?")


async def test_a_decision_can_be_changed(product: FakeProduct) -> None:
    """From the preview one comes back to the form, with everything as it was chosen."""
    claim = await flagged(product)
    page = text(await decide(claim, "change", decision="reject", reasonCodes=["poe-no-date"], comment="Hm."))
    for one in ("reject", "poe-no-date"):
        assert f'value="{one}" checked' in page
    assert "Hm.</textarea>" in page


async def test_a_claim_that_changed_is_shown_anew(product: FakeProduct) -> None:
    """412 is the page with the claim as it is now, what was typed, and a form that would be accepted now."""
    claim = await flagged(product)
    now = await live(product, claim, E.COMMENTED)
    for step in ("preview", "decide"):
        answer = await decide(claim, step, decision="reject", reasonCodes=["poe-no-date"], comment="Hm.")
        assert answer.status_code == 412
        page = text(answer)
        assert '<h2 id="errors-title">The claim has changed meanwhile</h2>' in page
        assert f'name="ifMatch" value="{now.revision}"' in page
        assert "Hm.</textarea>" in page


async def test_who_comes_too_late_keeps_the_words(product: FakeProduct) -> None:
    """Where somebody decided before, there is no form any more, but what was written is still there to copy."""
    claim = await flagged(product)
    gone = await live(product, claim, E.WITHDRAWN)
    answer = await decide(gone, "decide", decision="reject", reasonCodes=["poe-no-date"], comment="Hm.")
    assert answer.status_code == 409
    assert '<p class="said">Hm.</p>' in text(answer)


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_conflicts_say_what_to_do(product: FakeProduct, language: str) -> None:
    """A product that is held, and a window that is open, are told with the next step and a link to its field."""
    await official(product, filed_by(product, CONTOSO))
    claim = await contesting(product, filed_by(product, FABRIKAM))
    accept = {"step": "preview", "ifMatch": str(claim.revision), "decision": "accept"}
    row = {"items.0.itemId": claim.items[0].item_id, "items.0.decision": "accept", "items.0.supersede": "yes"}
    held = await send("decide_on_review_page", claim, accept, language=language)
    early = await send("decide_on_review_page", claim, {**accept, **row}, language=language)
    for answer, anchor in ((held, "f-items-0-decision"), (early, "f-decision")):
        assert answer.status_code == 409
        links = re.findall(r'<a href="#([^"]+)">', text(answer).split('id="errors"')[1].split("</div>")[0])
        assert links == [anchor]
    assert 'name="items.0.supersede" value="yes" checked>' in text(early)


async def test_a_history_that_was_changed_is_told(product: FakeProduct) -> None:
    """The chain is computed again at every look: a row that was written over afterwards is told in a warning."""
    claim = await flagged(product)
    assert "nothing was changed" in text(await ask("show_claim_review_page", claim))
    tenant, key = claim.customer.tenant_id, keys.history_row(claim.claim_id, 1)
    stored = product.claims.rows.get(tenant, key)
    assert stored is not None
    forged = replace(entities.history_of(stored.value), reasons=("made-up",))
    for entity in (entities.history_entity(tenant, forged), {**stored.value, "Body00": "{}"}):
        product.claims.rows.put(tenant, key, entity)
        page = await ask("show_claim_review_page", claim)
        assert page.status_code == 200
        assert "This history was changed after it was written" in text(page)


async def test_remarks_are_said_on_the_reviewers_page(product: FakeProduct) -> None:
    """A remark for reviewers is marked as such and leads back to their page; an empty one is told at its field."""
    claim = await flagged(product)
    empty = await send("comment_on_review_page", claim, {"remark": " "})
    assert (empty.status_code, 'href="#f-remark"' in text(empty)) == (422, True)
    done = await send("comment_on_review_page", claim, {"remark": "Between us.", "internal": "yes"})
    assert done.headers["Location"] == f"/review/{claim.claim_id}#comments"
    page = text(await ask("show_claim_review_page", claim))
    assert "Between us." in page
    assert "For reviewers only</span>" in page


async def test_a_proof_is_shown_in_a_sandbox(product: FakeProduct) -> None:
    """The file is inline on its own route alone, may do nothing there, and only our pages may frame it."""
    claim = await with_proof(product, sample_proofs.scan_pdf(), file_name="Umowa ą.pdf")
    page = await ask("show_proof_page", claim, proofId="p1")
    path = f"/review/{claim.claim_id}/proofs/p1/file"
    assert f'<iframe src="{path}#' in text(page)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    file = await ask("show_proof_file", claim, proofId="p1")
    assert file.get_body() == sample_proofs.scan_pdf()
    assert file.mimetype == "application/pdf"
    policy = file.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Disposition"].startswith("inline; ")
    looks = await product.audit.of_claim(claim.claim_id)
    assert [one.subject for one in looks] == ["p1", "p1"]


@pytest.mark.parametrize(
    ("content", "changes", "tag"),
    [
        (sample_proofs.picture(), {"content_type": "image/png"}, "<img "),
        (sample_proofs.pdf_with_javascript(customer="x", products=["y"]), {}, "notice-warning"),
        (sample_proofs.broken_pdf(), {}, "notice-warning"),
        (sample_proofs.scan_pdf(), {"scan": Scan.INFECTED}, "notice-warning"),
    ],
)
async def test_only_what_is_harmless_is_framed(
    product: FakeProduct, content: bytes, changes: dict[str, Any], tag: str
) -> None:
    """A picture is a picture; a file with scripts, a broken and an infected one are told instead of shown."""
    claim = await with_proof(product, content, **changes)
    page = await ask("show_proof_page", claim, proofId="p1")
    assert tag in text(page)
    assert "<iframe" not in text(page)
    assert "frame-src" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("changes", [{"content_type": "application/msword"}, {"scan": Scan.INFECTED}])
async def test_other_files_are_never_inline(product: FakeProduct, changes: dict[str, Any]) -> None:
    """What no browser shows, and what is infected, has no inline address, and nobody's look is recorded."""
    claim = await with_proof(product, sample_proofs.scan_pdf(), **changes)
    assert (await ask("show_proof_file", claim, proofId="p1")).status_code == 404
    assert await product.audit.of_claim(claim.claim_id) == ()
