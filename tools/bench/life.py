"""How many storage requests one claim's whole life takes, from its filing to its approval by silence."""

from dataclasses import dataclass
from datetime import timedelta

from tools.bench.figure import Figure
from tools.bench.ground import Buyer, Ground, Json, ground, total

LIMIT = 75
LONGER_THAN_THE_WINDOW = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class _Life:
    """Requests by kind: without the messages that came a minute later, and with them."""

    prompt: Json
    everything: Json


def _by_kind(counts: Json) -> str:
    queue = counts["queue"] - counts["emptyPolls"]
    return f"{counts['table']} table, {queue} queue, {counts['blob']} blob"


async def measure() -> list[Figure]:
    """Two figures: to the end of the life, and with every recovery message that came to look, too."""
    async with ground() as where:
        (buyer,) = await where.buyers(1)
        life = await _lived(where, buyer)
    told, everything = total(life.prompt), total(life.everything)
    return [
        Figure(
            name="life",
            work="storage requests of one claim's whole life, lists up to date, recoveries apart",
            measured=f"{told} ({_by_kind(life.prompt)})",
            reference="a count",
            ratio=told,
            limit=LIMIT,
            unit="",
        ),
        Figure(
            name="life-and-recoveries",
            work="the same with the recovery messages that found nothing to do",
            measured=f"{everything} ({_by_kind(life.everything)})",
            reference="a count",
            ratio=everything,
            limit=LIMIT,
            unit="",
        ),
    ]


async def _lived(where: Ground, buyer: Buyer) -> _Life:
    """File the claim, let the customer's window pass in silence, and wait each time until the work is done."""
    proof = buyer.proof()
    await where.quiet(delayed=True)
    await where.calls(anew=True)
    claim = await where.submit(buyer, proof)
    await where.quiet(delayed=False)
    asked = await where.calls()
    await where.quiet(delayed=True)
    first = await where.calls()
    await where.advance(LONGER_THAN_THE_WINDOW)
    await where.run_timer()
    await where.quiet(delayed=False)
    approved = await where.calls()
    await where.quiet(delayed=True)
    last = await where.calls()
    seen = await where.get(f"/api/claims/{claim['claimId']}")
    if seen["status"] != "Approved":
        raise RuntimeError(f"the life did not end as it should: {seen['status']}")
    prompt = {kind: asked[kind] + approved[kind] - first[kind] for kind in asked}
    return _Life(prompt=prompt, everything=last)
