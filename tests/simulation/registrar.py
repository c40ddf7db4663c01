"""The registry as it changes: a subscription is extended, or ends sooner, and its holders are woken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shared.usecases.services import Services
from shared.usecases.wake_holders import wake_holders
from tests.simulation.faulty_ports import Worker
from tests.simulation.observer import Body, must
from tests.simulation.people import SOLD, SOLD_TO
from tests.simulation.world import World
from tools.sample_registry import tenant

TRIES = 20


async def change_end(world: World, ends_in: timedelta) -> None:
    """The subscription ends at another time from now on; who imports that repeats it until every holder is woken."""
    registry = world.product.services.registry
    sold = await registry.subscription(SOLD)
    must(sold is not None, "the subscription is gone")
    ends_at = (world.product.now + ends_in).replace(microsecond=0)
    if sold is not None:
        await registry.put_subscriptions([replace(sold, ends_at=ends_at)])

    async def work(services: Services, worker: Worker) -> None:
        await wake_holders(services, tenant(SOLD_TO), [SOLD], now=worker.clock())

    for _ in range(TRIES):
        if (await world.attempt(work))[0] == "done":
            return
    must(condition=False, what="the holders are never woken")


async def check_ends(world: World, bodies: Mapping[str, Body]) -> None:
    """An official claim says until when it is valid, as the registry has it."""
    sold = await world.product.services.registry.subscription(SOLD)
    for body in bodies.values():
        held = [item for item in body["items"] if item["outcome"] == "associated" and item["subscription_id"] == SOLD]
        if held and body["status"] == "Approved" and sold is not None and sold.ends_at is not None:
            must(body["valid_until"], "an official claim does not know when it ends")
            must(datetime.fromisoformat(body["valid_until"]) == sold.ends_at, "a claim does not end when it says")
