"""The provider's delivery reports: silence is consent only where notice was given (PROCESS.md, Clocks)."""

from dataclasses import replace
from datetime import datetime

from shared.domain.claim import ApprovalGround, Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.history import SYSTEM
from shared.domain.mails import MailKind, MailStatus
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.dispatch_mail import mail_failure
from shared.usecases.records import ConflictError, DeliveryReport, MailWrite
from shared.usecases.services import Services
from shared.usecases.transition import CAS_TRIES, carry_out

UNDELIVERED = frozenset({"Bounced", "Failed", "Suppressed", "Quarantined", "FilteredSpam"})


async def record_delivery(services: Services, *, report: DeliveryReport, now: datetime) -> None:
    """Record a failed delivery, and for the request of the round that runs, void the customer's clock with it.

    Good news and reports on mails that are not ours change nothing. The ledger row and the claim move in one
    transaction, so that a crash leaves the report's message to be delivered again.
    """
    if report.status not in UNDELIVERED:
        return
    operation = await services.operations.find(report.operation_id)
    if operation is None:
        return
    for _ in range(CAS_TRIES):
        stored = await services.claims.mail(operation.claim_id, operation.kind, operation.round, operation.n)
        current = await services.claims.get(operation.claim_id)
        if stored is None or current is None or stored.value.status is MailStatus.BOUNCED:
            return
        bounced = replace(
            stored.value, status=MailStatus.BOUNCED, failure=report.status, updated_at=now, not_before=None
        )
        await services.mail_failures.note(mail_failure(bounced, at=now))
        event = None
        if operation.kind is MailKind.ASSOCIATION_REQUEST and current.value.round == operation.round:
            event = _consequence(current.value, report)
        try:
            if event is None:
                await services.claims.save_mail(bounced, stored.version)
            else:
                write = MailWrite(mail=bounced, version=stored.version)
                await carry_out(services, current, event, now=now, mails=(write,))
        except ConflictError:
            continue
        return
    raise ConflictError(say("The claim is being changed by others at this moment."))


def _consequence(claim: Claim, report: DeliveryReport) -> Event | None:
    """What an undelivered request does to the claim as it stands."""
    detail = {"mail": report.operation_id, "status": report.status, "reportedAt": report.at.isoformat()}
    if claim.status is Status.PENDING_CUSTOMER:
        return Event(
            kind=EventKind.NOTICE_UNDELIVERED,
            actor=SYSTEM,
            reasons=(ReasonCode.CONTACT_UNREACHABLE,),
            detail=detail,
        )
    if claim.status is not Status.APPROVED:
        return None
    if claim.approval_ground is ApprovalGround.SILENCE:
        return Event(
            kind=EventKind.NOTICE_FOUND_UNDELIVERED,
            actor=SYSTEM,
            reasons=(ReasonCode.NOTICE_NOT_DELIVERED,),
            detail=detail,
        )
    return Event(kind=EventKind.DELIVERY_FAILURE_RECORDED, actor=SYSTEM, detail=detail)
