"""How much waits for a reviewer (PROCESS.md, States: UnderReview)."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Status
from shared.usecases.callers import PROGRAMME, Caller
from shared.usecases.records import ListQuery
from shared.usecases.services import Services

COUNTED_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """Claims that wait, those of them that wait too long, and the contested ones.

    With `more`, there are more than were counted, the most urgent first; those overdue are all among them, unless all
    that were counted are.
    """

    waiting: int
    overdue: int
    contested: int
    more: bool


async def count_queue(services: Services, *, caller: Caller, now: datetime) -> QueueCounts:
    """What waits at `now`, the first 200 by urgency."""
    caller.needs(*PROGRAMME)
    query = ListQuery(status=Status.UNDER_REVIEW, top=COUNTED_AT_MOST, urgent_first=True)
    found = await services.lists.page(query)
    return QueueCounts(
        waiting=len(found.items),
        overdue=sum(1 for one in found.items if one.next_deadline is not None and one.next_deadline < now),
        contested=sum(1 for one in found.items if one.contested),
        more=found.continuation is not None,
    )
