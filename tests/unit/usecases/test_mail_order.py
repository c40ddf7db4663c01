"""What a mail that goes out, is refused, or goes out under another name leaves behind (docs/mutation.md)."""

from dataclasses import replace
from datetime import datetime

import pytest

from shared.domain.claim import Claim, Status
from shared.domain.mails import MailKind, MailStatus
from shared.usecases.filing import location_faults
from shared.usecases.records import ConflictError, Mail, MailRefusedError
from shared.usecases.transition import change
from shared.usecases.withdraw_claim import withdraw_claim
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER
from tests.unit.usecases.test_story_on_fakes import stored
from tests.unit.usecases.test_write_order import filed
from tools.sample_registry import tenant


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def mail(product: FakeProduct, claim: Claim, kind: MailKind) -> MailStatus | None:
    """How that mail of the first round stands."""
    found = await product.claims.mail(claim.claim_id, kind, 1, None)
    return found.value.status if found else None


async def test_a_refused_request_is_no_notice(product: FakeProduct) -> None:
    """The ledger says that the provider refused it, and its partner must name another contact; no clock runs."""
    claim = await filed(product)
    send = product.sender.send

    async def refuse_the_request(one: Mail, *, operation_id: str) -> str:
        if one.to == "ida@alpine.example":
            raise MailRefusedError("Nobody is called that.")
        return await send(one, operation_id=operation_id)

    product.sender.send = refuse_the_request  # type: ignore[method-assign]
    await product.drain()
    after = await stored(product, claim.claim_id)
    assert (after.status, after.reasons) == (Status.ACTION_REQUIRED, ("contact-unreachable",))
    assert after.window is None
    assert await mail(product, claim, MailKind.ASSOCIATION_REQUEST) is MailStatus.FAILED


async def test_a_mail_is_found_by_the_name_that_the_provider_gave_it(product: FakeProduct) -> None:
    """Where the provider names the operation otherwise, a report by that name finds its mail."""
    claim = await filed(product)
    send = product.sender.send

    async def rename(one: Mail, *, operation_id: str) -> str:
        return f"other-{await send(one, operation_id=operation_id)}"

    product.sender.send = rename  # type: ignore[method-assign]
    await product.drain()
    names = [operation_id for operation_id, _ in product.sender.sent]
    found = [await product.operations.find(f"other-{name}") for name in names]
    assert names
    assert {one.claim_id for one in found if one} == {claim.claim_id}
    assert None not in found


async def test_a_customer_that_was_asked_is_told_of_a_withdrawal(product: FakeProduct) -> None:
    """Who has the request in the mailbox hears that it is gone; who was never asked hears nothing."""
    claim = await filed(product)
    await product.drain()
    await withdraw_claim(product.services, caller=PARTNER, claim_id=claim.claim_id, comment=None, now=product.now)
    await product.drain()
    assert await mail(product, claim, MailKind.ASSOCIATION_WITHDRAWN) is MailStatus.SENT


async def test_the_request_says_the_deadline_that_will_count(product: FakeProduct) -> None:
    """The mail's deadline is that of the customer's own zone and calendar, as registered, and so is the claim's."""
    alpine = await product.services.registry.customer(tenant(1))
    assert alpine is not None
    await product.registry.put_customers([replace(alpine, country="JP", zone="Asia/Tokyo")])
    claim = await filed(product)
    await product.drain()
    after = await stored(product, claim.claim_id)
    request = await product.claims.mail(claim.claim_id, MailKind.ASSOCIATION_REQUEST, 1, None)
    assert after.window is not None
    assert request is not None
    assert request.value.detail is not None
    assert request.value.detail["zone"] == after.window.zone == "Asia/Tokyo"
    assert datetime.fromisoformat(str(request.value.detail["deadline"])) == after.window.deadline_at


async def test_a_location_that_claims_no_more_is_refused(product: FakeProduct) -> None:
    """A location must be there, and active: one that was stopped is refused at the door as a missing one is."""
    stopped = [replace(one, active=False) for one in product.registry.every_location if one.mpn_id == "1000001"]
    assert await location_faults(product.services, PARTNER, "1000001") == ()
    await product.registry.put_locations(stopped)
    for mpn_id in ("1000001", "9999999"):
        faults = await location_faults(product.services, PARTNER, mpn_id)
        assert [(one.pointer, one.code) for one in faults] == [("/mpnId", "mpn-not-enrolled")]


async def test_what_is_not_there_cannot_change(product: FakeProduct) -> None:
    """A change of a claim that nobody made is a conflict, and never a success."""
    with pytest.raises(ConflictError, match="no such claim"):
        await change(product.services, f"{'a' * 48}", lambda _: None, now=product.now)
