"""A customer's usage, for the partner of the official item and nobody else (PROCESS.md, After approval: Usage).

The claim itself decides, not a list: a partner who lost the item is shown nothing from that moment on. Every month that
is known is shown, those before the approval too: growth is counted from where it began.
"""

import asyncio

from shared.domain.catalogue import Activity
from shared.domain.claim import Claim, Outcome, Status
from shared.domain.sayings import say
from shared.domain.usage import MarkedUsage, marked
from shared.usecases.callers import Caller, NotFoundError, check_may_see
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services


async def read_usage(
    services: Services,
    *,
    caller: Caller,
    claim_id: str,
    product_id: str | None,
    first: str | None,
    last: str | None,
) -> tuple[MarkedUsage, ...]:
    """The months of the claim's official products (or of the one named) from `first` to `last` (`YYYY-MM`), with marks.

    NotFoundError where the claim is none or not the caller's, is not official, has no official item of that product, or
    is a revenue association, which shows no usage.
    """
    claim = check_may_see(await stored_claim(services, claim_id), caller)
    things = _official(claim, product_id)
    if claim.status is not Status.APPROVED or not things:
        raise NotFoundError(say("There is no official association that shows this usage."))
    months = await asyncio.gather(
        *(
            services.usage.of_product(claim.customer.tenant_id, product, subscription)
            for product, subscription in things
        )
    )
    every = marked(month for own in months for month in own)
    return tuple(one for one in every if (first or "") <= one.usage.month <= (last or "9999-12"))


def _official(claim: Claim, product_id: str | None) -> tuple[tuple[str, str | None], ...]:
    """Product and subscription of the items that are official and show usage, each once."""
    found = {
        (item.product_id, _held_by(item.resource, item.subscription_id)): None
        for item in claim.items
        if item.outcome is Outcome.ASSOCIATED and item.product_id and item.activity != Activity.REVENUE
    }
    return tuple(thing for thing in found if product_id in {None, thing[0]})


def _held_by(resource: str | None, subscription_id: str | None) -> str | None:
    """The subscription that the usage is counted by; null for a workload, whatever subscription the claim names."""
    return None if resource and resource.startswith("workload") else subscription_id
