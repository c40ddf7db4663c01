"""How many storage requests one claim's whole life takes, from its filing to its approval by silence."""

from dataclasses import dataclass
from datetime import timedelta

from shared.storage.clients import Clients
from tools.bench import stored_claims
from tools.bench.figure import Figure
from tools.bench.ground import Buyer, Ground, Json, ground, total

LIMIT = 75
MANY = 100_000
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
    """Two figures: to the end of the life, and with every recovery message that came to look, too.

    Each is of a life in a product that has hardly a claim, and of one in a product with very many.
    """
    async with ground() as where:
        first, second, withdrawn = await where.buyers(3)
        few = await _lived(where, first)
        await _store_many(where, withdrawn)
        many = await _lived(where, second)
    return [
        _figure(
            "life",
            "storage requests of one claim's whole life, lists up to date, recoveries apart",
            few.prompt,
            many.prompt,
        ),
        _figure(
            "life-and-recoveries",
            "the same with the recovery messages that found nothing to do",
            few.everything,
            many.everything,
        ),
    ]


def _figure(name: str, work: str, few: Json, many: Json) -> Figure:
    return Figure(
        name=name,
        work=f"{work}, with {MANY:,} claims stored",
        measured=f"{total(many)} ({_by_kind(many)}); {total(few)} with one",
        reference="a count",
        ratio=max(total(few), total(many)),
        limit=LIMIT,
        unit="",
    )


async def _store_many(where: Ground, buyer: Buyer) -> None:
    """File a claim and withdraw it, and store very many like it."""
    claim = await where.submit(buyer, buyer.proof())
    claim = await where.until(claim["claimId"], "PendingCustomer")
    await where.withdraw(claim)
    # Its clocks run out, too, and find nothing to do: that must not be counted for another claim's life.
    await where.advance(LONGER_THAN_THE_WINDOW)
    await where.run_timer()
    await where.quiet(delayed=True)
    async with Clients(where.settings) as clients:
        await stored_claims.load(clients, await stored_claims.read(clients, claim["claimId"]), MANY)


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
