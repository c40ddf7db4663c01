"""A reviewer decides a claim that waits for a person (PROCESS.md, States: UnderReview)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.claim import Claim
from shared.domain.claim_events import Event, EventKind
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.callers import PROGRAMME, Caller, check_may_see
from shared.usecases.notice_incumbents import notice_incumbents
from shared.usecases.reading import stored_claim
from shared.usecases.remarks import remark
from shared.usecases.services import Services
from shared.usecases.transition import change, with_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecision:
    """What is decided on one item; `supersede` lets it replace the present holder once it becomes official."""

    item_id: str
    decision: Literal["accept", "refuse"] = "accept"
    supersede: bool = False
    reason_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A reviewer's decision; `supersede` is meant for every contested item.

    The comment is written to the partner, but for `noticeIncumbent`, where it stays among the reviewers.
    """

    decision: Literal["accept", "requestInformation", "reject", "noticeIncumbent"]
    reason_codes: tuple[str, ...] = ()
    comment: str | None = None
    items: tuple[ItemDecision, ...] = ()
    supersede: bool = False


_WITH_REASONS = frozenset({"requestInformation", "reject"})


async def decide_claim(
    services: Services, *, caller: Caller, claim_id: str, decision: Decision, if_match: int, now: datetime
) -> Claim:
    """The claim as decided.

    InvalidClaimError (no reason, unknown item), PreconditionFailedError, ForbiddenTransitionError, SlotPendingError,
    SupersedeRequiredError, IncumbentWindowOpenError, TooManyIncumbentsError, NoIncumbentError, IncumbentsToldError.
    """
    stored = check_may_see(await stored_claim(services, claim_id), caller)
    caller.needs(*PROGRAMME)
    if decision.decision == "noticeIncumbent":
        check_decision(with_revision(stored, if_match), decision)
        return await notice_incumbents(
            services, caller=caller, claim_id=claim_id, comment=decision.comment, if_match=if_match, now=now
        )

    def decide(claim: Claim | None) -> Event:
        return decided(with_revision(check_may_see(claim, caller), if_match), caller, decision, now=now)

    return await change(services, claim_id, decide, now=now)


def decided(claim: Claim, caller: Caller, decision: Decision, *, now: datetime) -> Event:
    """The event that the decision is, where it is not to tell incumbents. InvalidClaimError with every fault."""
    check_decision(claim, decision)
    return _EVENTS[decision.decision](claim, caller, decision, now)


def check_decision(claim: Claim, decision: Decision) -> None:
    """Every fault of the decision itself, at once. InvalidClaimError."""
    known = {item.item_id for item in claim.live_items}
    faults: list[Fault] = []
    if decision.decision in _WITH_REASONS and not decision.reason_codes:
        message = say("Give at least one reason: the partner must know why.")
        faults.append(Fault(pointer="/reasonCodes", code="required", message=message))
    faults += [
        Fault(pointer=f"/reasonCodes/{index}", code="unknown-reason", message=say("There is no such reason."))
        for index, code in enumerate(decision.reason_codes)
        if code not in set(ReasonCode)
    ]
    for index, item in enumerate(decision.items):
        if item.item_id not in known:
            message = say("The claim has no such open item.")
            faults.append(Fault(pointer=f"/items/{index}/itemId", code="unknown-item", message=message))
        if item.decision == "refuse" and not item.reason_codes:
            message = say("Give at least one reason for refusing this item.")
            faults.append(Fault(pointer=f"/items/{index}/reasonCodes", code="required", message=message))
        faults += [
            Fault(
                pointer=f"/items/{index}/reasonCodes/{n}",
                code="unknown-reason",
                message=say("There is no such reason."),
            )
            for n, code in enumerate(item.reason_codes)
            if code not in set(ReasonCode)
        ]
    if (
        decision.decision == "accept"
        and known
        and {i.item_id for i in decision.items if i.decision == "refuse"} >= known
    ):
        message = say("Refusing every item is rejecting the claim: decide that instead.")
        faults.append(Fault(pointer="/items", code="nothing-left", message=message))
    if faults:
        raise InvalidClaimError(tuple(faults))


def _accept(claim: Claim, caller: Caller, decision: Decision, now: datetime) -> Event:
    refused = {item.item_id: item.reason_codes for item in decision.items if item.decision == "refuse"}
    replacing = {item.item_id for item in decision.items if item.supersede}
    if decision.supersede:
        replacing |= {
            item_id for check in claim.checks if check.code == ReasonCode.CONTESTED for item_id in check.item_ids
        }
    return Event(
        kind=EventKind.ACCEPTED,
        actor=caller.actor,
        item_ids=frozenset(refused),
        item_reasons=refused,
        supersede=frozenset(replacing - refused.keys()),
        detail={
            "refused": {item_id: list(codes) for item_id, codes in refused.items()},
            "supersede": sorted(replacing),
        },
        comment=remark(claim, caller.actor, decision.comment, now=now),
    )


def _with_reasons(kind: EventKind) -> Callable[[Claim, Caller, Decision, datetime], Event]:
    def event(claim: Claim, caller: Caller, decision: Decision, now: datetime) -> Event:
        return Event(
            kind=kind,
            actor=caller.actor,
            reasons=decision.reason_codes,
            comment=remark(claim, caller.actor, decision.comment, now=now),
        )

    return event


_EVENTS: dict[str, Callable[[Claim, Caller, Decision, datetime], Event]] = {
    "accept": _accept,
    "requestInformation": _with_reasons(EventKind.INFORMATION_REQUESTED),
    "reject": _with_reasons(EventKind.REVIEW_REJECTED),
}
