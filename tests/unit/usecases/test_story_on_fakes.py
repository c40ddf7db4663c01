"""A claim's life on the fakes alone: they fit together as the real stores do."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import ApprovalGround, Claim, Contact, Customer, RequestedProduct, Status
from shared.domain.claim_fields import ClaimFields
from shared.domain.deadlines import ClockKind
from shared.domain.history import breaks
from shared.usecases.callers import Caller, Role
from shared.usecases.records import InFlightError, ListQuery
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload
from tests.fakes.product import START, FakeProduct
from tools.sample_proofs import pdf_proof
from tools.sample_registry import CONTOSO, FABRIKAM, tenant

FIELDS = ClaimFields(
    mpn_id="1000001",
    customer=Customer(tenant_id=tenant(1), domain="alpine.example"),
    solution_area="microsoft-365",
    activities=("usage",),
    claim_name="Teams rollout",
    requested=(RequestedProduct(product_id="teams"),),
    customer_contact=Contact(name="Ida Manager", email="ida@alpine.example", title="IT Manager"),
    partner_contact=Contact(name="Pat Partner", email="pat@contoso.example"),
)
PROOF = pdf_proof(customer="Alpine Outfitters (alpine.example)", products=["Microsoft Teams"], dated=START.date())


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def submit(product: FakeProduct, key: str = "key", *, fields: ClaimFields = FIELDS) -> Claim:
    """File the claim as Contoso does."""
    return await submit_new_claim(
        product.services,
        caller=Caller(organisation=CONTOSO, object_id="o1", name="Pat", roles=frozenset({Role.PARTNER_ADMIN})),
        fields=fields,
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=PROOF)],
        idempotency_key=key,
        payload_hash=f"payload of {key}",
        now=product.now,
    )


async def stored(product: FakeProduct, claim_id: str) -> Claim:
    """The claim as it is stored, its history's chain unbroken."""
    found = await product.claims.get(claim_id)
    assert found is not None
    rows = await product.claims.history(claim_id)
    assert breaks(rows, last_seq=found.value.history_seq, last_hash=found.value.history_hash) == ()
    return found.value


@pytest.mark.parametrize("deliveries", [1, 3])
async def test_silence_after_notice_approves(product: FakeProduct, deliveries: int) -> None:
    """A good claim waits for its customer, and is approved once the window is over, not before, one mail for each."""
    claim_id = (await submit(product)).claim_id
    await product.drain(deliveries=deliveries)
    pending = await stored(product, claim_id)
    assert pending.status is Status.PENDING_CUSTOMER
    deadline = pending.clocks[ClockKind.OPT_OUT.value].deadline_at
    product.now = deadline
    await product.tick()
    await product.drain(deliveries=deliveries)
    assert (await stored(product, claim_id)).status is Status.PENDING_CUSTOMER
    product.now = deadline + timedelta(hours=1)
    await product.tick()
    await product.drain(deliveries=deliveries)
    approved = await stored(product, claim_id)
    assert (approved.status, approved.approval_ground) == (Status.APPROVED, ApprovalGround.SILENCE)
    slots = await product.claims.slots(tenant(1), ["workload~teams"])
    holders = [entry.holder.claim_id for entry in slots["workload~teams"].value.entries.values() if entry.holder]
    assert holders == [claim_id]
    assert set(product.mails_sent().values()) == {1}
    assert await product.tick() == 0


@pytest.mark.parametrize(
    ("claimed", "language"),
    [({}, "pl"), ({"name": "Brzoza", "country": "DE", "language": "en"}, "en")],
    ids=["none", "other"],
)
async def test_the_registry_s_word_on_the_customer_comes_first(
    product: FakeProduct, claimed: dict[str, str], language: str
) -> None:
    """A registered customer is named as registered, and written to in its language unless another was asked for."""
    customer = Customer(tenant_id=tenant(2), domain="birch.example", **claimed)
    claim_id = (await submit(product, fields=replace(FIELDS, customer=customer))).claim_id
    await product.drain()
    known = await product.services.registry.customer(tenant(2))
    checked = (await stored(product, claim_id)).customer
    assert known is not None
    assert (checked.name, checked.country, checked.language) == (known.name, "PL", language)


async def test_twenty_requests_of_one_key_make_one_claim(product: FakeProduct) -> None:
    """Twenty requests at once, and one more afterwards, make one claim with one history row."""
    ends = await asyncio.gather(*(submit(product) for _ in range(20)), return_exceptions=True)
    made = {end.claim_id for end in ends if isinstance(end, Claim)}
    assert len(made) == 1
    assert all(isinstance(end, Claim | InFlightError) for end in ends)
    again = await submit(product)
    assert {again.claim_id} == made
    assert len(await product.claims.history(again.claim_id)) == 1


async def test_lists_follow_the_claim(product: FakeProduct) -> None:
    """Once the queues are empty, the claim is in its partner's list and in its status's, and in no other."""
    claim_id = (await submit(product)).claim_id
    await product.drain()
    for query, wanted in (
        (ListQuery(organisation=CONTOSO), [claim_id]),
        (ListQuery(organisation=FABRIKAM), []),
        (ListQuery(status=Status.PENDING_CUSTOMER), [claim_id]),
        (ListQuery(status=Status.SUBMITTED), []),
    ):
        assert [row.claim_id for row in (await product.lists.page(query)).items] == wanted
