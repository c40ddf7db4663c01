"""The contract of ClaimStore where several write at once."""

import asyncio

from shared.usecases.ports import ClaimStore
from shared.usecases.records import SlotWrite
from tests.contracts.sample_claims import (
    claim,
    filing,
    fresh,
    outcome,
    slot,
    step,
)


async def test_of_two_inserts_one_wins(store: ClaimStore) -> None:
    """Two commits that insert the same claim end as one success and one conflict."""
    stored = claim()
    ends = await asyncio.gather(*(outcome(store, filing(stored)) for _ in range(2)))
    assert sorted(ends) == ["conflict", "done"]


async def test_of_many_steps_from_one_version_one_wins(store: ClaimStore) -> None:
    """Eight commits from the same version end as one success and seven conflicts, with one row of history more."""
    stored = claim()
    await store.commit(filing(stored))
    current = await store.get(stored.claim_id)
    assert current is not None
    commits = [step(current.value, current.version, claim_name=f"by {n}") for n in range(8)]
    ends = await asyncio.gather(*(outcome(store, commit) for commit in commits))
    assert sorted(ends) == ["conflict"] * 7 + ["done"]
    found = await store.get(stored.claim_id)
    assert found is not None
    assert found.value.claim_name == f"by {ends.index('done')}"
    assert [row.operation_id for row in await store.history(stored.claim_id)][1:] == [
        commits[ends.index("done")].operation_id
    ]


async def test_of_many_claims_one_takes_a_new_slot(store: ClaimStore) -> None:
    """Six claims that take the same free slot at once end as one pending claim and five conflicts."""
    tenant_id = fresh()
    rivals = [claim(tenant_id, key=f"rival {n}") for n in range(6)]
    commits = [filing(rival, slots=(SlotWrite(slot=slot(rival), version=None),)) for rival in rivals]
    ends = await asyncio.gather(*(outcome(store, commit) for commit in commits))
    assert sorted(ends) == ["conflict"] * 5 + ["done"]
    stored = await store.slots(tenant_id, ["workload~teams"])
    assert stored["workload~teams"].value == slot(rivals[ends.index("done")])


async def test_of_many_claims_one_takes_a_known_slot(store: ClaimStore) -> None:
    """Claims that take a slot at the same version end as one success; the epoch is the winner's."""
    tenant_id = fresh()
    first = claim(tenant_id)
    await store.commit(filing(first, slots=(SlotWrite(slot=slot(first), version=None),)))
    version = (await store.slots(tenant_id, ["workload~teams"]))["workload~teams"].version
    rivals = [claim(tenant_id, key=f"rival {n}") for n in range(4)]
    ends = await asyncio.gather(
        *(
            outcome(store, filing(rival, slots=(SlotWrite(slot=slot(rival, epoch=2 + n), version=version),)))
            for n, rival in enumerate(rivals)
        )
    )
    assert sorted(ends) == ["conflict"] * 3 + ["done"]
    winner = ends.index("done")
    stored = await store.slots(tenant_id, ["workload~teams"])
    assert stored["workload~teams"].value == slot(rivals[winner], epoch=2 + winner)
