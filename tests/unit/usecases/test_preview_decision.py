"""What a reviewer is shown of a decision's mails is what is sent, and showing it changes nothing."""

from typing import Literal

import pytest

from shared.domain.claim import Claim
from shared.domain.claim_events import EventKind as E
from shared.domain.errors import InvalidClaimError
from shared.domain.slots import IncumbentWindowOpenError, SupersedeRequiredError
from shared.usecases.callers import RoleMissingError
from shared.usecases.decide_claim import Decision, ItemDecision, decide_claim
from shared.usecases.notice_incumbents import IncumbentsToldError
from shared.usecases.preview_decision import HIDDEN, ForeseenMail, preview_decision
from shared.usecases.transition import PreconditionFailedError
from tests.claims import CONTOSO, FABRIKAM, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.contests import contesting, filed_by, heard, now_of, official
from tests.unit.usecases.lives import REVIEWER, live, new_claim

Kind = Literal["accept", "requestInformation", "reject", "noticeIncumbent"]
REASONS = ("poe-no-date",)


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def flagged(product: FakeProduct) -> Claim:
    """A claim that waits for a reviewer, its first mails sent."""
    claim = await live(product, new_claim(product, "one"), E.SUBMITTED, an_event(E.CHECKS_FLAGGED))
    await product.drain()
    return claim


async def foreseen(product: FakeProduct, claim: Claim, decision: Decision) -> tuple[ForeseenMail, ...]:
    """The mails that the decision would send now."""
    shown = await preview_decision(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=decision,
        if_match=claim.revision,
        now=product.now,
    )
    assert shown.claim == claim
    return shown.mails


async def sent(product: FakeProduct, claim: Claim, decision: Decision) -> list[tuple[str, str, str]]:
    """The mails that the decision sends, in order: to whom, subject and text, without the customer's token."""
    before = len(product.sender.sent)
    await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=decision,
        if_match=claim.revision,
        now=product.now,
    )
    await product.drain()
    token = product.tokens.issue(claim)
    mails = [mail for _, mail in product.sender.sent[before:]]
    return [(mail.to, mail.subject, mail.text.replace(token, HIDDEN)) for mail in mails]


def told(mails: tuple[ForeseenMail, ...]) -> list[tuple[str, str, str]]:
    """The same of what was foreseen."""
    return [(mail.to, mail.subject, mail.text) for mail in mails]


@pytest.mark.parametrize(
    ("decision", "count"),
    [
        (Decision(decision="accept", comment="All is well."), 2),
        (
            Decision(
                decision="accept",
                items=(ItemDecision(item_id="teams-usage", decision="refuse", reason_codes=REASONS),),
            ),
            2,
        ),
        (Decision(decision="requestInformation", reason_codes=REASONS, comment="Who signed?"), 1),
        (Decision(decision="reject", reason_codes=REASONS, comment="Another company."), 1),
    ],
)
async def test_what_is_shown_is_what_is_sent(product: FakeProduct, decision: Decision, count: int) -> None:
    """Every decision sends the very mails that were shown, and the showing left claim, queue and ledger alone."""
    claim = await flagged(product)
    shown = await foreseen(product, claim, decision)
    assert len(shown) == count
    assert await now_of(product, claim) == claim
    assert told(shown) == await sent(product, claim, decision)


async def test_the_customer_s_token_is_never_shown(product: FakeProduct) -> None:
    """A reviewer reads the customer's mail without the token that answers for them."""
    claim = await flagged(product)
    request, notified = await foreseen(product, claim, Decision(decision="accept"))
    token = product.tokens.issue(claim)
    assert f"/respond/{claim.claim_id}#{HIDDEN}" in request.text
    for part in (token, token.rpartition(".")[2]):
        assert part not in request.text + request.subject + notified.text


async def test_incumbents_see_what_was_shown(product: FakeProduct) -> None:
    """Telling the present partner sends them the mail that was shown; a second time there is nobody to tell."""
    await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await product.drain()
    notice = Decision(decision="noticeIncumbent", comment="For reviewers.")
    shown = await foreseen(product, challenger, notice)
    assert [mail.kind.value for mail in shown] == ["association-contested"]
    assert "For reviewers." not in shown[0].text
    assert told(shown) == await sent(product, challenger, notice)
    with pytest.raises(IncumbentsToldError):
        await foreseen(product, await now_of(product, challenger), notice)


async def test_a_preview_refuses_what_the_decision_would(product: FakeProduct) -> None:
    """What could not be decided is not shown either: no reason, another version, a holder, a window that is open."""
    await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    supersede = Decision(decision="accept", supersede=True)
    with pytest.raises(InvalidClaimError):
        await foreseen(product, challenger, Decision(decision="reject"))
    with pytest.raises(SupersedeRequiredError):
        await foreseen(product, challenger, Decision(decision="accept"))
    with pytest.raises(IncumbentWindowOpenError):
        await foreseen(product, challenger, supersede)
    told_of = await heard(product, challenger)
    assert len(await foreseen(product, told_of, supersede)) == 2
    with pytest.raises(PreconditionFailedError):
        await foreseen(product, challenger, supersede)


async def test_previews_are_for_the_programme_alone(product: FakeProduct) -> None:
    """A partner who may read the claim may not read what is written about it before it is sent."""
    claim = await flagged(product)
    partner = type(REVIEWER)(organisation=claim.organisation, object_id="p", name="Pat", roles=frozenset())
    with pytest.raises(RoleMissingError):
        await preview_decision(
            product.services,
            caller=partner,
            claim_id=claim.claim_id,
            decision=Decision(decision="accept"),
            if_match=claim.revision,
            now=product.now,
        )
