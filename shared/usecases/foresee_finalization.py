"""What would be finalized, and why (API.md, Reviewers and program admins)."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Claim
from shared.usecases.callers import Caller, Role
from shared.usecases.deadline_work import AT_ONCE
from shared.usecases.due_plans import DuePlan, plan_due
from shared.usecases.records import DeadlineRow
from shared.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenRow:
    """One due row and what it leads to; `claim` is null where it is gone."""

    row: DeadlineRow
    claim: Claim | None
    plan: DuePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Some due rows, oldest hour first; `behind` is the row to go on from, null at the end."""

    rows: tuple[ForeseenRow, ...]
    behind: DeadlineRow | None


async def foresee_finalization(
    services: Services, *, caller: Caller, as_of: datetime, top: int, behind: DeadlineRow | None
) -> Foreseen:
    """What a run at `as_of` would do with the claims as they are now; nothing is written.

    The decision is the handler's own (`plan_due`), so that the two never differ.
    """
    caller.needs(Role.PROGRAM_ADMIN)
    page = await services.deadlines.page(as_of, top=top, behind=behind)
    gate = asyncio.Semaphore(AT_ONCE)

    async def foresee(row: DeadlineRow) -> ForeseenRow:
        async with gate:
            stored = await services.claims.get(row.claim_id)
        claim = stored.value if stored else None
        return ForeseenRow(row=row, claim=claim, plan=plan_due(row, claim, now=as_of))

    return Foreseen(rows=tuple(await asyncio.gather(*map(foresee, page.rows))), behind=page.behind)
