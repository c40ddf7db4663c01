"""The customer's answer by the signed link (API.md, The customer's page)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import Actor, ActorKind, Claim, Outcome, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.errors import DomainError, Fault, InvalidClaimError
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.ports import VerifiedToken
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change


class Choice(StrEnum):
    """What a customer may say."""

    CONFIRM = "confirm"
    OPT_OUT = "optOut"
    WRONG_PERSON = "wrongPerson"
    REVOKE = "revoke"


class BadTokenError(DomainError):
    """The link is not genuine, not for this claim, or was written to somebody who is not the contact any more.

    `superseded` says that it is the last of these: the link is genuine, but somebody else is asked by now.
    """

    code = "bad-token"

    def __init__(self, message: str, *, superseded: bool = False) -> None:
        super().__init__(message)
        self.superseded = superseded


class AlreadyDecidedError(DomainError):
    """Another choice was recorded, or the claim's state permits no choice any more."""

    code = "already-decided"


class TooLateError(DomainError):
    """The association is official: it can be revoked, not declined."""

    code = "too-late"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """What the customer's page shows; `outcome` names the choice that was recorded, null while there is none.

    `only_revoke` is a link signed with a retired key, `superseded` one of an earlier round: a newer mail went out.
    """

    claim: Claim
    partner_name: str
    outcome: str | None
    only_revoke: bool = False
    superseded: bool = False


async def view_request(services: Services, *, claim_id: str, token: str) -> RequestView:
    """The request as it stands; changes nothing. BadTokenError."""
    claim, verified = await _genuine(services, claim_id, token)
    return await _view(services, claim, verified)


async def answer_request(
    services: Services,
    *,
    claim_id: str,
    token: str,
    choice: Choice,
    item_ids: frozenset[str],
    reason: str | None,
    now: datetime,
) -> RequestView:
    """Carry the choice out if the state permits it; repeating the recorded choice gives its outcome again.

    `item_ids` are the products an opt-out or a revocation is about, empty for all. BadTokenError, InvalidClaimError
    (unknown item), AlreadyDecidedError, TooLateError.
    """
    seen, verified = await _genuine(services, claim_id, token)
    if verified.retired and choice is not Choice.REVOKE:
        raise BadTokenError(say("This link can only be used to revoke an association."))
    _check_items(seen, item_ids)
    actor = Actor(kind=ActorKind.CUSTOMER, id=verified.recipient)

    def decide(claim: Claim | None) -> Event | None:
        if claim is None:
            raise BadTokenError(_BAD)
        _check_recipient(services, claim, verified)
        if _is_repeated(claim, choice, item_ids):
            return None
        event = _EVENTS[choice](claim, actor, item_ids)
        if event is None:
            raise _refusal(claim, choice)
        return _with_remark(claim, event, choice, reason, now)

    return await _view(services, await change(services, claim_id, decide, now=now), verified)


_BAD = say("This link is not valid for this request.")


async def _genuine(services: Services, claim_id: str, token: str) -> tuple[Claim, VerifiedToken]:
    verified = services.tokens.verify(token, claim_id=claim_id)
    if verified is None:
        raise BadTokenError(_BAD)
    claim = await stored_claim(services, claim_id)
    if claim is None:
        raise BadTokenError(_BAD)
    _check_recipient(services, claim, verified)
    return claim, verified


def _check_recipient(services: Services, claim: Claim, verified: VerifiedToken) -> None:
    """Valid while the recipient is the claim's current contact, and never before the round it was written in."""
    contact = claim.customer_contact
    if contact is None or verified.recipient != services.tokens.recipient(contact.email):
        raise BadTokenError(_BAD, superseded=True)
    if verified.round > claim.round:
        raise BadTokenError(_BAD)


async def _view(services: Services, claim: Claim, verified: VerifiedToken) -> RequestView:
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    return RequestView(
        claim=claim,
        partner_name=location.organisation_name if location else claim.mpn_id,
        outcome=claim.customer_choice,
        only_revoke=verified.retired,
        superseded=verified.round < claim.round,
    )


def _check_items(claim: Claim, item_ids: frozenset[str]) -> None:
    unknown = item_ids - {item.item_id for item in claim.items}
    if unknown:
        message = say("The request has no such product.")
        raise InvalidClaimError((Fault(pointer="/items", code="unknown-item", message=message),))


def _is_repeated(claim: Claim, choice: Choice, item_ids: frozenset[str]) -> bool:
    """Whether this very choice is on record already."""
    if claim.customer_choice != choice.value:
        return False
    if choice not in {Choice.OPT_OUT, Choice.REVOKE}:
        return True
    concerned = [item for item in claim.items if not item_ids or item.item_id in item_ids]
    settled = {Outcome.DECLINED} if choice is Choice.OPT_OUT else {Outcome.ENDED}
    return all(item.outcome in settled | {Outcome.REFUSED, Outcome.DECLINED} for item in concerned)


def _confirm(claim: Claim, actor: Actor, _item_ids: frozenset[str]) -> Event | None:
    if claim.status is not Status.PENDING_CUSTOMER:
        return None
    return Event(kind=EventKind.CONFIRMED, actor=actor, changes={"customer_choice": Choice.CONFIRM.value})


def _opt_out(claim: Claim, actor: Actor, item_ids: frozenset[str]) -> Event | None:
    if claim.status is not Status.PENDING_CUSTOMER:
        return None
    live = {item.item_id for item in claim.live_items}
    wanted = (item_ids or live) & live
    if not wanted:
        return None
    return Event(
        kind=EventKind.OPTED_OUT if wanted == live else EventKind.ITEMS_DECLINED,
        actor=actor,
        item_ids=frozenset(wanted),
        reasons=(ReasonCode.DECLINED_BY_CUSTOMER,),
        changes={"customer_choice": Choice.OPT_OUT.value},
        detail={"items": sorted(wanted)},
    )


def _wrong_person(claim: Claim, actor: Actor, _item_ids: frozenset[str]) -> Event | None:
    if claim.status is not Status.PENDING_CUSTOMER:
        return None
    return Event(
        kind=EventKind.CONTACT_WRONG,
        actor=actor,
        reasons=(ReasonCode.WRONG_CONTACT,),
        changes={"customer_choice": Choice.WRONG_PERSON.value},
    )


def _revoke(claim: Claim, actor: Actor, item_ids: frozenset[str]) -> Event | None:
    if claim.status is not Status.APPROVED:
        return None
    live = {item.item_id for item in claim.live_items}
    wanted = (item_ids or live) & live
    if not wanted:
        return None
    return Event(
        kind=EventKind.REVOKED,
        actor=actor,
        item_ids=frozenset(wanted),
        reasons=(ReasonCode.REVOKED_BY_CUSTOMER,),
        changes={"customer_choice": Choice.REVOKE.value},
        detail={"items": sorted(wanted)},
    )


_EVENTS: dict[Choice, Callable[[Claim, Actor, frozenset[str]], Event | None]] = {
    Choice.CONFIRM: _confirm,
    Choice.OPT_OUT: _opt_out,
    Choice.WRONG_PERSON: _wrong_person,
    Choice.REVOKE: _revoke,
}


def _with_remark(claim: Claim, event: Event, choice: Choice, reason: str | None, now: datetime) -> Event:
    if not reason or choice not in {Choice.OPT_OUT, Choice.REVOKE, Choice.WRONG_PERSON}:
        return event
    return replace(event, comment=remark(claim, event.actor, reason, now=now))


def _refusal(claim: Claim, choice: Choice) -> DomainError:
    if choice is Choice.OPT_OUT and claim.status is Status.APPROVED:
        return TooLateError(say("The association is official by now. You can still end it: choose to revoke it."))
    if claim.customer_choice:
        return AlreadyDecidedError(say("Your answer has been recorded and cannot be replaced by another one."))
    return AlreadyDecidedError(say("This request is not open for an answer any more."))
