"""What is counted for operators, in memory."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from shared.domain.claim import Status
from shared.domain.mails import MailKind
from shared.storage import keys
from shared.usecases.metrics_records import ClaimFigures, ClaimFiguresPage, MailFailure, Metrics
from tests.fakes.claim_lists import FakeClaimLists


class FakeMetricsStore:
    """The MetricsStore in memory."""

    def __init__(self) -> None:
        self.days: dict[str, Metrics] = {}

    async def save(self, metrics: Metrics) -> None:
        """Keep the look as its day's, unless a newer one is there."""
        await asyncio.sleep(0)
        day = keys.newest_day_first(metrics.as_of)
        if day not in self.days or self.days[day].as_of <= metrics.as_of:
            self.days[day] = metrics

    async def newest(self) -> Metrics | None:
        """The latest look."""
        return next(iter(await self.daily(top=1)), None)

    async def daily(self, *, top: int) -> tuple[Metrics, ...]:
        """The last look of each day, newest first."""
        await asyncio.sleep(0)
        return tuple(self.days[day] for day in sorted(self.days)[:top])


class FakeListFigures:
    """The ListFigures over the lists in memory, with pages so small that their ends are met in tests."""

    def __init__(self, lists: FakeClaimLists, *, page_rows: int = 2) -> None:
        self._lists, self._page_rows = lists, page_rows

    async def page(self, status: Status, *, behind: str | None) -> ClaimFiguresPage:
        """Some claims in that status."""
        await asyncio.sleep(0)
        listed = [row.value for row in self._lists.rows.partition(keys.status_list(status))]
        left = [one for one in listed if behind is None or one.row > behind]
        shown = left[: self._page_rows]
        return ClaimFiguresPage(
            items=tuple(
                ClaimFigures(
                    submitted_at=one.summary.submitted_at,
                    next_deadline=one.summary.next_deadline,
                    contested=one.summary.contested,
                    stages=one.summary.stages,
                )
                for one in shown
            ),
            behind=shown[-1].row if len(left) > len(shown) else None,
        )


class FakeMailFailures:
    """The MailFailures in memory."""

    def __init__(self) -> None:
        self.failures: dict[tuple[str, str], MailFailure] = {}

    async def note(self, failure: MailFailure) -> None:
        """Note it."""
        await asyncio.sleep(0)
        self.failures[keys.day(failure.at), keys.checked(failure.operation_id)] = failure

    async def count(self, *, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many of each status on those days."""
        await asyncio.sleep(0)
        days = (keys.day(since), keys.day(until))
        return dict(Counter(one.status.value for (day, _), one in self.failures.items() if days[0] <= day <= days[1]))

    async def noted(self, *, since: datetime, until: datetime, kind: MailKind, top: int) -> tuple[MailFailure, ...]:
        """Those of that kind and time, oldest day first."""
        await asyncio.sleep(0)
        found = [one for _, one in sorted(self.failures.items()) if one.kind is kind and since < one.at <= until]
        return tuple(found[:top])


class FakeWalkPlaces:
    """The WalkPlaces in memory."""

    def __init__(self) -> None:
        self.places: dict[str, str | None] = {}

    async def get(self, walk: str) -> str | None:
        """The place."""
        await asyncio.sleep(0)
        return self.places.get(walk)

    async def put(self, walk: str, place: str | None) -> None:
        """Remember the place."""
        await asyncio.sleep(0)
        self.places[keys.checked(walk)] = place
