"""Dispute, disassociation and a corrected location, on the fakes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.claim import Claim, Outcome, RequestedProduct, Status
from shared.domain.errors import ForbiddenTransitionError, InvalidClaimError
from shared.domain.slots import SlotParty
from shared.usecases.callers import Caller, NotFoundError, Role, RoleMissingError
from shared.usecases.correct_mpn import correct_mpn
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.dispute_claim import AlreadyDisputedError, DisputeTooLateError, dispute_claim
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload
from tests.fakes.product import START, FakeProduct
from tests.unit.usecases.test_story_on_fakes import FIELDS, stored
from tools.sample_proofs import pdf_proof, scan_pdf
from tools.sample_registry import CONTOSO, FABRIKAM, tenant

OPERATOR = "00000000-0000-4000-8000-0000000000aa"

PARTNER = Caller(organisation=CONTOSO, object_id="o1", name="Pat", roles=frozenset({Role.PARTNER_ADMIN}))
USER = Caller(organisation=CONTOSO, object_id="o2", name="Uma", roles=frozenset({Role.PARTNER_USER}))
RIVAL = Caller(organisation=FABRIKAM, object_id="o3", name="Fay", roles=frozenset({Role.PARTNER_ADMIN}))
REVIEWER = Caller(organisation=OPERATOR, object_id="o4", name="Rey", roles=frozenset({Role.REVIEWER}))


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def filed(product: FakeProduct, *, flagged: bool = False, products: tuple[str, ...] = ("teams",)) -> Claim:
    """A claim of Contoso's whose checks are done: waiting for the customer, or for a reviewer where `flagged`."""
    names = {"teams": "Microsoft Teams", "intune": "Microsoft Intune"}
    good = pdf_proof(
        customer="Alpine Outfitters (alpine.example)",
        products=[names[one] for one in products],
        dated=START.date(),
    )
    claim = await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=replace(FIELDS, requested=tuple(RequestedProduct(product_id=one) for one in products)),
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=scan_pdf() if flagged else good)],
        idempotency_key="key",
        payload_hash="payload",
        now=product.now,
    )
    await product.drain()
    return await stored(product, claim.claim_id)


async def rejected(product: FakeProduct) -> Claim:
    """A claim that a reviewer rejected."""
    claim = await filed(product, flagged=True)
    return await decide(product, claim, decision="reject", reason_codes=("poe-not-convincing",))


async def decide(product: FakeProduct, claim: Claim, **decision: Any) -> Claim:
    """What a reviewer decides on the claim."""
    await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=Decision(**decision),
        if_match=claim.revision,
        now=product.now,
    )
    await product.drain()
    return await stored(product, claim.claim_id)


async def approved(product: FakeProduct, *products: str) -> Claim:
    """An official association, by silence."""
    claim = await filed(product, products=products or ("teams",))
    assert claim.window is not None
    product.now = claim.window.deadline_at + timedelta(hours=1)
    await product.tick()
    await product.drain()
    made = await stored(product, claim.claim_id)
    assert made.status is Status.APPROVED
    return made


async def test_a_rejection_is_disputed_once(product: FakeProduct) -> None:
    """Disputed, the claim is under review in a new round with its filing date; rejected again, that is final."""
    claim = await rejected(product)
    with pytest.raises(NotFoundError):
        await dispute_claim(product.services, caller=RIVAL, claim_id=claim.claim_id, comment="No.", now=product.now)
    with pytest.raises(RoleMissingError):
        await dispute_claim(product.services, caller=USER, claim_id=claim.claim_id, comment="No.", now=product.now)
    disputed = await dispute_claim(
        product.services,
        caller=PARTNER,
        claim_id=claim.claim_id,
        comment="The signature is on page 2.",
        now=product.now,
    )
    assert (disputed.status, disputed.round, disputed.submitted_at) == (Status.UNDER_REVIEW, 2, claim.submitted_at)
    assert [item.outcome for item in disputed.items] == [Outcome.CLAIMED]
    with pytest.raises(ForbiddenTransitionError):
        await dispute_claim(product.services, caller=PARTNER, claim_id=claim.claim_id, comment="No.", now=product.now)
    again = await decide(product, disputed, decision="reject", reason_codes=("poe-not-convincing",))
    with pytest.raises(AlreadyDisputedError):
        await dispute_claim(product.services, caller=PARTNER, claim_id=claim.claim_id, comment="No.", now=product.now)
    assert again.status is Status.REJECTED


async def test_a_dispute_comes_within_thirty_days(product: FakeProduct) -> None:
    """The last second of the window is in time, the one after it is not."""
    claim = await rejected(product)
    deadline = claim.clocks["dispute"].deadline_at
    with pytest.raises(DisputeTooLateError):
        await dispute_claim(
            product.services,
            caller=PARTNER,
            claim_id=claim.claim_id,
            comment="Late.",
            now=deadline + timedelta(seconds=1),
        )
    disputed = await dispute_claim(
        product.services, caller=PARTNER, claim_id=claim.claim_id, comment="In time.", now=deadline
    )
    assert disputed.status is Status.UNDER_REVIEW


async def test_items_are_given_up_singly_and_the_claim_ends_with_its_last(product: FakeProduct) -> None:
    """One item ends and frees its slot, the rest stays official; the last one ends the claim; both sides are told."""
    claim = await approved(product, "teams", "intune")
    part = await disassociate_claim(
        product.services,
        caller=PARTNER,
        claim_id=claim.claim_id,
        reason="work-ended",
        item_ids=["teams-usage"],
        now=product.now,
    )
    assert part.status is Status.APPROVED
    assert {item.item_id: item.outcome for item in part.items} == {
        "teams-usage": Outcome.ENDED,
        "intune-usage": Outcome.ASSOCIATED,
    }
    slots = await product.claims.slots(tenant(1), ["workload~teams", "workload~intune"])
    holders = {name: slot.value.entry("osu-microsoft-365").holder for name, slot in slots.items()}
    assert holders["workload~teams"] is None
    assert holders["workload~intune"] == SlotParty(
        claim_id=claim.claim_id, organisation=CONTOSO, item_id="intune-usage"
    )
    with pytest.raises(InvalidClaimError) as error:
        await disassociate_claim(
            product.services,
            caller=PARTNER,
            claim_id=claim.claim_id,
            reason="boredom",
            item_ids=["intune-usage", "teams-usage"],
            now=product.now,
        )
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [
        ("/reason", "unknown-reason"),
        ("/items/1", "unknown-item"),
    ]
    ended = await disassociate_claim(
        product.services, caller=PARTNER, claim_id=claim.claim_id, reason="other", item_ids=[], now=product.now
    )
    assert (ended.status, ended.reasons) == (Status.ENDED, ("other",))
    await product.drain()
    kinds = [mail.kind.value for mail in [one.value for one in await product.claims.mails(claim.claim_id)]]
    assert kinds.count("association-ended") == kinds.count("claim-ended") == 2
    assert max(product.mails_sent().values()) == 1
    with pytest.raises(ForbiddenTransitionError):
        await disassociate_claim(
            product.services, caller=PARTNER, claim_id=claim.claim_id, reason="other", item_ids=[], now=product.now
        )


async def test_nothing_but_an_association_can_be_given_up(product: FakeProduct) -> None:
    """What waits for the customer is withdrawn instead; whose claim it is not cannot see it."""
    claim = await filed(product)
    with pytest.raises(ForbiddenTransitionError):
        await disassociate_claim(
            product.services, caller=PARTNER, claim_id=claim.claim_id, reason="boredom", item_ids=["x"], now=product.now
        )
    with pytest.raises(NotFoundError):
        await disassociate_claim(
            product.services, caller=RIVAL, claim_id=claim.claim_id, reason="other", item_ids=[], now=product.now
        )


@pytest.mark.parametrize("official", [True, False])
async def test_a_location_is_corrected_within_the_organisation(product: FakeProduct, *, official: bool) -> None:
    """Official or under review, the claim keeps its filing date and its slots; the same location again is no news."""
    claim = await approved(product) if official else await filed(product, flagged=True)
    corrected = await correct_mpn(
        product.services, caller=PARTNER, claim_id=claim.claim_id, mpn_id="1000002", now=product.now
    )
    assert (corrected.mpn_id, corrected.status, corrected.submitted_at) == (
        "1000002",
        claim.status,
        claim.submitted_at,
    )
    again = await correct_mpn(
        product.services, caller=PARTNER, claim_id=claim.claim_id, mpn_id="1000002", now=product.now
    )
    assert again.revision == corrected.revision
    row = (await product.claims.history(claim.claim_id))[-1]
    assert (row.event, dict(row.detail)) == ("mpn-corrected", {"mpnFrom": "1000001", "mpnTo": "1000002"})


@pytest.mark.parametrize("mpn_id", ["2000001", "9999999"])
async def test_a_location_of_others_is_refused(product: FakeProduct, mpn_id: str) -> None:
    """Neither another organisation's location nor an unknown one; the two are not told apart."""
    claim = await approved(product)
    with pytest.raises(InvalidClaimError) as error:
        await correct_mpn(product.services, caller=PARTNER, claim_id=claim.claim_id, mpn_id=mpn_id, now=product.now)
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [("/mpnId", "mpn-not-enrolled")]


async def test_a_location_that_is_not_enrolled_is_refused(product: FakeProduct) -> None:
    """A correction cannot get around the check of enrolment."""
    location = await product.registry.location(CONTOSO, "1000002")
    assert location is not None
    await product.registry.put_locations([replace(location, programmes=frozenset({"osa-sell"}))])
    claim = await approved(product)
    with pytest.raises(InvalidClaimError):
        await correct_mpn(product.services, caller=PARTNER, claim_id=claim.claim_id, mpn_id="1000002", now=product.now)


async def test_a_claim_that_waits_for_the_customer_keeps_its_location(product: FakeProduct) -> None:
    """While the customer decides, what the customer was told does not change."""
    claim = await filed(product)
    with pytest.raises(ForbiddenTransitionError):
        await correct_mpn(product.services, caller=PARTNER, claim_id=claim.claim_id, mpn_id="1000002", now=product.now)


async def test_a_failed_check_is_overruled_after_a_dispute_alone(product: FakeProduct) -> None:
    """Rejected by a check, disputed, accepted by a reviewer: the customer is asked, and may make it official."""
    proof = pdf_proof(customer="Alpine Outfitters (cedar.example)", products=["Microsoft Teams"], dated=START.date())
    claim = await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=replace(FIELDS, customer=replace(FIELDS.customer, domain="cedar.example")),
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=proof)],
        idempotency_key="key",
        payload_hash="payload",
        now=product.now,
    )
    await product.drain()
    refused = await stored(product, claim.claim_id)
    assert (refused.status, refused.reasons) == (Status.REJECTED, ("tenant-domain-mismatch",))
    await dispute_claim(
        product.services, caller=PARTNER, claim_id=claim.claim_id, comment="They moved.", now=product.now
    )
    disputed = await stored(product, claim.claim_id)
    accepted = await decide(product, disputed, decision="accept")
    assert (accepted.status, accepted.round) == (Status.PENDING_CUSTOMER, 2)
    assert accepted.window is not None
