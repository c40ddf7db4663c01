"""A person asks to be forgotten: their name and address go from a claim that is over (docs/data-protection.md).

It is no event of the claim: the history never held the name, its hashes stay as they are, and nothing is decided. What
a crash leaves, step by step:
- before the audit row: nothing;
- after it: a row that says somebody began, and a claim as it was, to be asked for again;
- after the claim's row: the lists, which hold no name, one revision behind, until the delayed message comes.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.claim import Claim, Contact, Status
from shared.domain.deadlines import ClockKind
from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.callers import Caller, NotFoundError, Role
from shared.usecases.reading import read_claim
from shared.usecases.records import ConflictError, Queue, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import CAS_TRIES, RECOVERY_DELAY

ERASED = "erased"
STEP = "person-erased"
_OVER = frozenset({Status.OPTED_OUT, Status.WITHDRAWN, Status.ENDED})


class ContactNeededError(DomainError):
    """The claim still runs: somebody must be there to be written to."""

    code = "still-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The claim as it is now, and which of its fields were blanked, by the API's names; none: nobody is there."""

    claim: Claim
    places: tuple[str, ...]


async def erase_person(
    services: Services, *, caller: Caller, claim_id: str, email: str, comments: bool, now: datetime
) -> Erasure:
    """Write "erased" for the name, title and address of whoever has that address, and for comments where wanted.

    Proofs are documents of two organisations and stay. RoleMissingError, NotFoundError, ContactNeededError (the claim
    is not over), ServiceUnavailableError. Asked again, it finds nobody and is a success.
    """
    caller.needs(Role.PROGRAM_ADMIN)
    await read_claim(services, caller=caller, claim_id=claim_id)  # what cannot be an ID names no claim
    for _ in range(CAS_TRIES):
        stored = await services.claims.get(claim_id)
        if stored is None:
            raise NotFoundError(say("There is no such claim."))
        if not _is_over(stored.value, now=now):
            raise ContactNeededError(
                say("This claim is not over: let the partner name another contact, or withdraw it, first.")
            )
        after, places = _without(stored.value, email, comments=comments)
        if not places:
            return Erasure(claim=stored.value, places=())
        await services.audit.record(_trace(caller, after, places, now=now))
        message = WorkMessage(claim_id=claim_id, step=STEP, sent_at=now)
        sent = await services.queue.send(Queue.EFFECTS, message, delay=RECOVERY_DELAY)
        try:
            await services.claims.rewrite(after, stored.version)
        except ConflictError:
            continue
        await services.queue.hasten(sent, message)
        return Erasure(claim=after, places=places)
    raise ConflictError(say("The claim is being changed by others at this moment. Try again."))


def _is_over(claim: Claim, *, now: datetime) -> bool:
    """Whether nobody will be written to about it any more: a rejection may be disputed for 30 days, once."""
    if claim.status is not Status.REJECTED:
        return claim.status in _OVER
    receipt = claim.clocks.get(ClockKind.DISPUTE.value)
    return claim.disputed or receipt is None or now > receipt.deadline_at


def _without(claim: Claim, email: str, *, comments: bool) -> tuple[Claim, tuple[str, ...]]:
    """The claim without the person, and what was blanked."""
    wanted = email.casefold()
    places: list[str] = []
    for place, name, contact in (
        ("customerContact", "customer_contact", claim.customer_contact),
        ("technicalContact", "technical_contact", claim.technical_contact),
        ("partnerContact", "partner_contact", claim.partner_contact),
    ):
        if contact is not None and contact.email.casefold() == wanted:
            blank = Contact(name=ERASED, email=ERASED, title=ERASED if contact.title else None)
            claim = replace(claim, **{name: blank})  # type: ignore[arg-type]
            places.append(place)
    if places and comments and any(comment.text != ERASED for comment in claim.comments):
        claim = replace(claim, comments=tuple(replace(one, text=ERASED) for one in claim.comments))
        places.append("comments")
    return (replace(claim, revision=claim.revision + 1) if places else claim), tuple(places)


def _trace(caller: Caller, claim: Claim, places: tuple[str, ...], *, now: datetime) -> AuditEntry:
    """Who erased what of which claim; never whom."""
    return AuditEntry(
        at=now,
        actor=caller.actor,
        action=AuditAction.PERSON_ERASED,
        organisation=caller.organisation,
        subject=claim.claim_id,
        claim_id=claim.claim_id,
        detail={"places": list(places)},
    )
