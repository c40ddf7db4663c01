"""Subscriptions are imported, and the claims that hold them are told to look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.registry import Subscription
from shared.domain.slots import Slot, SlotEntry, SlotParty
from shared.storage import entities, keys
from shared.usecases.callers import Role, RoleMissingError
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.import_subscriptions import import_subscriptions
from shared.usecases.records import Queue, ServiceUnavailableError
from shared.usecases.row_imports import ImportRow
from tests.fakes.product import START, FakeProduct
from tests.unit.usecases.test_registry_imports import ADMIN, caller
from tools.sample_registry import CONTOSO, subscription_id, subscriptions, tenant

SALES = subscription_id(21)
NEW = "5b5b5b5b-0000-4000-8000-00000000f001"


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry, in which claims hold the slots of Sales and of Power BI."""
    made = FakeProduct()
    await made.seed()
    hold(made, SALES, tenant(2), "claim-of-sales")
    hold(made, subscription_id(24), tenant(2), "claim-of-power-bi")
    return made


def hold(product: FakeProduct, subscription: str, tenant_id: str, claim_id: str, *, pending: bool = False) -> None:
    """Give the subscription's slot to a claim, or let it wait for it."""
    party = SlotParty(claim_id=claim_id, organisation=CONTOSO, item_id="i")
    entry = SlotEntry(pending=party) if pending else SlotEntry(holder=party)
    slot = Slot(resource=f"subscription~{subscription}", entries={"osa-sell": entry})
    entity = entities.slot_entity(tenant_id, slot)
    product.claims.rows.put(tenant_id, keys.slot_row(slot.resource), entity)


def sales(**changes: Any) -> Subscription:
    """Birch's Dynamics 365 Sales, changed."""
    return replace(next(one for one in subscriptions(START) if one.subscription_id == SALES), **changes)


async def taken(product: FakeProduct, *values: Subscription, dry_run: bool = False) -> list[RowResult]:
    """An admin imports these subscriptions."""
    rows = [ImportRow(row=number, key=one.subscription_id, value=one) for number, one in enumerate(values, 1)]
    results = import_subscriptions(product.services, caller=ADMIN, rows=rows, dry_run=dry_run, now=product.now)
    return [result async for result in results]


def outcomes(results: Sequence[RowResult]) -> list[RowOutcome]:
    """The ends' words."""
    return [result.outcome for result in results]


def woken(product: FakeProduct) -> list[str]:
    """The claims that were told to look, once for each time."""
    return sorted(message.claim_id for queue in Queue for message in product.queue.waiting(queue))


@pytest.mark.parametrize("change", [{"ends_at": START + timedelta(days=700)}, {"ends_at": None}, {"status": "ended"}])
async def test_a_change_of_end_or_status_wakes_the_holder(product: FakeProduct, change: dict[str, Any]) -> None:
    """The claim that holds the subscription is told to look, and no other one."""
    assert outcomes(await taken(product, sales(**change))) == [RowOutcome.UPDATED]
    assert woken(product) == ["claim-of-sales"]
    assert await product.registry.subscription(SALES) == sales(**change)


async def test_sending_it_again_wakes_those_that_a_crash_left_asleep(product: FakeProduct) -> None:
    """The queue fails after the rows were written: the same file again changes nothing, and wakes the holder."""

    class DownQueue:
        async def send(self, *_: Any, **__: Any) -> None:
            raise ServiceUnavailableError("The queue does not answer.")

        async def send_again(self, *_: Any) -> None:
            raise ServiceUnavailableError("The queue does not answer.")

    services = product.services
    product.services = replace(services, queue=DownQueue())
    with pytest.raises(ServiceUnavailableError):
        await taken(product, sales(status="ended"))
    assert await product.registry.subscription(SALES) == sales(status="ended")
    product.services = services
    assert outcomes(await taken(product, sales(status="ended"))) == [RowOutcome.UNCHANGED]
    assert woken(product) == ["claim-of-sales"]


async def test_who_looks_sees_what_was_written(product: FakeProduct) -> None:
    """When a holder is woken, the registry says already what it is woken for."""
    seen: list[Subscription | None] = []
    queue = product.queue

    class Looking:
        async def send(self, *args: Any, **named: Any) -> None:
            seen.append(await product.registry.subscription(SALES))
            await queue.send(*args, **named)

        async def send_again(self, target: Queue, body: str) -> None:
            await queue.send_again(target, body)

    product.services = replace(product.services, queue=Looking())
    await taken(product, sales(status="ended"))
    assert seen == [sales(status="ended")]


async def test_a_moved_subscription_wakes_the_holders_of_both_tenants(product: FakeProduct) -> None:
    """A subscription that goes to another tenant is looked at by whoever holds it, here or there."""
    hold(product, SALES, tenant(3), "claim-at-cedar")
    assert outcomes(await taken(product, sales(tenant_id=tenant(3)))) == [RowOutcome.UPDATED]
    assert woken(product) == ["claim-at-cedar", "claim-of-sales"]
    assert SALES not in {one.subscription_id for one in await product.registry.subscriptions(tenant(2))}


async def test_who_holds_two_is_told_once_a_batch(product: FakeProduct) -> None:
    """A claim with two subscriptions in a batch looks once, at both."""
    hold(product, subscription_id(22), tenant(2), "claim-of-sales")
    await taken(product, sales(), *(one for one in subscriptions(START) if one.subscription_id == subscription_id(22)))
    assert woken(product) == ["claim-of-sales"]


async def test_a_subscription_that_nobody_holds_wakes_nobody(product: FakeProduct) -> None:
    """A new subscription is made; a claim that only waits for the customer is not official and is not woken."""
    hold(product, NEW, tenant(4), "claim-that-waits", pending=True)
    assert outcomes(await taken(product, sales(subscription_id=NEW, tenant_id=tenant(4)))) == [RowOutcome.CREATED]
    assert woken(product) == []


async def test_a_dry_run_wakes_nobody(product: FakeProduct) -> None:
    """A dry run tells of the change, leaves the registry as it is, and nobody hears of it."""
    assert outcomes(await taken(product, sales(status="ended"), dry_run=True)) == [RowOutcome.UPDATED]
    assert woken(product) == []
    assert await product.registry.subscription(SALES) == sales()


async def test_subscriptions_are_the_programme_admins(product: FakeProduct) -> None:
    """A reviewer imports no subscriptions."""
    results = import_subscriptions(
        product.services, caller=caller(Role.REVIEWER), rows=[], dry_run=True, now=product.now
    )
    with pytest.raises(RoleMissingError):
        await anext(results)
