"""What becomes of official associations: ends, extensions, renewals; and those from before this programme."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.claim import ActorKind, Claim, Contact, Customer, Outcome, RequestedProduct, Revenue, Status
from shared.domain.identifiers import claim_id
from shared.domain.mails import MailKind, MailStatus
from shared.domain.registry import Subscription
from shared.forms.legacy_file import COLUMNS, legacy_rows
from shared.usecases.association_ends import END, ENDING
from shared.usecases.callers import RoleMissingError
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.export_associations import export_associations
from shared.usecases.import_legacy_associations import import_legacy_associations
from shared.usecases.import_results import RowResult
from shared.usecases.records import Queue
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload
from shared.usecases.wake_holders import wake_holders
from tests.claims import a_draft
from tests.fakes.product import START, FakeProduct
from tests.unit.usecases.contests import official
from tests.unit.usecases.test_partner_steps import PARTNER, RIVAL
from tests.unit.usecases.test_story_on_fakes import FIELDS, stored
from tests.unit.usecases.test_usage import ADMIN
from tools.sample_proofs import pdf_proof
from tools.sample_registry import CONTOSO, FABRIKAM, subscription_id, tenant

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
SALES, SERVICE = "dynamics-365-sales", "dynamics-365-customer-service"
NAMES = {SALES: "Dynamics 365 Sales", SERVICE: "Dynamics 365 Customer Service", "power-bi": "Power BI"}


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def ends(product: FakeProduct, number: int, at: datetime | None, **more: object) -> None:
    """Register that sample subscription with another end, as an import does, and let its holders look."""
    known = await product.registry.subscription(subscription_id(number))
    assert known is not None
    changed: Subscription = replace(known, ends_at=at, **more)  # type: ignore[arg-type]
    await product.registry.put_subscriptions([changed])
    await wake_holders(product.services, known.tenant_id, [known.subscription_id], now=product.now)
    await product.drain()


async def birch(product: FakeProduct, *lines: tuple[str, int]) -> Claim:
    """An official business applications claim of Contoso's at Birch, confirmed by the customer's silence."""
    proof = pdf_proof(
        customer="Birch Biuro Sp. z o.o. (birch.example)", products=[NAMES[one] for one, _ in lines], dated=START.date()
    )
    claim = await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=replace(
            FIELDS,
            customer=Customer(tenant_id=tenant(2), domain="birch.example"),
            solution_area="business-applications",
            requested=tuple(
                RequestedProduct(product_id=one, subscription_id=subscription_id(number)) for one, number in lines
            ),
            customer_contact=Contact(name="Basia", email="basia@birch.example", title="IT"),
            technical_contact=Contact(name="Tom", email="tom@birch.example", title="IT"),
        ),
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=proof)],
        idempotency_key="birch",
        payload_hash="birch",
        now=product.now,
    )
    await product.drain()
    pending = await stored(product, claim.claim_id)
    assert pending.window is not None, pending.checks
    await at(product, pending.window.deadline_at + HOUR)
    official = await stored(product, claim.claim_id)
    assert official.status is Status.APPROVED
    return official


async def at(product: FakeProduct, instant: datetime, *, deliveries: int = 1) -> None:
    """Go on to that instant, run the timer, and let everything be done."""
    product.now = max(product.now, instant)
    await product.tick()
    await product.drain(deliveries=deliveries)


def due(product: FakeProduct, claim: Claim) -> dict[str, datetime]:
    """The claim's due rows for its subscriptions."""
    return {
        row.kind: row.due_at
        for row in (one.value for one in product.deadlines.rows.stored.values())
        if row.claim_id == claim.claim_id and row.kind in {END, ENDING}
    }


async def kinds(product: FakeProduct, claim: Claim) -> list[MailKind]:
    """The mails that the claim sent."""
    return [one.value.kind for one in await product.claims.mails(claim.claim_id) if one.value.status is MailStatus.SENT]


async def test_an_association_ends_with_its_subscription_and_not_an_hour_before(product: FakeProduct) -> None:
    """`validUntil` is the subscription's end; an hour after it, and not one second earlier, the claim ends."""
    claim = await birch(product, (SALES, 21))
    end = claim.valid_until
    assert end is not None
    assert due(product, claim) == {END: end + HOUR, ENDING: end - 30 * DAY}
    await at(product, end + HOUR - SECOND)
    assert (await stored(product, claim.claim_id)).status is Status.APPROVED
    await at(product, end + HOUR, deliveries=3)
    over = await stored(product, claim.claim_id)
    assert (over.status, over.reasons, over.items[0].outcome) == (
        Status.ENDED,
        ("subscription-ended",),
        Outcome.ENDED,
    )
    slots = await product.claims.slots(tenant(2), [claim.items[0].resource or ""])
    assert all(entry.holder is None for slot in slots.values() for entry in slot.value.entries.values())
    assert {MailKind.ASSOCIATION_ENDED, MailKind.CLAIM_ENDED} <= set(await kinds(product, claim))
    assert max(product.mails_sent().values()) == 1
    assert due(product, claim) == {}


async def test_items_end_singly_and_the_claim_with_its_last(product: FakeProduct) -> None:
    """The first subscription's end takes its item alone; `validUntil` is the latest end, null while one is open."""
    claim = await birch(product, (SALES, 21), (SERVICE, 22))
    near, far = product.now + 40 * DAY, product.now + 60 * DAY
    await ends(product, 21, near)
    await ends(product, 22, None)
    assert (await stored(product, claim.claim_id)).valid_until is None
    await ends(product, 22, far)
    assert (await stored(product, claim.claim_id)).valid_until == far
    await at(product, near + HOUR)
    part = await stored(product, claim.claim_id)
    assert (part.status, part.valid_until) == (Status.APPROVED, far)
    assert sorted(item.outcome for item in part.items) == [Outcome.ASSOCIATED, Outcome.ENDED]
    await at(product, far + HOUR)
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


async def test_two_ends_of_one_hour_are_both_kept(product: FakeProduct) -> None:
    """Their due rows share a key: the second is written again once the first is done."""
    claim = await birch(product, (SALES, 21), (SERVICE, 22))
    near = (product.now + 50 * DAY).replace(minute=5)
    await ends(product, 21, near)
    await ends(product, 22, near + timedelta(minutes=40))
    await at(product, near + HOUR)
    assert (await stored(product, claim.claim_id)).status is Status.APPROVED
    await at(product, near + HOUR + timedelta(minutes=40))
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


async def test_an_extended_subscription_goes_on(product: FakeProduct) -> None:
    """Extended before its end, nothing ends at the old one; the partner has another year."""
    claim = await birch(product, (SALES, 21))
    old = claim.valid_until
    assert old is not None
    later = old + 365 * DAY
    await ends(product, 21, later)
    extended = await stored(product, claim.claim_id)
    assert (extended.valid_until, extended.revision) == (later, claim.revision + 1)
    await at(product, old + HOUR)
    assert (await stored(product, claim.claim_id)).status is Status.APPROVED
    await ends(product, 21, later)
    assert (await stored(product, claim.claim_id)).revision == extended.revision


@pytest.mark.parametrize(
    ("status", "after"), [("ended", Status.ENDED), ("suspended", Status.APPROVED), ("grace", Status.APPROVED)]
)
async def test_an_ended_status_ends_at_once(product: FakeProduct, status: str, after: Status) -> None:
    """Suspended or in grace it may come back; ended it is over, whatever its date says."""
    claim = await birch(product, (SALES, 21))
    await ends(product, 21, claim.valid_until, status=status)
    assert (await stored(product, claim.claim_id)).status is after


async def test_a_subscription_that_went_to_another_tenant_is_over_here(product: FakeProduct) -> None:
    """What the customer does not have any more cannot be associated with it."""
    claim = await birch(product, (SALES, 21))
    known = await product.registry.subscription(subscription_id(21))
    assert known is not None
    await product.registry.put_subscriptions([replace(known, tenant_id=tenant(3))])
    await wake_holders(product.services, tenant(2), [subscription_id(21)], now=product.now)
    await product.drain()
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


@pytest.mark.parametrize("deliveries", [1, 3])
async def test_thirty_days_before_the_end_a_draft_is_ready(product: FakeProduct, deliveries: int) -> None:
    """Once, however often it is looked: a draft with all but the subscription, and a mail that leads to it."""
    claim = await birch(product, (SALES, 21))
    end = claim.valid_until
    assert end is not None
    await at(product, end - 30 * DAY - SECOND)
    assert MailKind.ASSOCIATION_ENDING not in await kinds(product, claim)
    await at(product, end - 30 * DAY, deliveries=deliveries)
    await at(product, end - 29 * DAY, deliveries=deliveries)
    assert (await kinds(product, claim)).count(MailKind.ASSOCIATION_ENDING) == 1
    (told,) = [
        one.value for one in await product.claims.mails(claim.claim_id) if one.value.kind is MailKind.ASSOCIATION_ENDING
    ]
    assert told.detail is not None
    draft = await stored(product, str(told.detail["draftClaimId"]))
    assert (draft.status, draft.origin, draft.organisation) == (Status.DRAFT, "renewal", CONTOSO)
    assert draft.requested == (RequestedProduct(product_id=SALES),)
    assert (draft.claim_name, draft.customer_contact, draft.proofs) == (claim.claim_name, claim.customer_contact, ())
    after = await stored(product, claim.claim_id)
    assert (after.status, after.revision) == (Status.APPROVED, claim.revision)
    assert max(product.mails_sent().values()) == 1
    assert len([one for one in product.claims.rows.stored if "claim:" in str(one)]) == 2


async def test_a_subscription_about_to_end_when_it_becomes_official_is_told_at_once(product: FakeProduct) -> None:
    """Cedar's field service ends in twenty days: its partner hears of it with the approval, not never."""
    (made,) = await imported(product, line(number=33, product_id="dynamics-365-field-service", contact=True))
    claim = await stored(product, made.claim_id or "")
    assert claim.valid_until == START + 20 * DAY
    assert await kinds(product, claim) == [MailKind.ASSOCIATION_ENDING]
    assert due(product, claim) == {END: START + 20 * DAY + HOUR}
    await at(product, START + 20 * DAY + HOUR)
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


async def test_each_end_has_a_draft_of_its_own(product: FakeProduct) -> None:
    """Two products that end on different days are two renewals, two that end together are one."""
    claim = await birch(product, (SALES, 21), (SERVICE, 22), ("power-bi", 24))
    first, second = product.now + 10 * DAY, product.now + 20 * DAY
    for number, end in ((21, second), (22, first), (24, second)):
        known = await product.registry.subscription(subscription_id(number))
        assert known is not None
        await product.registry.put_subscriptions([replace(known, ends_at=end)])
    await wake_holders(product.services, tenant(2), [subscription_id(21)], now=product.now)
    await product.drain()
    told = [
        one.value.detail or {}
        for one in await product.claims.mails(claim.claim_id)
        if one.value.kind is MailKind.ASSOCIATION_ENDING
    ]
    assert [one["endsAt"] for one in told] == [first.isoformat(), second.isoformat()]
    drafts = [await stored(product, str(one["draftClaimId"])) for one in told]
    assert [{one.product_id for one in draft.requested} for draft in drafts] == [{SERVICE}, {SALES, "power-bi"}]


async def test_what_is_left_is_valid_as_long_as_it_lasts(product: FakeProduct) -> None:
    """Giving up the product that lasts longest moves `validUntil` to the end of what is left."""
    claim = await birch(product, (SALES, 21), (SERVICE, 22))
    near = product.now + 90 * DAY
    await ends(product, 21, near)
    (kept, given_up) = claim.items if claim.items[0].product_id == SALES else reversed(claim.items)
    assert (kept.product_id, given_up.product_id) == (SALES, SERVICE)
    await disassociate_claim(
        product.services,
        caller=PARTNER,
        claim_id=claim.claim_id,
        reason="work-ended",
        item_ids=(given_up.item_id,),
        now=product.now,
    )
    while (message := product.queue.take(Queue.EFFECTS)) is not None:
        await product.work(Queue.EFFECTS, message)
    after = await stored(product, claim.claim_id)
    assert (after.status, after.valid_until) == (Status.APPROVED, near)


async def test_a_revenue_association_ends_with_its_subscription_though_it_has_no_slot(product: FakeProduct) -> None:
    """An import wakes it as it wakes holders, and no claim that is about another subscription."""
    new = replace(
        a_draft("power-bi", solution_area="business-applications", activities=("revenue",)),
        customer=Customer(tenant_id=tenant(2), domain="birch.example"),
        requested=(RequestedProduct(product_id="power-bi", subscription_id=subscription_id(24)),),
    )
    identity = claim_id(tenant_id=tenant(2), organisation=CONTOSO, key="revenue", secret=b"k" * 40)
    (item,) = new.items
    new = replace(
        new,
        claim_id=identity,
        items=(replace(item, subscription_id=subscription_id(24), resource=None, programme="revenue-association"),),
        revenue=Revenue(solution_seller="Contoso", customer_name="Birch", solution_name="Payroll"),
    )
    claim = await official(product, new)
    await product.drain()
    revision = (await stored(product, claim.claim_id)).revision
    await ends(product, 21, None, status="ended")
    assert (await stored(product, claim.claim_id)).revision == revision
    end = product.now + 90 * DAY
    await ends(product, 24, end)
    assert (await stored(product, claim.claim_id)).valid_until == end
    await ends(product, 24, None, status="ended")
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


async def test_a_draft_whose_notice_was_cut_off_is_found_again(product: FakeProduct) -> None:
    """A crash between draft and notice leaves the draft; the next look tells of that very one."""
    claim = await birch(product, (SALES, 21))
    end = claim.valid_until
    assert end is not None
    product.now = end - 30 * DAY
    commit = product.claims.commit

    async def dying(what):  # type: ignore[no-untyped-def]
        if any(write.row.event == "ending-near" for write in what.claims):
            raise KeyboardInterrupt
        await commit(what)

    product.claims.commit = dying  # type: ignore[method-assign]
    await product.tick()
    with pytest.raises(KeyboardInterrupt):
        await product.drain()
    product.claims.commit = commit  # type: ignore[method-assign]
    await at(product, end - 30 * DAY + HOUR)
    assert (await kinds(product, claim)).count(MailKind.ASSOCIATION_ENDING) == 1
    assert len([one for one in product.claims.rows.stored if "claim:" in str(one)]) == 2


async def imported(product: FakeProduct, *lines: str, dry_run: bool = False) -> list[RowResult]:
    """What becomes of the lines: organisation, location, tenant, product, subscription, activity, contact."""
    head = ",".join(COLUMNS[:8])
    results = import_legacy_associations(
        product.services,
        caller=ADMIN,
        rows=legacy_rows("\n".join((head, *lines)).encode()),
        dry_run=dry_run,
        now=product.now,
    )
    found = [one async for one in results]
    await product.drain()
    return found


def line(
    organisation: str = CONTOSO,
    mpn: str = "1000001",
    *,
    number: int = 21,
    product_id: str = SALES,
    contact: bool = False,
) -> str:
    """An association that a subscription holds."""
    pat = "Pat,pat@contoso.example" if contact else ","
    return f"{organisation},{mpn},{tenant(number // 10)},{product_id},{subscription_id(number)},usage,{pat}"


def ends_of(results: list[RowResult]) -> list[str]:
    """Their ends, or what is wrong."""
    return [",".join(fault.code for fault in one.faults) or one.outcome.value for one in results]


async def test_an_earlier_association_becomes_official_as_it_is(product: FakeProduct) -> None:
    """Official at once, without proof and mail, with its slot, until its subscription ends; sent again, unchanged."""
    assert ends_of(await imported(product, line(), dry_run=True)) == ["created"]
    assert not product.claims.rows.stored
    (made,) = await imported(product, line())
    claim = await stored(product, made.claim_id or "")
    assert (claim.status, claim.origin, claim.approval_ground) == (Status.APPROVED, "legacy", "imported")
    assert (claim.proofs, await kinds(product, claim)) == ((), [])
    assert claim.valid_until is not None
    (row,) = await product.claims.history(claim.claim_id)
    assert (row.event, row.actor.kind) == ("imported", ActorKind.REVIEWER)
    assert ends_of(await imported(product, line())) == ["unchanged"]
    await at(product, claim.valid_until + HOUR)
    assert (await stored(product, claim.claim_id)).status is Status.ENDED


async def test_what_somebody_holds_is_not_taken_by_an_import(product: FakeProduct) -> None:
    """Held or pending by another: a row error; held by the same organisation: nothing to do."""
    await birch(product, (SALES, 21))
    assert ends_of(await imported(product, line(FABRIKAM, "2000001"), line())) == ["slot-held", "unchanged"]
    assert ends_of(await imported(product, line(FABRIKAM, "2000001"), dry_run=True)) == ["slot-held"]


async def test_a_dry_run_knows_what_its_own_rows_would_take(product: FakeProduct) -> None:
    """Two rows for one subscription end in a dry run as they do in the import that follows."""
    rows = (line(), line(FABRIKAM, "2000001"), line(number=24, product_id="power-bi"))
    foreseen = await imported(product, *rows, dry_run=True)
    assert ends_of(foreseen) == ["created", "slot-held", "created"]
    assert not product.claims.rows.stored
    assert ends_of(await imported(product, *rows)) == ends_of(foreseen)
    presales = line().replace("usage", "presales")
    for dry_run in (True, False):
        assert ends_of(await imported(product, presales, dry_run=dry_run)) == ["created"]


async def test_what_is_over_is_not_taken_in(product: FakeProduct) -> None:
    """An association whose subscription ended, by its date or its status, would end with mails the same minute."""
    await ends(product, 21, product.now - SECOND)
    await ends(product, 24, None, status="ended")
    rows = (line(), line(number=24, product_id="power-bi"))
    assert ends_of(await imported(product, *rows)) == ["subscription-inactive"] * 2


async def test_customers_are_imported_side_by_side_and_told_in_order(product: FakeProduct) -> None:
    """Many rows of several customers, more than a batch: the results come in the file's order, each slot once."""
    for number in range(100, 180):
        known = await product.registry.subscription(subscription_id(21))
        assert known is not None
        one = replace(known, subscription_id=f"5b5b5b5b-0000-4000-8000-{number:012}", tenant_id=tenant(number % 3 + 1))
        await product.registry.put_subscriptions([one])
    rows = [
        f"{owner},{mpn},{tenant(number % 3 + 1)},{SALES},5b5b5b5b-0000-4000-8000-{number:012},usage,,"
        for number in range(100, 180)
        for owner, mpn in ((CONTOSO, "1000001"), (FABRIKAM, "2000001"))
    ]
    results = await imported(product, *rows)
    assert [one.row for one in results] == list(range(1, len(rows) + 1))
    assert ends_of(results) == ["created", "slot-held"] * 80


async def test_each_row_of_an_import_has_its_own_faults(product: FakeProduct) -> None:
    """Locations, customers, products and subscriptions that are not known; the good row goes in."""
    results = await imported(
        product,
        line("c0c0c0c0-0000-4000-8000-000000000009"),
        line(mpn="2000001"),
        f"{CONTOSO},1000001,{tenant(9)},{SALES},{subscription_id(21)},usage,,",
        line(product_id="power-bi"),
        line(product_id="abacus"),
        f"{CONTOSO},1000001,{tenant(2)},{SALES},,usage,,",
        f"{CONTOSO},1000001,{tenant(1)},teams,,usage,,",
        line(number=24, product_id="power-bi"),
        line(number=24, product_id="power-bi"),
        f"{CONTOSO},x,{tenant(2)},{SALES},,sleeping,,",
    )
    assert ends_of(results) == [
        "mpn-not-enrolled",
        "mpn-not-enrolled",
        "unknown-customer,subscription-unknown",
        "subscription-unknown",
        "unknown-product",
        "subscription-required",
        "required",
        "created",
        "duplicate-row",
        "invalid-mpn-id,invalid-choice",
    ]


async def test_a_microsoft_365_association_must_be_claimed_anew(product: FakeProduct) -> None:
    """It becomes a draft, its partner is told once, and its thirty days count from that mail."""
    teams = f"{CONTOSO},1000001,{tenant(1)},teams,,usage,Pat Partner,pat@contoso.example"
    (made,) = await imported(product, teams)
    draft = await stored(product, made.claim_id or "")
    assert (draft.status, draft.origin) == (Status.DRAFT, "legacy")
    assert draft.requested == (RequestedProduct(product_id="teams"),)
    assert await kinds(product, draft) == [MailKind.LEGACY_DRAFT]
    (told,) = [one.value for one in await product.claims.mails(draft.claim_id)]
    assert told.sent_at is not None
    assert draft.clocks["draft"].starts_at == told.sent_at
    assert ends_of(await imported(product, teams)) == ["unchanged"]
    assert max(product.mails_sent().values()) == 1


async def test_what_is_official_goes_out_and_comes_in_unchanged(product: FakeProduct) -> None:
    """Each official item is a row; sent back, nothing changes, whether it was imported or claimed."""
    await birch(product, (SALES, 21))
    await imported(product, line(number=24, product_id="power-bi"))
    page = await export_associations(product.services, caller=ADMIN, continuation=None, top=50)
    assert sorted(item.product_id or "" for _, item in page.items) == [SALES, "power-bi"]
    rows = [
        line(number=21 if item.product_id == SALES else 24, product_id=item.product_id or "") for _, item in page.items
    ]
    assert ends_of(await imported(product, *rows)) == ["unchanged", "unchanged"]
    for caller in (PARTNER, RIVAL):
        with pytest.raises(RoleMissingError):
            await export_associations(product.services, caller=caller, continuation=None, top=1)
