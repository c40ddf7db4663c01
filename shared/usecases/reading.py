"""Reading a claim, its history and its lists, as far as the caller may know of them."""

from dataclasses import replace

from shared.domain.claim import Claim
from shared.domain.history import HistoryRow
from shared.domain.identifiers import InvalidIdentifierError, tenant_of
from shared.usecases.callers import PARTNERS, PROGRAMME, Caller, check_may_see
from shared.usecases.proof_scans import with_scans
from shared.usecases.records import ListPage, ListQuery
from shared.usecases.services import Services


async def stored_claim(services: Services, claim_id: str) -> Claim | None:
    """The claim, or null for one that is not there; an ID that cannot be one is simply not there."""
    try:
        tenant_of(claim_id)
    except InvalidIdentifierError:
        return None
    found = await services.claims.get(claim_id)
    return found.value if found else None


async def read_claim(services: Services, *, caller: Caller, claim_id: str, for_its_files: bool = False) -> Claim:
    """The claim, its proofs with the scan's latest word. NotFoundError where it is none, or not the caller's.

    `for_its_files` asks for that word even where scanning is switched off.
    """
    claim = check_may_see(await stored_claim(services, claim_id), caller)
    return await with_scans(services, claim, always=for_its_files)


async def read_history(services: Services, *, caller: Caller, claim_id: str) -> tuple[HistoryRow, ...]:
    """The claim's history rows, oldest first. NotFoundError as for the claim."""
    await read_claim(services, caller=caller, claim_id=claim_id)
    return await services.claims.history(claim_id)


async def list_claims(services: Services, *, caller: Caller, query: ListQuery) -> ListPage:
    """One page of the caller's organisation's claims, newest first."""
    caller.needs(*PARTNERS)
    return await services.lists.page(replace(query, organisation=caller.organisation))


async def list_for_review(services: Services, *, caller: Caller, query: ListQuery) -> ListPage:
    """One page of all claims in the query's status, newest first or by urgency, as the query says."""
    caller.needs(*PROGRAMME)
    return await services.lists.page(replace(query, organisation=None))
