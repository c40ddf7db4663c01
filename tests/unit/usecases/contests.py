"""Claims that contest each other's products, on the fakes."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.claim import CheckOutcome, CheckResult, Claim, Contact, Item
from shared.domain.claim_events import EventKind as E
from shared.domain.deadlines import ClockKind
from shared.domain.identifiers import claim_id, claim_number
from shared.usecases.decide_claim import Decision, ItemDecision, decide_claim
from tests.claims import FABRIKAM, a_draft, an_event, an_item
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live

LITWARE = "11111111-0000-4000-8000-000000000003"
HOUR = timedelta(hours=1)
_SECRET = b"k" * 40


def tenant_named(name: str) -> str:
    """A customer's tenant ID."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def filed_by(
    product: FakeProduct, organisation: str, *products: str, tenant: str = "one", key: str = "key", **changes: object
) -> Claim:
    """The organisation's claim for these products, as it is before its first event."""
    draft, tenant_id = a_draft(*(products or ("teams",))), tenant_named(tenant)
    identity = claim_id(tenant_id=tenant_id, organisation=organisation, key=key, secret=_SECRET)
    changes = {"partner_contact": Contact(name="Pat", email=f"pat@{organisation[:8]}.example"), **changes}
    return replace(
        draft,
        claim_id=identity,
        number=claim_number(identity),
        organisation=organisation,
        mpn_id="2000001" if organisation == FABRIKAM else "1000001",
        customer=replace(draft.customer, tenant_id=tenant_id),
        created_at=product.now,
        updated_at=product.now,
        **changes,  # type: ignore[arg-type]
    )


async def official(product: FakeProduct, new: Claim) -> Claim:
    """The claim, confirmed by its customer."""
    return await live(product, new, E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.CONFIRMED)


async def contesting(product: FakeProduct, new: Claim, *, code: str = "contested") -> Claim:
    """The claim, before a reviewer for all of its items."""
    items = tuple(item.item_id for item in new.items)
    check = CheckResult(code=code, result=CheckOutcome.FLAG, message="A sentence for people.", item_ids=items)
    return await live(product, new, E.SUBMITTED, an_event(E.CHECKS_FLAGGED, checks=(check,), reasons=(code,)))


async def decided(
    product: FakeProduct,
    claim: Claim,
    decision: Literal["accept", "reject", "requestInformation", "noticeIncumbent"],
    *,
    supersede: bool = False,
    items: Sequence[ItemDecision] = (),
    comment: str | None = None,
) -> Claim:
    """What a reviewer decides on the claim as it is."""
    current = await now_of(product, claim)
    return await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=Decision(decision=decision, supersede=supersede, items=tuple(items), comment=comment),
        if_match=current.revision,
        now=product.now,
    )


async def heard(product: FakeProduct, challenger: Claim) -> Claim:
    """The challenger, its incumbents told and their window over."""
    noticed = await decided(product, challenger, "noticeIncumbent")
    product.now = window_end(noticed)
    return noticed


def window_end(claim: Claim) -> datetime:
    """From when on the response window decides."""
    return claim.clocks[ClockKind.INCUMBENT_RESPONSE.value].deadline_at + HOUR


async def now_of(product: FakeProduct, claim: Claim) -> Claim:
    """The claim as it is stored."""
    found = await product.claims.get(claim.claim_id)
    assert found is not None
    return found.value


async def places(product: FakeProduct, claim: Claim) -> dict[str, tuple[str | None, str | None]]:
    """Holder and pending claim of each of the claim's slots."""
    resources = [item.resource for item in claim.items if item.resource]
    found = await product.claims.slots(claim.customer.tenant_id, resources)
    return {
        name: (
            entry.holder.claim_id if entry.holder else None,
            entry.pending.claim_id if entry.pending else None,
        )
        for name, slot in found.items()
        for entry in slot.value.entries.values()
    }


def on_subscription(number: int) -> Item:
    """An item on a subscription of its own."""
    return an_item(
        "dynamics-365-sales",
        item_id=f"sales-{number:02}",
        subscription_id=f"5b5b5b5b-0000-4000-8000-{number:012}",
        resource=f"subscription~5b5b5b5b-0000-4000-8000-{number:012}",
        programme="osu-business-applications",
    )
