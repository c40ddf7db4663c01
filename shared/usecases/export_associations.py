"""Every official association, item by item, for the programme admin (API.md, Reviewers and program admins)."""

import asyncio
from dataclasses import dataclass

from shared.domain.claim import Claim, Item, Outcome, Status
from shared.usecases.callers import Caller, Role
from shared.usecases.reading import stored_claim
from shared.usecases.records import ListQuery
from shared.usecases.services import Services

_AT_ONCE = 16
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPage:
    """Some official items with their claims; `continuation` null at the end."""

    items: tuple[tuple[Claim, Item], ...]
    continuation: str | None


async def export_associations(
    services: Services, *, caller: Caller, continuation: str | None, top: int
) -> OfficialPage:
    """The official items of at most `top` claims, the newest claims first, as the claims say now. RoleMissingError."""
    caller.needs(Role.PROGRAM_ADMIN)
    query = ListQuery(status=Status.APPROVED, top=min(top, _MOST), continuation=continuation)
    page = await services.lists.page(query)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read(claim_id: str) -> Claim | None:
        async with gate:
            return await stored_claim(services, claim_id)

    claims = await asyncio.gather(*(read(row.claim_id) for row in page.items))
    official = tuple(
        (claim, item)
        for claim in claims
        if claim is not None and claim.status is Status.APPROVED
        for item in claim.items
        if item.outcome is Outcome.ASSOCIATED
    )
    return OfficialPage(items=official, continuation=page.continuation)
