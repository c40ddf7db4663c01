"""The mails that a decision would send, as they would be sent now; nothing is written (PROCESS.md, Mails)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import Step, apply, guarded
from shared.domain.clocks import clocks_for
from shared.domain.history import SYSTEM
from shared.domain.mails import MAILS, Audience, MailKind
from shared.usecases.callers import PROGRAMME, Caller, check_may_see
from shared.usecases.decide_claim import Decision, check_decision, decided
from shared.usecases.notice_incumbents import noticed
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services
from shared.usecases.slot_changes import slot_changes
from shared.usecases.transition import intent, with_revision

HIDDEN = "…"
"""What stands in a preview for the token of the customer's link, with which the reader could answer for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenMail:
    """One mail: to whom, and what it says as plain text, which says all that the mail does."""

    kind: MailKind
    audience: Audience
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenDecision:
    """The claim as it is, and the mails in the order in which they would be sent."""

    claim: Claim
    mails: tuple[ForeseenMail, ...]


async def preview_decision(
    services: Services, *, caller: Caller, claim_id: str, decision: Decision, if_match: int, now: datetime
) -> ForeseenDecision:
    """What the decision would send. It raises whatever `decide_claim` would, so that nothing is confirmed in vain."""
    claim = check_may_see(await stored_claim(services, claim_id), caller)
    caller.needs(*PROGRAMME)
    claim = with_revision(claim, if_match)
    if decision.decision == "noticeIncumbent":
        check_decision(claim, decision)
        return ForeseenDecision(claim=claim, mails=await _to_incumbents(services, claim, caller, decision, now=now))
    taken = await _taken(services, claim, decided(claim, caller, decision, now=now), now=now)
    await slot_changes(services, claim, taken.step, now=now)
    steps = [taken]
    if decision.decision == "accept":
        told = Event(kind=EventKind.NOTICE_ACCEPTED, actor=SYSTEM, at=now)
        after = await _taken(services, taken.claim, told, now=now)
        steps = [_Taken(step=taken.step, claim=after.claim), after]
    return ForeseenDecision(claim=claim, mails=await _mails(services, steps, now=now))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A step, and the claim that its mails tell of."""

    step: Step
    claim: Claim


async def _to_incumbents(
    services: Services, claim: Claim, caller: Caller, decision: Decision, *, now: datetime
) -> tuple[ForeseenMail, ...]:
    event, asides = await noticed(services, claim, caller, decision.comment, now=now)
    guarded(claim, event, now=now)
    held = [(aside.current.value, aside.event) for aside in asides if aside.current is not None]
    return await _mails(services, [await _taken(services, one, theirs, now=now) for one, theirs in held], now=now)


async def _taken(services: Services, claim: Claim, event: Event, *, now: datetime) -> _Taken:
    registered = await services.registry.customer(claim.customer.tenant_id)
    start_clock = clocks_for(claim, registered, services.policy)
    step = apply(claim, event, now=now, operation_id=services.new_id(), start_clock=start_clock)
    return _Taken(step=step, claim=step.claim or claim)


async def _mails(services: Services, steps: Iterable[_Taken], *, now: datetime) -> tuple[ForeseenMail, ...]:
    """The steps' mails; a claim that came in by an import may name nobody to write to."""
    planned = [(kind, taken) for taken in steps for kind in taken.step.rule.mails]
    return tuple([await _mail(services, kind, taken, now=now) for kind, taken in planned if _names(taken.claim, kind)])


def _names(claim: Claim, kind: MailKind) -> bool:
    for_customer = MAILS[kind].audience is Audience.CUSTOMER
    return (claim.customer_contact if for_customer else claim.partner_contact) is not None


async def _mail(services: Services, kind: MailKind, taken: _Taken, *, now: datetime) -> ForeseenMail:
    claim, row = taken.claim, taken.step.row
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    mail = services.renderer.render(
        intent(claim, kind, n=row.seq, now=now, detail=row.detail),
        claim,
        partner_name=location.organisation_name if location else claim.mpn_id,
    )
    audience = MAILS[kind].audience
    text = mail.text.replace(services.tokens.issue(claim), HIDDEN) if audience is Audience.CUSTOMER else mail.text
    return ForeseenMail(kind=kind, audience=audience, to=mail.to, subject=mail.subject, text=text)
