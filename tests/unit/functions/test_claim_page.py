"""What the page of a claim says to its partner: what became of the products, and what can still be done."""

from dataclasses import replace

import pytest

from functions.page_forms import Faults, Posted
from functions.page_rendering import Reader, html_answer
from functions.page_views import claim_view, history_view
from shared.domain.claim import CheckOutcome, CheckResult, Claim, Outcome, Status
from shared.domain.deadlines import ClockKind
from shared.usecases.callers import Caller, Role
from tests.unit.notifications.sample_claims import NOW, claim

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
