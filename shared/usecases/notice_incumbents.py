"""A reviewer tells those who hold what a claim contests, and opens their time to answer (PROCESS.md, Exclusivity).

One transaction holds the challenger, with the window and whom it was opened for, and each incumbent, with the mail that
asks for its proof. What a crash leaves:
- before the recovery messages, one for each of the claims: nothing, the reviewer decides again;
- after some of them: messages that find nothing to do;
- after the transaction: everybody is told. The recovery messages send the mails and bring the lists up to date, and
  the reviewer, who got no answer, finds the claim at another revision with its window open.

A later notice, for holders who came since, opens the window anew for the challenger; who was told before is not told
twice. Without anybody new there is nothing to notice, so that nobody can put a decision off by asking again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.check_facts import Case, Facts
from shared.domain.check_holdings import exclusivity_findings
from shared.domain.claim import CheckOutcome, CheckResult, Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import permits
from shared.domain.errors import DomainError, ForbiddenTransitionError
from shared.domain.policy import Policy
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.domain.slots import Slot, incumbents
from shared.usecases.callers import PROGRAMME, Caller, check_may_see
from shared.usecases.reading import stored_claim
from shared.usecases.records import ConflictError, Versioned
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.slot_changes import slots_of
from shared.usecases.transition import CAS_TRIES, Aside, carry_out, with_revision


class NoIncumbentError(DomainError):
    """Nobody holds what the claim is about (any more): there is nobody to tell."""

    code = "no-incumbent"


class IncumbentsToldError(DomainError):
    """Everybody who holds one of the items has been told in this round."""

    code = "incumbents-told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What others hold of that which a claim is about: their item IDs by claim ID, and the challenger's own items."""

    by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    item_ids: frozenset[str] = frozenset()


def held_by_others(claim: Claim, slots: Mapping[str, Slot], policy: Policy) -> Held:
    """Who holds the slots of the claim's live items, `slots` by resource."""
    by: dict[str, frozenset[str]] = {}
    item_ids: set[str] = set()
    for item in claim.live_items:
        slot = slots.get(item.resource or "")
        if slot is None:
            continue
        for rival in incumbents(
            slot, programme=item.programme, organisation=claim.organisation, claim_id=claim.claim_id, policy=policy
        ):
            by[rival.claim_id] = by.get(rival.claim_id, frozenset()) | {rival.item_id}
            item_ids.add(item.item_id)
    return Held(by=by, item_ids=frozenset(item_ids))


async def notice_incumbents(
    services: Services, *, caller: Caller, claim_id: str, comment: str | None, if_match: int, now: datetime
) -> Claim:
    """The challenger, its incumbents told and their window open. The comment stays among the reviewers.

    PreconditionFailedError, ForbiddenTransitionError, NoIncumbentError, IncumbentsToldError, TooManyIncumbentsError.
    """
    check_may_see(await stored_claim(services, claim_id), caller)
    caller.needs(*PROGRAMME)
    for _ in range(CAS_TRIES):
        current = await services.claims.get(claim_id)
        if current is None:
            raise ConflictError(say("There is no such claim."))
        claim = with_revision(check_may_see(current.value, caller), if_match)
        if not permits(claim, EventKind.INCUMBENT_NOTIFIED):
            raise ForbiddenTransitionError(status=claim.status.value, event=EventKind.INCUMBENT_NOTIFIED.value)
        try:
            after = await _notice(services, current, caller, comment, now=now)
        except ConflictError:
            continue
        return after or claim
    raise ConflictError(say("The claim is being changed by others at this moment. Try again."))


async def _notice(
    services: Services, current: Versioned[Claim], caller: Caller, comment: str | None, *, now: datetime
) -> Claim | None:
    event, asides = await noticed(services, current.value, caller, comment, now=now)
    return await carry_out(services, current, event, now=now, asides=asides)


async def noticed(
    services: Services, claim: Claim, caller: Caller, comment: str | None, *, now: datetime
) -> tuple[Event, tuple[Aside, ...]]:
    """What a notice would record now, on the challenger and on each incumbent that is new.

    NoIncumbentError, IncumbentsToldError.
    """
    stored = await slots_of(services, claim, claim.live_items)
    slots = {name: found.value for name, found in stored.items() if found}
    held = held_by_others(claim, slots, services.policy)
    if not held.by:
        raise NoIncumbentError(say("Nobody holds what this claim is about: it can be accepted as it is."))
    new = {one: item_ids for one, item_ids in sorted(held.by.items()) if one not in claim.incumbents_told}
    if not new:
        raise IncumbentsToldError(say("Everybody who holds one of the products has been told already."))
    checks = _contested_now(services, claim, slots)
    event = Event(
        kind=EventKind.INCUMBENT_NOTIFIED,
        actor=caller.actor,
        checks=checks,
        comment=remark(claim, caller.actor, comment, now=now, internal=True),
        changes={"incumbents_told": {**claim.incumbents_told, **dict.fromkeys(new, now)}, "checks": checks},
        detail={"items": sorted(held.item_ids), "incumbents": sorted(new)},
    )
    return event, await _told(services, claim, new, caller)


async def _told(
    services: Services, challenger: Claim, new: Mapping[str, Iterable[str]], caller: Caller
) -> tuple[Aside, ...]:
    """What the incumbents' claims record. Their partners see it: the challenger is named for reviewers alone."""
    return tuple(
        [
            Aside(
                current=await services.claims.get(claim_id),
                event=Event(
                    kind=EventKind.CONTEST_NOTICED,
                    actor=caller.actor,
                    detail={"items": sorted(item_ids), "by": challenger.claim_id},
                ),
            )
            for claim_id, item_ids in new.items()
        ]
    )


def _contested_now(services: Services, claim: Claim, slots: Mapping[str, Slot]) -> tuple[CheckResult, ...]:
    """The claim's checks, with a flag also for what somebody came to hold only after they were run."""
    known = {one for check in claim.checks if _is_flag(check) for one in check.item_ids}
    facts = Facts(location=None, directory="resolved", slots=slots)
    case = Case(claim=claim, facts=facts, catalogue=services.catalogue, policy=services.policy)
    new = [
        replace(found, item_ids=fresh)
        for found in exclusivity_findings(case)
        if _is_flag(found) and (fresh := tuple(one for one in found.item_ids if one not in known))
    ]
    if not new:
        return claim.checks
    return (*(one for one in claim.checks if one.code != ReasonCode.CONTESTED or _is_flag(one)), *new)


def _is_flag(check: CheckResult) -> bool:
    return check.code == ReasonCode.CONTESTED and check.result is CheckOutcome.FLAG
