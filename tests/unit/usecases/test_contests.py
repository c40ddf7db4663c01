"""Contested claims on the fakes: who is told, who may be displaced, and what is refused."""

from datetime import timedelta

import pytest

from functions.presenters import claim_json, history_json
from shared.domain.claim import Claim, Outcome, Status
from shared.domain.claim_events import EventKind as E
from shared.domain.deadlines import ClockKind
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.mails import MailKind
from shared.domain.slots import IncumbentWindowOpenError, SlotPendingError, SupersedeRequiredError
from shared.usecases.decide_claim import Decision, ItemDecision, decide_claim
from shared.usecases.notice_incumbents import IncumbentsToldError, NoIncumbentError
from shared.usecases.transition import PreconditionFailedError
from tests.claims import CONTOSO, FABRIKAM, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.contests import (
    LITWARE,
    contesting,
    decided,
    filed_by,
    heard,
    now_of,
    official,
    places,
    window_end,
)
from tests.unit.usecases.lives import REVIEWER, live

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def product() -> FakeProduct:
    """A product with nothing in it."""
    return FakeProduct()


async def rivals(product: FakeProduct, *products: str) -> tuple[Claim, Claim]:
    """Contoso's official claim and Fabrikam's, which contests it."""
    incumbent = await official(product, filed_by(product, CONTOSO, *products))
    return incumbent, await contesting(product, filed_by(product, FABRIKAM, *products))


async def test_a_notice_is_one_transaction(product: FakeProduct) -> None:
    """Challenger and incumbent get their rows by the same write, both with the same window; the incumbent is mailed."""
    incumbent, challenger = await rivals(product)
    noticed = await decided(product, challenger, "noticeIncumbent", comment="Contoso has until Monday.")
    told = await now_of(product, incumbent)
    rows = [(await product.claims.history(one.claim_id))[-1] for one in (noticed, told)]
    assert [row.event for row in rows] == ["incumbent-notified", "contest-noticed"]
    assert rows[0].operation_id == rows[1].operation_id
    assert (noticed.status, told.status) == (Status.UNDER_REVIEW, Status.APPROVED)
    windows = [one.clocks[ClockKind.INCUMBENT_RESPONSE.value] for one in (noticed, told)]
    assert windows[0] == windows[1]
    assert noticed.incumbents_told == {incumbent.claim_id: product.now}
    assert [one.internal for one in noticed.comments] == [True]
    await product.drain()
    mails = [stored.value for stored in await product.claims.mails(incumbent.claim_id)]
    assert [one.status.value for one in mails if one.kind is MailKind.ASSOCIATION_CONTESTED] == ["Sent"]


async def test_nobody_learns_who_contests(product: FakeProduct) -> None:
    """Mail, claim and history name the rival to neither side: not by number, ID, location, organisation or address."""
    incumbent, challenger = await rivals(product)
    await decided(product, challenger, "noticeIncumbent", comment="Fabrikam asks for Contoso's products.")
    await product.drain()
    (mail,) = [mail for _, mail in product.sender.sent if "contested" in mail.subject]
    assert mail.to == incumbent.partner_contact.email  # type: ignore[union-attr]
    for one, other in ((incumbent, challenger), (challenger, incumbent)):
        claim = await now_of(product, one)
        rows = await product.claims.history(one.claim_id)
        seen = str(claim_json(claim, language="en", for_programme=False))
        seen += str(history_json(claim, rows, for_programme=False))
        seen += f"{mail.subject}{mail.text}{mail.html}{mail.headers}" if one is incumbent else ""
        assert other.partner_contact is not None
        for word in (other.claim_id, other.number, other.mpn_id, other.organisation, other.partner_contact.email):
            assert word not in seen
        assert "Fabrikam asks" not in seen
    shown = history_json(incumbent, await product.claims.history(incumbent.claim_id), for_programme=False)["items"]
    assert set(shown[-1]["detail"]) == {"items", "deadlines"}


async def test_a_holder_is_superseded_only_after_it_was_heard(product: FakeProduct) -> None:
    """Untold: 409; a microsecond before the window's end: 409; then it stays the holder while the customer decides."""
    incumbent, challenger = await rivals(product)
    with pytest.raises(SupersedeRequiredError):
        await decided(product, challenger, "accept")
    with pytest.raises(IncumbentWindowOpenError):
        await decided(product, challenger, "accept", supersede=True)
    noticed = await heard(product, challenger)
    product.now -= MICROSECOND
    with pytest.raises(IncumbentWindowOpenError):
        await decided(product, challenger, "accept", supersede=True)
    product.now += MICROSECOND
    with pytest.raises(SupersedeRequiredError):
        await decided(product, challenger, "accept")
    assert (await now_of(product, challenger)).revision == noticed.revision
    item = ItemDecision(item_id="teams-usage", supersede=True)
    pending = await decided(product, challenger, "accept", items=[item])
    assert pending.status is Status.PENDING_CUSTOMER
    assert await places(product, pending) == {"workload~teams": (incumbent.claim_id, pending.claim_id)}
    assert (await now_of(product, incumbent)).status is Status.APPROVED


async def test_both_ends_are_one_transaction(product: FakeProduct) -> None:
    """Once the customer confirms, the incumbent's item ends and the challenger's is official by the same write."""
    incumbent, challenger = await rivals(product, "teams", "intune")
    incumbent = await live(product, incumbent, an_event(E.REVOKED, item_ids=frozenset({"intune-usage"})))
    await heard(product, challenger)
    await decided(product, challenger, "accept", supersede=True)
    await live(product, challenger, E.NOTICE_ACCEPTED, E.CONFIRMED)
    approved, ended = await now_of(product, challenger), await now_of(product, incumbent)
    assert (approved.status, ended.status) == (Status.APPROVED, Status.ENDED)
    assert {item.outcome for item in approved.items} == {Outcome.ASSOCIATED}
    rows = [(await product.claims.history(one.claim_id))[-1] for one in (approved, ended)]
    assert [row.event for row in rows] == ["confirmed", "superseded"]
    assert rows[0].operation_id == rows[1].operation_id
    assert set((await places(product, approved)).values()) == {(approved.claim_id, None)}
    await product.drain()
    ledger = [one.value for one in await product.claims.mails(incumbent.claim_id)]
    last = [one for one in ledger if one.created_at == ended.updated_at]
    assert {(one.kind, one.status.value) for one in last} == {
        (MailKind.ASSOCIATION_ENDED, "Sent"),
        (MailKind.CLAIM_ENDED, "Sent"),
    }


async def test_an_incumbent_goes_on_with_what_is_not_taken(product: FakeProduct) -> None:
    """A claim of two products that loses one is Approved for the other; refused items displace nobody."""
    incumbent = await official(product, filed_by(product, CONTOSO, "teams", "intune", "exchange-online"))
    challenger = await contesting(product, filed_by(product, FABRIKAM, "teams", "intune"))
    await heard(product, challenger)
    items = [
        ItemDecision(item_id="teams-usage", supersede=True),
        ItemDecision(item_id="intune-usage", decision="refuse", reason_codes=("contest-lost",)),
    ]
    await decided(product, challenger, "accept", items=items)
    await live(product, challenger, E.NOTICE_ACCEPTED, E.CONFIRMED)
    kept = await now_of(product, incumbent)
    assert (kept.status, [item.outcome.value for item in kept.items]) == (
        Status.APPROVED,
        ["ended", "associated", "associated"],
    )
    assert (await places(product, kept))["workload~intune"] == (incumbent.claim_id, None)


@pytest.mark.parametrize("ending", [E.OPTED_OUT, E.WITHDRAWN, E.NOTICE_UNDELIVERED, E.CONTACT_WRONG])
async def test_a_challenger_that_fails_leaves_the_incumbent_as_it_is(product: FakeProduct, ending: E) -> None:
    """Opted out, withdrawn, bounced or a wrong person: not one row of the incumbent's changes, and it holds on."""
    incumbent, challenger = await rivals(product)
    await heard(product, challenger)
    await decided(product, challenger, "accept", supersede=True)
    before = await product.claims.get(incumbent.claim_id)
    after = await live(product, challenger, E.NOTICE_ACCEPTED, ending)
    assert await product.claims.get(incumbent.claim_id) == before
    assert await places(product, after) == {"workload~teams": (incumbent.claim_id, None)}


async def test_who_came_to_hold_it_later_must_be_told_too(product: FakeProduct) -> None:
    """A holder who replaced the one that was told is not displaced: a second notice tells it, with its own time."""
    incumbent, challenger = await rivals(product)
    noticed = await heard(product, challenger)
    await live(product, incumbent, E.REVOKED)
    newcomer = await official(product, filed_by(product, LITWARE))
    with pytest.raises(IncumbentWindowOpenError):
        await decided(product, challenger, "accept", supersede=True)
    again = await decided(product, challenger, "noticeIncumbent")
    assert set(again.incumbents_told) == {incumbent.claim_id, newcomer.claim_id}
    assert window_end(again) > window_end(noticed)
    with pytest.raises(IncumbentWindowOpenError):
        await decided(product, challenger, "accept", supersede=True)
    product.now = window_end(again)
    await decided(product, challenger, "accept", supersede=True)
    await live(product, challenger, E.NOTICE_ACCEPTED, E.CONFIRMED)
    assert (await now_of(product, newcomer)).status is Status.ENDED


async def test_a_second_notice_tells_only_who_was_not_told(product: FakeProduct) -> None:
    """Of two holders the one told before is not mailed again, and its claim does not move."""
    first = await official(product, filed_by(product, CONTOSO, "teams"))
    challenger = await contesting(product, filed_by(product, FABRIKAM, "teams", "intune"))
    await decided(product, challenger, "noticeIncumbent")
    before = await product.claims.get(first.claim_id)
    product.now += timedelta(days=1)
    second = await official(product, filed_by(product, LITWARE, "intune"))
    await decided(product, challenger, "noticeIncumbent")
    assert await product.claims.get(first.claim_id) == before
    assert E.CONTEST_NOTICED in [row.event for row in await product.claims.history(second.claim_id)]
    with pytest.raises(IncumbentsToldError):
        await decided(product, challenger, "noticeIncumbent")


async def test_where_nobody_holds_nobody_is_told(product: FakeProduct) -> None:
    """The holder has gone: there is nobody to tell, and the claim is accepted without a supersede, or with one."""
    incumbent, challenger = await rivals(product)
    await live(product, incumbent, E.REVOKED)
    with pytest.raises(NoIncumbentError):
        await decided(product, challenger, "noticeIncumbent")
    accepted = await decided(product, challenger, "accept", supersede=True)
    assert accepted.status is Status.PENDING_CUSTOMER


async def test_one_that_only_waits_for_its_customer_is_no_incumbent(product: FakeProduct) -> None:
    """A pending rival holds nothing yet: nobody to tell, and accepting is slot-pending, superseding or not."""
    await live(product, filed_by(product, CONTOSO), E.SUBMITTED, E.CHECKS_PASSED)
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    with pytest.raises(NoIncumbentError):
        await decided(product, challenger, "noticeIncumbent")
    for supersede in (False, True):
        with pytest.raises(SlotPendingError):
            await decided(product, challenger, "accept", supersede=supersede)


async def test_a_claim_may_become_contested_while_it_waits(product: FakeProduct) -> None:
    """Flagged for its proof alone, it meets a holder who came later: told, flagged as contested, then superseded."""
    challenger = await contesting(product, filed_by(product, FABRIKAM), code="poe-no-date")
    incumbent = await official(product, filed_by(product, CONTOSO))
    noticed = await decided(product, challenger, "noticeIncumbent")
    assert [check.item_ids for check in noticed.checks if check.code == "contested"] == [("teams-usage",)]
    await live(product, challenger, E.PROOF_ADDED)
    product.now = window_end(noticed)
    await decided(product, challenger, "accept", supersede=True)
    await live(product, challenger, E.NOTICE_ACCEPTED, E.CONFIRMED)
    assert (await now_of(product, incumbent)).status is Status.ENDED


async def test_a_new_round_hears_the_incumbent_anew(product: FakeProduct) -> None:
    """What was told in one round does not count in the next: the claim may say something else by then."""
    _, challenger = await rivals(product)
    await heard(product, challenger)
    resubmitted = await live(product, challenger, E.INFORMATION_REQUESTED, E.RESUBMITTED)
    assert resubmitted.incumbents_told == {}
    await live(product, challenger, an_event(E.CHECKS_FLAGGED, checks=challenger.checks))
    with pytest.raises(IncumbentWindowOpenError):
        await decided(product, challenger, "accept", supersede=True)


async def test_a_notice_is_about_the_claim_that_was_looked_at(product: FakeProduct) -> None:
    """A second click meets another revision, and a claim that is not under review takes no notice at all."""
    incumbent, challenger = await rivals(product)
    stale = challenger.revision
    await decided(product, challenger, "noticeIncumbent")
    with pytest.raises(PreconditionFailedError):
        await decide_claim(
            product.services,
            caller=REVIEWER,
            claim_id=challenger.claim_id,
            decision=Decision(decision="noticeIncumbent"),
            if_match=stale,
            now=product.now,
        )
    with pytest.raises(ForbiddenTransitionError):
        await decided(product, incumbent, "noticeIncumbent")
