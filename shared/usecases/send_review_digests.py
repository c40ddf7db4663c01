"""The reviewers' mailbox: what is new in the queue and what is overdue, once a business day each (PROCESS.md, Mails).

A ledger row per kind and day decides who sends, by compare-and-swap, as the claims' mails do. What a crash leaves:
- before the row is taken: nothing, the next hour's run takes it;
- while it is Sending: a lease that runs out, after which it is sent again under the same operation ID: at most one
  duplicate per crash, and never a day whose news nobody is told, for the next row goes on where the last told ended.
"""

import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.deadlines import is_business_day
from shared.domain.errors import DomainError
from shared.usecases.digest_records import TOLD, Digest, DigestKind, DigestStatus
from shared.usecases.gather_digest import gather_digest
from shared.usecases.records import (
    ConflictError,
    MailRefusedError,
    MailThrottledError,
    ServiceUnavailableError,
    Versioned,
)
from shared.usecases.services import Services

FROM, UNTIL = time(7), time(18)
"""Local time of the policy's zone: in the morning, or later the same day where the app was down."""
LISTS_SETTLE = timedelta(minutes=10)
SENDING_LEASE = timedelta(minutes=40)
"""Ten minutes for the work, and the half hour by which the clocks of two workers may differ."""
_OPERATIONS = uuid.UUID("2f4a5d0e-8d0b-4b3c-8f43-6c1b0a6f9d11")


async def send_review_digests(services: Services, *, now: datetime) -> tuple[DigestKind, ...]:
    """Send the digests that are due and have something to tell; gives those that were sent.

    One that fails holds up no other; the first failure is raised at the end.
    """
    local = now.astimezone(ZoneInfo(services.policy.zone))
    if not (is_business_day(local.date(), services.policy.country) and FROM <= local.time() < UNTIL):
        return ()
    sent: list[DigestKind] = []
    failures: list[DomainError] = []
    for kind in DigestKind:
        try:
            if await _send(services, kind, local.date(), now=now):
                sent.append(kind)
        except DomainError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
    return tuple(sent)


async def _send(services: Services, kind: DigestKind, day: date, *, now: datetime) -> bool:
    taken = await _take(services, kind, day, now=now)
    if taken is None:
        return False
    digest = taken.value
    try:
        told = await gather_digest(services, digest, now=now)
        if told.is_empty:
            await _settle(services, taken, replace(digest, status=DigestStatus.NOTHING))
            return False
        mail = services.digest_renderer.render(told)
        await services.sender.send(mail, operation_id=digest.operation_id)
    except MailRefusedError as error:
        await _settle(services, taken, replace(digest, status=DigestStatus.FAILED, failure=error.code))
        raise
    except (MailThrottledError, ServiceUnavailableError):
        await _settle(services, taken, replace(digest, status=DigestStatus.PENDING))
        raise
    await _settle(services, taken, replace(digest, status=DigestStatus.SENT, sent_at=services.clock()))
    return True


async def _take(services: Services, kind: DigestKind, day: date, *, now: datetime) -> Versioned[Digest] | None:
    """The day's row, now ours to send; null where it is done, or somebody else's at this moment."""
    newest = await services.digests.newest(kind)
    row = _next(newest.value if newest else None, kind, day, now=now)
    if row is None:
        return None
    is_same_day = newest is not None and newest.value.day == day
    try:
        version = await services.digests.save(row, newest.version if newest and is_same_day else None)
    except ConflictError:
        return None
    return Versioned(value=row, version=version)


def _next(newest: Digest | None, kind: DigestKind, day: date, *, now: datetime) -> Digest | None:
    """The row to take, null where the day's is done or being sent; what the last one did not tell is taken along."""
    until = now - LISTS_SETTLE
    if newest is not None and newest.day > day:
        return None
    if newest is not None and newest.day == day:
        is_leased = newest.status is DigestStatus.SENDING and now < newest.updated_at + SENDING_LEASE
        if is_leased or newest.status not in {DigestStatus.PENDING, DigestStatus.SENDING}:
            return None
        return replace(newest, status=DigestStatus.SENDING, until=until, updated_at=now)
    since = None
    if newest is not None:
        since = newest.until if newest.status in TOLD else newest.since
    return Digest(
        kind=kind,
        day=day,
        since=since,
        until=until,
        status=DigestStatus.SENDING,
        operation_id=str(uuid.uuid5(_OPERATIONS, f"{kind.value}:{day.isoformat()}")),
        updated_at=now,
    )


async def _settle(services: Services, taken: Versioned[Digest], digest: Digest) -> None:
    """Save the row, unless somebody took it over after our lease."""
    try:
        await services.digests.save(digest, taken.version)
    except ConflictError:
        return
