"""One page of a list: filters that the service knows are sent, the others are applied to at most five table pages.

The continuation is a place in the list, signed and bound to its partition: a page that was filtered down to nothing
still says where to go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azure.data.tables.aio import TableClient

from shared.domain.claim import ActorKind, Status
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.signing import signed, value_of
from shared.storage import keys, odata
from shared.storage.faults import service_faults
from shared.storage.list_rows import SEARCHED, SUMMARY, split, summary_from
from shared.usecases.records import ClaimSummary, ListPage, ListQuery

TABLE_PAGES_AT_MOST = 5
ROWS_AT_MOST = 1000
_PURPOSE = "cpor.continuation"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to go on: behind a row that was seen, or, after empty pages, where the service said (partition, row)."""

    behind: str | None = None
    service: tuple[str, str] | None = None


async def read_page(table: TableClient, query: ListQuery, *, secret: str) -> ListPage:
    """The page. InvalidClaimError (pointer `/continuation`) for a token that is not ours, or another list's."""
    partition = _partition(query)
    place = _read_token(query.continuation, partition, secret) if query.continuation else None
    found: list[ClaimSummary] = []
    per_page = query.top if not _filters_here(query) else ROWS_AT_MOST
    columns = [*SUMMARY, SEARCHED] if query.q else list(SUMMARY)
    rows = table.query_entities(_conditions(query, partition, place), results_per_page=per_page, select=columns)
    pages: Any = rows.by_page(continuation_token=_service_token(place))
    last = place
    with service_faults():
        for _ in range(TABLE_PAGES_AT_MOST):
            page = await anext(pages, None)
            if page is None:
                return ListPage(items=tuple(found), continuation=None)
            async for entity in page:
                if len(found) == query.top:
                    return ListPage(items=tuple(found), continuation=_token(last, partition, secret))
                last = _Place(behind=str(entity["RowKey"]))
                if _matches(entity, query):
                    found.append(summary_from(entity))
            token: Any = pages.continuation_token
            if not token:
                return ListPage(items=tuple(found), continuation=None)
            if len(found) == query.top:
                break
            if last is place:  # nothing seen yet: only the service's own word tells where to go on
                place = last = _Place(behind=place.behind if place else None, service=_service_place(token))
    return ListPage(items=tuple(found), continuation=_token(last, partition, secret))


def _partition(query: ListQuery) -> str:
    if query.organisation:
        return keys.partner_list(query.organisation)
    return keys.REVIEW_QUEUE if query.urgent_first else keys.status_list(query.status or Status.UNDER_REVIEW)


def _service_token(place: _Place | None) -> Any:
    if place is None or place.service is None:
        return None
    return {"PartitionKey": place.service[0], "RowKey": place.service[1]}


def _service_place(token: Any) -> tuple[str, str]:
    return str(token["PartitionKey"]), str(token["RowKey"])


def _conditions(query: ListQuery, partition: str, place: _Place | None) -> odata.Filter:
    conditions = [odata.partition(partition)]
    if place is not None and place.behind is not None:
        conditions.append(odata.beyond("RowKey", place.behind))
    wanted = (
        ("Status", query.status.value if query.status and query.organisation else None),
        ("MpnId", query.mpn_id),
        ("TenantId", query.tenant_id),
        ("SolutionArea", query.solution_area),
    )
    conditions += [odata.equal(name, value) for name, value in wanted if value is not None]
    if query.contested is not None:
        conditions.append(odata.equal("Contested", query.contested))
    conditions += _due(query, in_queue=partition == keys.REVIEW_QUEUE)
    if query.submitted_from is not None:
        conditions.append(odata.at_least("SubmittedAt", query.submitted_from))
    if query.submitted_to is not None:
        conditions.append(odata.at_most("SubmittedAt", query.submitted_to))
    return odata.every(conditions)


def _due(query: ListQuery, *, in_queue: bool) -> Iterator[odata.Filter]:
    """What a reviewer's time to decide must be: in the queue a range of its keys, elsewhere a column."""
    if in_queue:
        first, behind = keys.QUEUE_ROWS
        yield odata.at_least("RowKey", keys.queue_row(query.due_from) if query.due_from else first)
        yield odata.before("RowKey", keys.queue_row(query.due_before) if query.due_before else behind)
        return
    if query.due_before is not None or query.due_from is not None:
        yield odata.equal("NextActor", ActorKind.REVIEWER.value)
    if query.due_before is not None:
        yield odata.before("NextDeadline", query.due_before)
    if query.due_from is not None:
        yield odata.at_least("NextDeadline", query.due_from)


def _filters_here(query: ListQuery) -> bool:
    return any((query.q, query.activity, query.product_id))


def _matches(entity: Mapping[str, Any], query: ListQuery) -> bool:
    """The filters that the service does not know: a word anywhere, one of several activities or products."""
    if query.q and query.q.strip().casefold() not in str(entity[SEARCHED]):
        return False
    if query.activity and query.activity not in split(entity["Activities"]):
        return False
    return not query.product_id or query.product_id in split(entity["ProductIds"])


def _token(place: _Place | None, partition: str, secret: str) -> str | None:
    if place is None:
        return None
    return signed(secret, purpose=_PURPOSE, value=[partition, place.behind, place.service])


def _read_token(token: str, partition: str, secret: str) -> _Place:
    try:
        named, behind, service = value_of(secret, purpose=_PURPOSE, token=token)
    except (ValueError, TypeError):
        named, behind, service = None, None, None
    if named != partition:
        message = say("This is not a continuation of this list.")
        raise InvalidClaimError((Fault(pointer="/continuation", code="invalid-continuation", message=message),))
    return _Place(behind=behind, service=(service[0], service[1]) if service else None)
