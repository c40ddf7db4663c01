"""The lists in memory, with pages so small that their ends are met in tests."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.domain.claim import ActorKind, Claim, Status
from shared.domain.errors import Fault, InvalidClaimError
from shared.storage import keys
from shared.storage.list_pages import TABLE_PAGES_AT_MOST
from shared.usecases.records import ClaimSummary, ListPage, ListQuery
from shared.usecases.summaries import summary_of
from tests.fakes.rows import FakeRows


@dataclass(frozen=True)
class ListedClaim:
    """A claim's row in one list."""

    row: str
    summary: ClaimSummary
    history_seq: int


class FakeClaimLists:
    """The ClaimLists in memory. `page_rows` is how many rows one table page holds."""

    def __init__(self, *, page_rows: int = 1000) -> None:
        self.rows: FakeRows[ListedClaim] = FakeRows()
        self._page_rows = page_rows

    async def project(self, claim: Claim, *, thorough: bool, first: bool = False) -> bool:
        """Write the claim's rows, unless newer ones are there."""
        await asyncio.sleep(0)
        row, partner = keys.list_row(claim.created_at, claim.claim_id), keys.partner_list(claim.organisation)
        listed = ListedClaim(row=row, summary=summary_of(claim), history_seq=claim.history_seq)
        stored = self.rows.get(partner, row)
        newer = stored is not None and stored.value.history_seq > claim.history_seq
        standing = stored.value.summary.status if stored is not None and newer else claim.status
        stale = {*claim.visited, claim.status} if thorough else {claim.status}
        if stored is not None:
            stale.add(stored.value.summary.status)
        for status in stale - {standing}:
            self.rows.delete(keys.status_list(status), row)
        if not newer:
            self.rows.put(keys.status_list(claim.status), row, listed)
            self.rows.put(partner, row, listed)
            self._queue(claim, listed)
        return True

    def _queue(self, claim: Claim, listed: ListedClaim | None) -> None:
        """Where the claim waits for a reviewer, and nowhere else."""
        for stored in self.rows.partition(keys.REVIEW_QUEUE):
            if stored.value.summary.claim_id == claim.claim_id:
                self.rows.delete(keys.REVIEW_QUEUE, stored.value.row)
        if listed is not None and claim.status is Status.UNDER_REVIEW:
            row = keys.queue_row(listed.summary.next_deadline or claim.updated_at, claim.claim_id)
            self.rows.put(keys.REVIEW_QUEUE, row, replace(listed, row=row))

    async def remove(self, claim: Claim) -> None:
        """Clear the claim from every list."""
        await asyncio.sleep(0)
        row = keys.list_row(claim.created_at, claim.claim_id)
        lists = [keys.status_list(status) for status in (claim.status, *claim.visited)]
        for name in (*lists, keys.partner_list(claim.organisation)):
            self.rows.delete(name, row)
        self._queue(claim, None)

    async def page(self, query: ListQuery) -> ListPage:
        """One page; at most five table pages are read."""
        await asyncio.sleep(0)
        partition = (
            keys.partner_list(query.organisation)
            if query.organisation
            else keys.REVIEW_QUEUE
            if query.urgent_first
            else keys.status_list(query.status or Status.UNDER_REVIEW)
        )
        behind = _read_token(query.continuation, partition) if query.continuation else ""
        rows = [row.value for row in self.rows.partition(partition) if row.value.row > behind]
        found: list[ClaimSummary] = []
        for number, listed in enumerate(rows):
            if len(found) == query.top or number == TABLE_PAGES_AT_MOST * self._page_rows:
                return ListPage(items=tuple(found), continuation=f"{partition}|{rows[number - 1].row}")
            if all(_conditions(listed.summary, query)):
                found.append(listed.summary)
        return ListPage(items=tuple(found), continuation=None)


def _read_token(token: str, partition: str) -> str:
    named, _, behind = token.rpartition("|")
    if named != partition:
        message = "This is not a continuation of this list."
        raise InvalidClaimError((Fault(pointer="/continuation", code="invalid-continuation", message=message),))
    return behind


def _conditions(summary: ClaimSummary, query: ListQuery) -> Iterator[bool]:
    for wanted, value in (
        (query.status, summary.status),
        (query.mpn_id, summary.mpn_id),
        (query.tenant_id, summary.tenant_id),
        (query.solution_area, summary.solution_area),
    ):
        yield wanted is None or wanted == value
    yield not query.activity or query.activity in summary.activities
    yield not query.product_id or query.product_id in summary.product_ids
    yield query.contested is None or query.contested == summary.contested
    due_at = summary.next_deadline if summary.next_actor == ActorKind.REVIEWER else None
    yield query.due_before is None or (due_at is not None and due_at < query.due_before)
    yield query.due_from is None or (due_at is not None and due_at >= query.due_from)
    filed = summary.submitted_at
    yield query.submitted_from is None or (filed is not None and filed >= query.submitted_from)
    yield query.submitted_to is None or (filed is not None and filed <= query.submitted_to)
    searched = (summary.number, summary.claim_name, summary.domain, summary.customer_name)
    text = " ".join(part.casefold() for part in searched if part)
    yield not query.q or query.q.strip().casefold() in text
