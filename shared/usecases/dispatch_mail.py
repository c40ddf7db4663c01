"""One mail of the ledger, from Pending to a final state (PROCESS.md, Mails; STORAGE.md, the send ledger).

Pending → Sending (compare-and-swap: one worker sends) → Sent. What a crash leaves:
- before Sending: a Pending row, sent by the next message;
- after Sending, before or after the provider took it: a Sending row that stands still for a whole lease and is then
  sent again under the same operation ID: at most one duplicate per crash, never a loss. Who waits for that does not
  compare clocks (`carry_out_effects`): workers' clocks may differ by more than the lease.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded
from shared.domain.clocks import clocks_for
from shared.domain.deadlines import ClockKind
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.history import SYSTEM
from shared.domain.mails import MAILS, Audience, MailIntent, MailKind, MailStatus
from shared.domain.reasons import ReasonCode
from shared.domain.registry import RegisteredCustomer
from shared.domain.sayings import say
from shared.usecases.metrics_records import MailFailure
from shared.usecases.records import (
    ConflictError,
    MailOperation,
    MailRefusedError,
    MailThrottledError,
    MailWrite,
    ServiceUnavailableError,
    Versioned,
)
from shared.usecases.services import Services
from shared.usecases.transition import CAS_TRIES, carry_out
from shared.usecases.work_queue import Kept

SENDING_LEASE = timedelta(minutes=2)
SETTLING = timedelta(seconds=15)
SETTLING_EVENTS = {
    MailKind.ASSOCIATION_REQUEST: EventKind.NOTICE_ACCEPTED,
    MailKind.LEGACY_DRAFT: EventKind.DRAFT_TOLD,
}
"""The mails whose acceptance starts a clock, with the event that does it."""
UNKNOWN = "unknown"
"""The failure of a send whose end nobody saw: the provider may have taken the mail."""


async def dispatch_mail(
    services: Services,
    stored: Versioned[MailIntent],
    *,
    read: Versioned[Claim] | None = None,
    kept: Kept | None = None,
    now: datetime,
) -> timedelta | None:
    """Send the mail if it still makes sense. Gives how long to wait where it cannot be sent yet, else null.

    A row that is Sending is taken over: call only once its sender's lease is over. `read` is the claim where it was
    read a moment ago, and for this; `kept` as for `carry_out`.

    Raises ServiceUnavailableError where the provider does not answer; the row is Pending again by then.
    """
    current = read or await services.claims.get(stored.value.claim_id)
    if current is None:
        return None
    wait = await _wait(services, stored.value, now=now)
    if wait is not None:
        return wait
    claim = current.value
    if not await _makes_sense(services, claim, stored.value):
        failure = UNKNOWN if stored.value.status is MailStatus.SENDING else stored.value.failure
        cancelled = replace(stored.value, status=MailStatus.CANCELLED, failure=failure, updated_at=now)
        await _save(services, stored, cancelled)
        return None
    registered = None
    if stored.value.kind in SETTLING_EVENTS:
        registered = await services.registry.customer(claim.customer.tenant_id)
    sending = replace(
        stored.value,
        status=MailStatus.SENDING,
        attempts=stored.value.attempts + 1,
        updated_at=now,
        detail=_detail(services, claim, stored.value, registered),
    )
    try:
        taken = Versioned(value=sending, version=await services.claims.save_mail(sending, stored.version))
    except ConflictError:
        return SETTLING
    return await _send(services, current, taken, registered, kept, now=now)


async def _wait(services: Services, mail: MailIntent, *, now: datetime) -> timedelta | None:
    """How long until this row may be touched: the provider asked to wait, or it is open whether there was a request."""
    if mail.not_before and now < mail.not_before:
        return mail.not_before - now
    if MAILS[mail.kind].needs_customer_told and await _request(services, mail.claim_id) == "unsettled":
        return SETTLING
    return None


async def _makes_sense(services: Services, claim: Claim, mail: MailIntent) -> bool:
    """State and round are read again right before sending; a draft may name nobody to write to yet."""
    spec = MAILS[mail.kind]
    contact = claim.customer_contact if spec.audience is Audience.CUSTOMER else claim.partner_contact
    if contact is None:
        return False
    if spec.valid_in is not None and (claim.status not in spec.valid_in or claim.round != mail.round):
        return False
    return not spec.needs_customer_told or await _request(services, mail.claim_id) == "told"


async def _request(services: Services, claim_id: str) -> str:
    """Whether the customer may have been told: "told", "unsettled" while a request is being sent, or "never"."""
    requests = [
        stored.value
        for stored in await services.claims.mails(claim_id)
        if stored.value.kind is MailKind.ASSOCIATION_REQUEST
    ]
    if any(mail.status is MailStatus.SENT or mail.failure == UNKNOWN for mail in requests):
        return "told"
    return "unsettled" if any(mail.outstanding for mail in requests) else "never"


def _detail(
    services: Services, claim: Claim, mail: MailIntent, registered: RegisteredCustomer | None
) -> dict[str, object] | None:
    """What the request says of its own deadline: the window as it will be if the provider accepts now."""
    if mail.kind is not MailKind.ASSOCIATION_REQUEST:
        return dict(mail.detail) if mail.detail else None
    receipt = clocks_for(claim, registered, services.policy)(ClockKind.OPT_OUT, services.clock())
    return {"deadline": receipt.deadline_at.isoformat(), "zone": receipt.zone}


async def _send(
    services: Services,
    read: Versioned[Claim],
    taken: Versioned[MailIntent],
    registered: RegisteredCustomer | None,
    kept: Kept | None,
    *,
    now: datetime,
) -> timedelta | None:
    claim, mail = read.value, taken.value
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    rendered = services.renderer.render(
        mail, claim, partner_name=location.organisation_name if location else claim.mpn_id
    )
    await services.operations.put(_operation(mail, mail.operation_id))
    try:
        operation_id = await services.sender.send(rendered, operation_id=mail.operation_id)
    except MailThrottledError as error:
        later = now + error.retry_after
        await _save(services, taken, replace(mail, status=MailStatus.PENDING, not_before=later, updated_at=now))
        return error.retry_after
    except MailRefusedError as error:
        await _refused(services, taken, error.code, kept, now=now)
        return None
    except ServiceUnavailableError:
        again = replace(mail, status=MailStatus.PENDING, failure=UNKNOWN, updated_at=now)
        await _save(services, taken, again)
        raise
    accepted_at = services.clock()
    if operation_id != mail.operation_id:
        await services.operations.put(_operation(mail, operation_id))
    await _accepted(services, read, taken, registered, kept, accepted_at=accepted_at)
    return None


def _operation(mail: MailIntent, operation_id: str) -> MailOperation:
    return MailOperation(operation_id=operation_id, claim_id=mail.claim_id, kind=mail.kind, round=mail.round, n=mail.n)


async def _accepted(
    services: Services,
    read: Versioned[Claim],
    taken: Versioned[MailIntent],
    registered: RegisteredCustomer | None,
    kept: Kept | None,
    *,
    accepted_at: datetime,
) -> None:
    """Record the acceptance; for the request, in the transaction that starts the customer's window.

    Where the claim has moved on meanwhile (withdrawn, answered, a new round), the acceptance starts no clock.
    """
    sent = replace(taken.value, status=MailStatus.SENT, failure=None, sent_at=accepted_at, updated_at=accepted_at)
    event = Event(
        kind=SETTLING_EVENTS.get(sent.kind, EventKind.NOTICE_ACCEPTED),
        actor=SYSTEM,
        at=accepted_at,
        detail={"mail": sent.operation_id},
    )
    await settle_with(services, taken, sent, event, registered=registered, now=accepted_at, read=read, kept=kept)


async def _refused(
    services: Services, taken: Versioned[MailIntent], failure: str, kept: Kept | None, *, now: datetime
) -> None:
    """Record a refusal for good; a refused request was no notice, and the partner must name another contact."""
    failed = replace(taken.value, status=MailStatus.FAILED, failure=failure, updated_at=now)
    await services.mail_failures.note(mail_failure(failed, at=now))
    event = Event(
        kind=EventKind.NOTICE_UNDELIVERED,
        actor=SYSTEM,
        reasons=(ReasonCode.CONTACT_UNREACHABLE,),
        detail={"mail": failed.operation_id, "status": failure},
    )
    await settle_with(services, taken, failed, event, registered=None, now=now, kept=kept)


def mail_failure(mail: MailIntent, *, at: datetime) -> MailFailure:
    """What operators count; noted before the ledger says so, for one that is noted twice is noted once."""
    return MailFailure(
        operation_id=mail.operation_id, claim_id=mail.claim_id, kind=mail.kind, status=mail.status, at=at
    )


async def settle_with(
    services: Services,
    taken: Versioned[MailIntent],
    settled: MailIntent,
    event: Event,
    *,
    registered: RegisteredCustomer | None,
    now: datetime,
    read: Versioned[Claim] | None = None,
    kept: Kept | None = None,
) -> None:
    """Save the ledger row; for a request of the round that runs, together with the event that it causes.

    Where the claim does not take the event any more, the row alone is saved. `read` is the claim as it was before the
    mail was sent: should it have moved on meanwhile, the commit is refused and it is read again.
    """
    if taken.value.kind not in SETTLING_EVENTS:
        await _save(services, taken, settled)
        return
    for _ in range(CAS_TRIES):
        current, read = read or await services.claims.get(taken.value.claim_id), None
        if current is None or current.value.round != taken.value.round or not _takes(current.value, event, now):
            await _save(services, taken, settled)
            return
        write = MailWrite(mail=settled, version=taken.version)
        try:
            await carry_out(services, current, event, now=now, mails=(write,), registered=registered, kept=kept)
        except ConflictError:
            row = await services.claims.mail(taken.value.claim_id, taken.value.kind, taken.value.round, taken.value.n)
            if row is None or row.version != taken.version:
                return
            continue
        return
    raise ConflictError(say("The claim is being changed by others at this moment."))


def _takes(claim: Claim, event: Event, now: datetime) -> bool:
    try:
        guarded(claim, event, now=now)
    except ForbiddenTransitionError:
        return False
    return claim.status is Status.PENDING_CUSTOMER or event.kind is not EventKind.NOTICE_ACCEPTED


async def _save(services: Services, stored: Versioned[MailIntent], mail: MailIntent) -> None:
    """Save the row unless somebody else settled it meanwhile (a delivery report, or a worker after our lease)."""
    try:
        await services.claims.save_mail(mail, stored.version)
    except ConflictError:
        return
