"""Flows of reviewers, customers, the provider and the clocks."""

from shared.domain.claim import Outcome, Status
from shared.domain.deadlines import ClockKind
from shared.domain.slots import SlotPendingError
from shared.storage.claims import TableClaimStore
from shared.usecases.customer_response import Choice
from shared.usecases.decide_claim import Decision
from tests.faults.cases import HOUR, PARTNER, Case
from tests.faults.surroundings import FABRIKAM_CALLER, REFUSED_ADDRESS, fields

REASONS = ("poe-no-date",)


async def _decided(case: Case, decision: Decision, status: Status) -> None:
    claim = await case.under_review()
    await case.unless_done(
        claim, lambda found: found.status is not Status.UNDER_REVIEW, lambda: case.decide(claim, decision)
    )
    await case.drained()
    found = await case.reached(claim, status)
    assert len(await TableClaimStore(case.product.eyes).history(claim.claim_id)) == found.history_seq


async def accept(case: Case) -> None:
    """A fault while a reviewer accepts: the customer is asked."""
    await _decided(case, Decision(decision="accept"), Status.PENDING_CUSTOMER)
    assert 1 <= case.requests() <= 2


async def reject(case: Case) -> None:
    """A fault while a reviewer rejects: the partner is told why."""
    await _decided(case, Decision(decision="reject", reason_codes=REASONS), Status.REJECTED)
    assert case.mails_to(PARTNER, "ejected") >= 1


async def request_information(case: Case) -> None:
    """A fault while a reviewer asks for more: the partner is told, and its clock runs."""
    await _decided(case, Decision(decision="requestInformation", reason_codes=REASONS), Status.ACTION_REQUIRED)


async def notice(case: Case) -> None:
    """A fault while incumbents are told; the reviewer looks again. The incumbent is asked for its proof."""
    incumbent, challenger = await case.contest()
    await case.unless_done(
        challenger,
        lambda found: bool(found.incumbents_told),
        lambda: case.decide(challenger, Decision(decision="noticeIncumbent")),
    )
    await case.drained()
    after, told = await case.stored(challenger), await case.stored(incumbent)
    assert set(after.incumbents_told) == {incumbent.claim_id}
    windows = [one.clocks[ClockKind.INCUMBENT_RESPONSE.value] for one in (after, told)]
    assert windows[0] == windows[1]
    assert case.mails_to(PARTNER, "is contested") >= 1
    case.claims = 2


async def supersede(case: Case) -> None:
    """A fault while the challenger becomes official and the incumbent ends: both happen, and both are told."""
    incumbent, challenger = await case.contest()
    noticed = await case.decide(challenger, Decision(decision="noticeIncumbent"))
    case.product.now = noticed.clocks[ClockKind.INCUMBENT_RESPONSE.value].deadline_at + HOUR
    await case.decide(challenger, Decision(decision="accept", supersede=True))
    await case.drained()
    await case.strike(lambda: case.approved(challenger))
    ended = await case.stored(incumbent)
    assert (ended.status, ended.reasons) == (Status.ENDED, ("superseded",))
    eyes = TableClaimStore(case.product.eyes)
    rows = [(await eyes.history(one.claim_id))[-1] for one in (challenger, incumbent)]
    assert {row.event for row in rows} == {"deadline-passed", "superseded"}
    assert len({row.operation_id for row in rows}) == 1
    assert case.mails_to(PARTNER, "Association ended") >= 1
    case.claims = 2


async def rivals(case: Case) -> None:
    """A fault while a reviewer accepts a claim in whose slot a rival's waits: both stay where they are."""
    first = await case.under_review()
    rival = await case.product.submit(
        f"rival's key of {case.customer}",
        customer=case.customer,
        who=FABRIKAM_CALLER,
        asked=fields(case.customer, mpn_id="2000001"),
    )
    await case.drained()
    await case.reached(rival, Status.PENDING_CUSTOMER)

    async def accepted() -> bool:
        try:
            await case.decide(first, Decision(decision="accept"))
        except SlotPendingError:
            return False
        return True

    assert not await case.strike(lambda: case.insist(accepted)), "two claims wait for the customer on one slot"
    await case.drained()
    await case.reached(first, Status.UNDER_REVIEW)
    case.claims = 2


async def _answered(case: Case, choice: Choice, status: Status, *products: str) -> None:
    claim = await case.pending(products=products or ("teams",))
    items = frozenset({claim.items[0].item_id}) if len(products) > 1 else frozenset()
    await case.strike(lambda: case.insist(lambda: case.answer(claim, choice, items)))
    await case.drained()
    found = await case.reached(claim, status)
    assert found.customer_choice == choice.value
    case.product.now = claim.clocks[ClockKind.OPT_OUT.value].deadline_at + HOUR
    await case.timer()


async def approve(case: Case) -> None:
    """A fault while the customer says yes; it presses the button again."""
    await _answered(case, Choice.CONFIRM, Status.APPROVED)


async def decline(case: Case) -> None:
    """A fault in the customer's no; it presses the button again. Time never makes a yes of it."""
    await _answered(case, Choice.OPT_OUT, Status.OPTED_OUT)


async def decline_some(case: Case) -> None:
    """A fault while the customer declines one of two products: the other goes on, and becomes official."""
    await _answered(case, Choice.OPT_OUT, Status.PENDING_CUSTOMER, "teams", "intune")
    claim = next(iter(case.product.promises.choices))
    found = await TableClaimStore(case.product.eyes).get(claim)
    assert found is not None
    assert sorted(item.outcome for item in found.value.items) == [Outcome.ASSOCIATED, Outcome.DECLINED]


async def wrong_person(case: Case) -> None:
    """A fault while somebody says that it is not theirs to answer: the partner must name another contact."""
    await _answered(case, Choice.WRONG_PERSON, Status.ACTION_REQUIRED)


async def revoke(case: Case) -> None:
    """A fault while the customer ends what was official; it presses the button again."""
    claim = await case.approved()
    await case.strike(lambda: case.insist(lambda: case.answer(claim, Choice.REVOKE)))
    await case.drained()
    await case.reached(claim, Status.ENDED)


async def finalize(case: Case) -> None:
    """A fault in the timer, the finalization or its effects."""
    claim = await case.pending()
    await case.strike(lambda: case.approved(claim))


async def reminder(case: Case) -> None:
    """A fault while the customer is reminded: it is, at most twice, and the window stays as it is."""
    claim = await case.pending()
    receipt = claim.clocks[ClockKind.OPT_OUT.value]
    case.product.now = receipt.reminder_at or receipt.deadline_at
    await case.strike(case.timer)
    assert (await case.stored(claim)).clocks == claim.clocks
    assert 1 <= case.mails_to(f"ida@c{case.customer}.example", "eminder") <= 2


async def overdue(case: Case) -> None:
    """A fault while a claim is rejected whose partner did not answer."""
    claim = await case.action_required()
    await case.strike(lambda: case.wait_for(claim, ClockKind.ACTION_REQUIRED))
    assert (await case.reached(claim, Status.REJECTED)).reasons == ("no-partner-response",)


async def bounce(case: Case) -> None:
    """A fault while a bounce is recorded; the report is delivered again. The claim is never approved."""
    claim = await case.pending()
    await case.strike(lambda: case.insist(lambda: case.bounce(claim)))
    await case.drained()
    case.product.now = claim.clocks[ClockKind.OPT_OUT.value].deadline_at + HOUR
    await case.timer()
    after = await case.stored(claim)
    assert after.status in {Status.ACTION_REQUIRED, Status.REJECTED}
    assert Status.APPROVED not in after.visited


async def late_bounce(case: Case) -> None:
    """A fault while a bounce is recorded that comes after approval by silence: the association ends."""
    claim = await case.approved()
    await case.strike(lambda: case.insist(lambda: case.bounce(claim)))
    await case.drained()
    assert (await case.reached(claim, Status.ENDED)).reasons == ("notice-not-delivered",)


async def late_notice(case: Case) -> None:
    """A fault while a request goes out ten days late: the window starts with the notice, not with the checks."""
    claim = await case.filed()
    await case.checked(claim)
    case.product.now += 10 * 24 * HOUR
    await case.strike(case.timer)
    assert (await case.stored(claim)).status is Status.PENDING_CUSTOMER, "silence began before anybody was told"
    await case.approved(claim)


async def refused_notice(case: Case) -> None:
    """A fault while the provider refuses the request for good: no clock ever runs, and nobody is silent into it."""
    claim = await case.filed(fields(case.customer, mailbox=REFUSED_ADDRESS))
    await case.strike(case.drained)
    found = await case.stored(claim)
    assert ClockKind.OPT_OUT.value not in found.clocks
    await case.reached(claim, Status.ACTION_REQUIRED)
    case.product.now += 30 * 24 * HOUR
    await case.timer()
    assert Status.APPROVED not in (await case.stored(claim)).visited
