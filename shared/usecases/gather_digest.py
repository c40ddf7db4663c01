"""What a digest tells, from the lists and the claims themselves, with bounds on what is read (PROCESS.md, Mails)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from shared.domain.claim import CheckOutcome, Claim, Status
from shared.domain.deadlines import ClockKind, business_deadline
from shared.domain.mails import MailKind, MailStatus
from shared.domain.reasons import ReasonCode
from shared.usecases.digest_records import (
    Digest,
    DigestKind,
    FailedWork,
    ReviewDigest,
    UndeliveredClaim,
    WaitingClaim,
)
from shared.usecases.reading import stored_claim
from shared.usecases.records import ClaimSummary, ListQuery
from shared.usecases.services import Services

LINES_AT_MOST = 50
"""How many claims a mail lists; for the others there is the queue's page."""
CLAIMS_READ_AT_MOST = 200
PAGES_AT_MOST = 10
ROWS_PER_PAGE = 200
FAILURES_AT_MOST = 20
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


async def gather_digest(services: Services, digest: Digest, *, now: datetime) -> ReviewDigest:
    """What is to be told of the digest's time. Lists may lag: `until` must be a little before `now`."""
    if digest.kind is DigestKind.OVERDUE:
        query = ListQuery(status=Status.UNDER_REVIEW, urgent_first=True, due_before=now, top=ROWS_PER_PAGE)
        waiting, more = await _waiting(services, query, lambda claim: True)
        return ReviewDigest(kind=digest.kind, waiting=waiting, more=more)
    soonest = _soonest_end(services, digest.since) if digest.since else None
    query = ListQuery(status=Status.UNDER_REVIEW, urgent_first=True, due_from=soonest, top=ROWS_PER_PAGE)
    waiting, more = await _waiting(services, query, lambda claim: _is_between(claim.review_since, digest))
    return ReviewDigest(
        kind=digest.kind,
        waiting=waiting,
        more=more,
        undelivered=await _undelivered(services, digest),
        failed=await _failed(services, digest),
    )


def _soonest_end(services: Services, since: datetime) -> datetime:
    """Whatever review began after `since` ends no sooner than one that began just then: few claims have to be read."""
    policy = services.policy
    return business_deadline(
        kind=ClockKind.REVIEW,
        starts_at=since,
        business_days=policy.review_business_days,
        country=policy.country,
        zone=policy.zone,
    ).deadline_at


async def _waiting(
    services: Services, query: ListQuery, is_it: Callable[[Claim], bool]
) -> tuple[tuple[WaitingClaim, ...], bool]:
    """The queue's claims that are such, the most urgent first, and whether there may be more than were looked at."""
    found: list[WaitingClaim] = []
    read = 0
    for _ in range(PAGES_AT_MOST):
        page = await services.lists.page(query)
        for summary in page.items:
            if len(found) == LINES_AT_MOST or read == CLAIMS_READ_AT_MOST:
                return tuple(found), True
            read += 1
            claim = await _still_waiting(services, summary)
            if claim is not None and is_it(claim):
                found.append(await _line(services, claim))
        if page.continuation is None:
            return tuple(found), False
        query = replace(query, continuation=page.continuation)
    return tuple(found), True


async def _still_waiting(services: Services, summary: ClaimSummary) -> Claim | None:
    """The claim, unless it has moved on since it was listed."""
    current = await services.claims.get(summary.claim_id)
    return current.value if current is not None and current.value.status is Status.UNDER_REVIEW else None


def _is_between(at: datetime | None, digest: Digest) -> bool:
    """Whether it is of the digest's time; what has no time is told once, in the first digest."""
    if at is None:
        return digest.since is None
    return (digest.since is None or at > digest.since) and at <= digest.until


async def _line(services: Services, claim: Claim) -> WaitingClaim:
    receipt = claim.clocks.get(ClockKind.REVIEW.value)
    codes = (check.code for check in claim.checks if check.result is not CheckOutcome.PASS)
    return WaitingClaim(
        claim_id=claim.claim_id,
        number=claim.number,
        partner_name=await _partner_name(services, claim),
        why=tuple(dict.fromkeys(codes)),
        disputed=claim.disputed,
        deadline=receipt.deadline_at if receipt else None,
    )


async def _partner_name(services: Services, claim: Claim) -> str:
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    return location.organisation_name if location else claim.mpn_id


async def _undelivered(services: Services, digest: Digest) -> tuple[UndeliveredClaim, ...]:
    """Associations that ended because the notice bounced after approval by silence."""
    failures = await services.mail_failures.noted(
        since=digest.since or _FIRST_DAY, until=digest.until, kind=MailKind.ASSOCIATION_REQUEST, top=FAILURES_AT_MOST
    )
    found: dict[str, UndeliveredClaim] = {}
    for failure in failures:
        current = await services.claims.get(failure.claim_id)
        if failure.status is not MailStatus.BOUNCED or current is None:
            continue
        claim = current.value
        if claim.status is Status.ENDED and ReasonCode.NOTICE_NOT_DELIVERED.value in claim.reasons:
            found[claim.claim_id] = UndeliveredClaim(
                claim_id=claim.claim_id, number=claim.number, partner_name=await _partner_name(services, claim)
            )
    return tuple(found.values())


async def _failed(services: Services, digest: Digest) -> tuple[FailedWork, ...]:
    """Messages that failed for good and wait for somebody."""
    since = digest.since or _FIRST_DAY
    page = await services.dead_letters.page(
        since=since, until=digest.until, top=FAILURES_AT_MOST, open_only=True, behind=None
    )
    found: list[FailedWork] = []
    for letter in page.items:
        if _is_between(letter.at, digest):
            claim = await _named(services, letter.claim_id)
            found.append(
                FailedWork(
                    queue=letter.queue,
                    at=letter.at,
                    claim_id=claim.claim_id if claim else None,
                    number=claim.number if claim else None,
                )
            )
    return tuple(found)


async def _named(services: Services, claim_id: str | None) -> Claim | None:
    return await stored_claim(services, claim_id) if claim_id else None
