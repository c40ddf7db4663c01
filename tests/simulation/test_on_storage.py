"""A schedule of the simulation on the real adapters and their emulator: the fakes promise nothing that these do not."""

import random

from shared.storage.clients import Clients
from shared.storage.provision import provision
from tests.contracts.conftest import settings_for
from tests.simulation.cases import FULL
from tests.simulation.faulty_ports import FaultPlan
from tests.simulation.schedules import live
from tests.simulation.stored_world import StoredWorld
from tools.embedded import Azurite

SEED = 11
ROUNDS = 60 if FULL else 6


async def test_a_schedule_on_the_real_storage_keeps_every_promise() -> None:
    """Faults, races and skewed clocks above the real tables and blobs; its raw rows keep what those of the fakes do."""
    with Azurite() as emulator:
        settings = settings_for(emulator.connection_string)
        await provision(settings)
        async with Clients(settings) as clients:
            rng = random.Random(SEED)
            plan = FaultPlan(random.Random(SEED), chance=0.03)
            world = await StoredWorld(settings, clients, plan, rng).begin()
            done = await live(world, rng, rounds=ROUNDS, times=2)
    print(f"on storage: {done.steps} steps, {len(done.calls)} calls, {done.faults} faults, {done.rests}, 0 broken")
    assert done.steps >= ROUNDS
    assert done.faults > 0
