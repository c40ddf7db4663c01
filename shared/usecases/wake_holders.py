"""Tell the claims that hold a subscription to look at it (PROCESS.md, After approval: Subscription end)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from shared.domain.claim import Status
from shared.domain.identifiers import SlotKind, slot_resource
from shared.usecases.records import Queue, WorkMessage
from shared.usecases.services import Services

REGISTRY_STEP = "registry"


async def wake_holders(services: Services, tenant_id: str, subscription_ids: Sequence[str], *, now: datetime) -> None:
    """Send each holder of one of the tenant's subscriptions a message to look at its claim, once.

    The slots say who holds; revenue associations, which have none, are read from the tenant's own partition. The
    message only says "look", so that being woken for nothing, or twice, does no harm. ServiceUnavailableError: call
    again, some may be asleep still.
    """
    resources = [
        resource
        for one in subscription_ids
        if (resource := slot_resource(SlotKind.SUBSCRIPTION, product_id=None, subscription_id=one))
    ]
    slots, revenue = await asyncio.gather(
        services.claims.slots(tenant_id, resources), services.claims.revenue_claims(tenant_id, None)
    )
    named = set(subscription_ids)
    holders: dict[str, None] = {
        entry.holder.claim_id: None
        for slot in slots.values()
        for entry in slot.value.entries.values()
        if entry.holder is not None
    }
    for claim in revenue:
        if claim.status is Status.APPROVED and any(item.subscription_id in named for item in claim.live_items):
            holders[claim.claim_id] = None
    for claim_id in holders:
        message = WorkMessage(claim_id=claim_id, step=REGISTRY_STEP, sent_at=now)
        await services.queue.send(Queue.EFFECTS, message)
