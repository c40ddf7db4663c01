"""The checks before anything is filed: the same words, no side effects, and nothing told of others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Claim, Contact, Customer, RequestedProduct, Revenue
from shared.domain.claim_fields import ClaimFields
from shared.domain.door import door_faults
from shared.domain.slots import Availability
from shared.usecases.audit_records import AuditAction
from shared.usecases.callers import Caller, Role, RoleMissingError
from shared.usecases.pre_check import AT_MOST, PreCheck, pre_check
from shared.usecases.rate_limits import TooManyRequestsError
from shared.usecases.records import Queue, ServiceUnavailableError
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, RIVAL, USER, approved, filed
from tests.unit.usecases.test_story_on_fakes import FIELDS
from tools.sample_registry import CONTOSO, subscription_id, tenant


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def checked(product: FakeProduct, fields: ClaimFields, *, caller: Caller = PARTNER) -> PreCheck:
    """What the pre-check says of the fields, asked as the API asks."""
    services = product.services
    return await pre_check(
        services,
        caller=caller,
        fields=fields,
        mpn_id=fields.mpn_id,
        faults=door_faults(fields, catalogue=services.catalogue, complete=False, proofs_count=None),
        missing=door_faults(fields, catalogue=services.catalogue, complete=True, proofs_count=None),
        now=product.now,
    )


def dynamics(customer: int, *products: RequestedProduct, domain: str) -> ClaimFields:
    """A business applications claim."""
    return replace(
        FIELDS,
        customer=Customer(tenant_id=tenant(customer), domain=domain),
        solution_area="business-applications",
        activities=("usage",),
        requested=products,
        customer_contact=Contact(name="Ida", email=f"ida@{domain}", title="IT"),
        technical_contact=Contact(name="Tom", email=f"tom@{domain}", title="IT"),
    )


async def test_a_good_claim_is_valid_and_nothing_is_stored(product: FakeProduct) -> None:
    """Valid, its product free; no claim, no slot, no message: only the look itself is on record."""
    found = await checked(product, FIELDS, caller=USER)
    assert (found.valid, found.errors, found.warnings) == (True, (), ())
    assert [(one.product_id, one.availability) for one in found.products] == [("teams", Availability.FREE)]
    assert not product.claims.rows.stored
    assert not any(product.queue.waiting(queue) for queue in Queue)
    (entry,) = await product.audit.of_organisation(CONTOSO, since=product.now)
    assert (entry.action, entry.subject, entry.claim_id) == (AuditAction.PRE_CHECKED, tenant(1), None)


async def test_what_another_partner_has_is_not_available_and_no_more_is_told(product: FakeProduct) -> None:
    """Held or pending, the rival learns the same, and nothing of whose it is; the holder learns that it is theirs."""
    held = await approved(product, "teams")
    fields = replace(FIELDS, mpn_id="2000001", requested=(RequestedProduct(product_id="teams"),))
    of_held = await checked(product, fields, caller=RIVAL)
    assert (of_held.valid, [fault.code for fault in of_held.warnings]) == (True, ["contested"])
    assert of_held.products[0].availability is Availability.NOT_AVAILABLE
    said = repr(of_held)
    assert not any(word in said for word in (held.claim_id, held.number, CONTOSO, "Contoso", "1000001"))
    own = await checked(product, FIELDS)
    assert (own.valid, own.products[0].availability) == (False, Availability.YOURS)
    assert [(fault.pointer, fault.code) for fault in own.errors] == [("/items/0", "already-associated-to-you")]


async def test_pending_and_held_are_told_alike(product: FakeProduct) -> None:
    """Whether the rival waits for the customer or is official is nobody's business."""
    fields = replace(FIELDS, mpn_id="2000001")
    await filed(product)
    pending = await checked(product, fields, caller=RIVAL)
    other = FakeProduct()
    await other.seed()
    await approved(other, "teams")
    assert await checked(other, fields, caller=RIVAL) == pending


async def test_who_cannot_claim_learns_nothing_of_the_customer(product: FakeProduct) -> None:
    """A location that is not the caller's, or a domain that is not the tenant's: nothing counts as free."""
    await approved(product, "teams")
    stranger = await checked(product, replace(FIELDS, mpn_id="1000001"), caller=RIVAL)
    guess = replace(
        FIELDS,
        mpn_id="2000001",
        customer=Customer(tenant_id=tenant(1), domain="birch.example"),
        requested=(RequestedProduct(product_id="teams"), RequestedProduct(product_id="intune")),
    )
    guessed = await checked(product, guess, caller=RIVAL)
    assert [fault.code for fault in stranger.errors] == ["mpn-not-enrolled"]
    assert [fault.code for fault in guessed.errors] == ["tenant-domain-mismatch"]
    for found in (stranger, guessed):
        assert not found.valid
        assert not found.warnings
        assert {one.availability for one in found.products} == {Availability.NOT_AVAILABLE}


async def test_subscriptions_are_filled_in_and_faults_find_their_line(product: FakeProduct) -> None:
    """The only subscription is named, of two one must be; a CSP one fails where it stands."""
    fields = dynamics(
        2,
        RequestedProduct(product_id="dynamics-365-sales"),
        RequestedProduct(product_id="dynamics-365-customer-service"),
        domain="birch.example",
    )
    found = await checked(product, fields)
    assert [(one.subscription_id, one.availability) for one in found.products] == [
        (subscription_id(21), Availability.FREE),
        (None, Availability.NOT_AVAILABLE),
    ]
    assert [(fault.pointer, fault.code) for fault in found.errors] == [
        ("/items/1/subscriptionId", "subscription-required")
    ]
    csp = dynamics(3, RequestedProduct(product_id="dynamics-365-finance"), domain="cedar.example")
    assert [(fault.pointer, fault.code) for fault in (await checked(product, csp)).errors] == [
        ("/items/0/subscriptionId", "subscription-csp")
    ]


async def test_an_unfinished_claim_is_checked_as_far_as_it_goes(product: FakeProduct) -> None:
    """What is missing is told, and the products' availability all the same."""
    fields = ClaimFields(
        mpn_id="1000001",
        customer=FIELDS.customer,
        solution_area="microsoft-365",
        activities=("usage",),
        requested=(RequestedProduct(product_id="teams"),),
    )
    found = await checked(product, fields)
    assert {fault.pointer for fault in found.errors} == {"/claimName", "/customerContact", "/partnerContact"}
    assert found.products[0].availability is Availability.FREE


async def test_a_revenue_claim_has_no_slot_but_a_rival_of_its_own(product: FakeProduct) -> None:
    """Free while the organisation has no other claim for that solution; no product need be named."""
    revenue = Revenue(solution_seller="Contoso", customer_name="Birch", solution_name="Payroll")
    fields = replace(
        dynamics(2, domain="birch.example"), activities=("revenue",), revenue=revenue, technical_contact=None
    )
    found = await checked(product, fields)
    assert (found.valid, found.products) == (True, ())
    with_product = replace(fields, requested=(RequestedProduct(product_id="power-bi"),))
    assert (await checked(product, with_product)).products[0].availability is Availability.FREE


async def test_a_service_that_is_down_is_never_a_yes(product: FakeProduct) -> None:
    """Neither without the identity platform nor without the audit log is anything answered."""
    product.directory.down.add("alpine.example")
    with pytest.raises(ServiceUnavailableError):
        await checked(product, FIELDS)
    product.directory.down.clear()
    product.audit.down = True
    with pytest.raises(ServiceUnavailableError):
        await checked(product, FIELDS)


async def test_one_organisation_cannot_ask_without_end(product: FakeProduct) -> None:
    """So many in a minute, counted for the whole organisation and for it alone; the next minute is another one."""
    for number in range(AT_MOST):
        await checked(product, FIELDS, caller=USER if number % 2 else PARTNER)
    with pytest.raises(TooManyRequestsError):
        await checked(product, FIELDS)
    await checked(product, replace(FIELDS, mpn_id="2000001"), caller=RIVAL)
    product.now += timedelta(minutes=1)
    assert (await checked(product, FIELDS)).valid


async def test_only_partners_may_ask(product: FakeProduct) -> None:
    """The programme's people have the claims themselves to look at."""
    with pytest.raises(RoleMissingError):
        await checked(product, FIELDS, caller=replace(PARTNER, roles=frozenset({Role.REVIEWER})))


async def test_the_check_after_filing_says_the_same(product: FakeProduct) -> None:
    """What the pre-check passes, the queue's checks pass: there is one set of rules."""
    assert (await checked(product, FIELDS)).valid
    claim: Claim = await filed(product)
    assert {check.result.value for check in claim.checks} == {"pass"}
