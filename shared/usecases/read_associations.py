"""What is official for a partner's organisation (API.md, GET /api/associations)."""

import asyncio

from shared.domain.claim import Claim, Status
from shared.usecases.callers import Caller, Role
from shared.usecases.reading import stored_claim
from shared.usecases.records import ListQuery
from shared.usecases.services import Services

_AT_ONCE = 16


async def read_associations(
    services: Services, *, caller: Caller, top: int, continuation: str | None
) -> tuple[tuple[Claim, ...], str | None]:
    """The organisation's official claims, newest first, as they are now, and where to go on.

    The list says which they are; each claim is then read, for only it knows its items. RoleMissingError.
    """
    caller.needs(Role.PARTNER_ADMIN, Role.PARTNER_USER)
    query = ListQuery(organisation=caller.organisation, status=Status.APPROVED, top=top, continuation=continuation)
    page = await services.lists.page(query)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read(claim_id: str) -> Claim | None:
        async with gate:
            return await stored_claim(services, claim_id)

    claims = await asyncio.gather(*(read(row.claim_id) for row in page.items))
    return tuple(one for one in claims if one is not None and one.status is Status.APPROVED), page.continuation
