"""What a step does to the slots, and to the claims that lose their place by it (PROCESS.md, Exclusivity).

Nobody is displaced unheard: an item may take the place of a holder only if that very claim was told in this round of
the challenger's, and its time to answer is over. It is looked at on the slot rows that the commit is bound to, once
when the claim is accepted and once more when it becomes official.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.claim import Claim, Item, Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_states import TRANSITIONS, SlotEffect, Step
from shared.domain.deadlines import ClockKind, is_over
from shared.domain.policy import CLOCK_SKEW_MARGIN, Policy
from shared.domain.sayings import say
from shared.domain.slots import (
    IncumbentWindowOpenError,
    Slot,
    SlotParty,
    incumbents,
    promote,
    release,
    take_pending,
)
from shared.usecases.records import OPERATIONS_AT_MOST, SlotWrite, TooManyIncumbentsError, Versioned
from shared.usecases.services import Services

_HOLDING = frozenset({Status.PENDING_CUSTOMER, Status.APPROVED})
_CLAIM_AND_ROW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChanges:
    """The slot rows to write, and the items that other claims lose by it, by claim ID."""

    writes: tuple[SlotWrite, ...] = ()
    displaced: Mapping[str, frozenset[str]] = field(default_factory=dict)


async def slot_changes(
    services: Services,
    before: Claim | None,
    step: Step,
    *,
    known: Mapping[str, Versioned[Slot]] | None = None,
    now: datetime,
) -> SlotChanges:
    """What the step changes in the slots as they are stored now, or in those `known` from a moment ago.

    The commit is bound to what was read here: where somebody was quicker, it is refused.
    SlotPendingError, SupersedeRequiredError, IncumbentWindowOpenError, and TooManyIncumbentsError for an acceptance
    whose end no transaction could hold.
    """
    claim, effect = step.claim, step.rule.slots
    if claim is None or effect is None:
        return SlotChanges()
    items = _concerned(before, claim, effect)
    stored = await slots_of(services, claim, items, known)
    working = {name: found.value if found else Slot(resource=name) for name, found in stored.items()}
    displaced = _Displaced()
    for item in items:
        if item.resource is None:
            continue
        slot = working[item.resource]
        if effect is SlotEffect.RELEASE:
            slot = release(slot, claim_id=claim.claim_id, item_ids=frozenset({item.item_id}))
        elif effect is SlotEffect.TAKE_PENDING:
            slot = _taken(slot, before, claim, item, policy=services.policy, now=now)
        elif effect is SlotEffect.TAKE_AND_PROMOTE:
            slot = _taken(slot, before, claim, item, policy=services.policy, now=now)
            slot = displaced.promoted(slot, claim, item, policy=services.policy)
        else:
            slot = displaced.promoted(slot, claim, item, policy=services.policy)
        working[item.resource] = slot
    if effect is SlotEffect.TAKE_PENDING and any(item.supersede for item in items):
        _check_end_fits(claim, items, working, services.policy)
    writes = tuple(
        SlotWrite(slot=slot, version=found.version if found else None)
        for slot, found in ((slot, stored[name]) for name, slot in working.items())
        if found is None or slot != found.value
    )
    return SlotChanges(writes=writes, displaced=displaced.items)


async def slots_of(
    services: Services, claim: Claim, items: Sequence[Item], known: Mapping[str, Versioned[Slot]] | None = None
) -> dict[str, Versioned[Slot] | None]:
    """The slots of these items by resource, null for those that nobody ever took."""
    resources = sorted({item.resource for item in items if item.resource})
    if not resources:
        return {}
    found = await services.claims.slots(claim.customer.tenant_id, resources) if known is None else known
    return {name: found.get(name) for name in resources}


def _concerned(before: Claim | None, after: Claim, effect: SlotEffect) -> tuple[Item, ...]:
    """The items whose slots the effect is about: the live ones, or for a release those that do not hold any more."""
    if effect is not SlotEffect.RELEASE:
        return after.live_items
    if after.status not in _HOLDING:
        return after.items
    live = {item.item_id for item in after.live_items}
    return tuple(item for item in (before or after).items if item.item_id not in live)


def _party(claim: Claim, item: Item) -> SlotParty:
    return SlotParty(claim_id=claim.claim_id, organisation=claim.organisation, item_id=item.item_id)


def _taken(slot: Slot, before: Claim | None, claim: Claim, item: Item, *, policy: Policy, now: datetime) -> Slot:
    """The slot with the item pending; a holder that is to be superseded must have been heard."""
    party = _party(claim, item)
    taken = take_pending(slot, programme=item.programme, party=party, supersede=item.supersede, policy=policy)
    rivals = incumbents(
        slot, programme=item.programme, organisation=claim.organisation, claim_id=claim.claim_id, policy=policy
    )
    if not rivals:
        return taken
    window = before.clocks.get(ClockKind.INCUMBENT_RESPONSE.value) if before else None
    if window is None or not is_over(window, now=now, margin=CLOCK_SKEW_MARGIN):
        raise IncumbentWindowOpenError(say("The present partner must be told, and have had time to answer, first."))
    if any(rival.claim_id not in claim.incumbents_told for rival in rivals):
        raise IncumbentWindowOpenError(
            say("Another partner holds one of the products by now, and must be told, and have had time to answer.")
        )
    return taken


class _Displaced:
    """Gathers the items that other claims lose, by claim ID."""

    def __init__(self) -> None:
        self.items: dict[str, frozenset[str]] = {}

    def promoted(self, slot: Slot, claim: Claim, item: Item, *, policy: Policy) -> Slot:
        """The slot with the item as holder; only holders that were told lose their place."""
        after, gone = promote(
            slot,
            programme=item.programme,
            party=_party(claim, item),
            displacing=frozenset(claim.incumbents_told) if item.supersede else frozenset(),
            policy=policy,
        )
        for rival in gone:
            self.items[rival.claim_id] = self.items.get(rival.claim_id, frozenset()) | {rival.item_id}
        return after


def _check_end_fits(claim: Claim, items: Iterable[Item], taken: Mapping[str, Slot], policy: Policy) -> None:
    """Refuse now what could not be carried out later: by then the customer has been asked, and nobody could answer.

    While the claim is pending nobody else can become a holder, so that the end never takes more than is counted here.
    """
    working, displaced = dict(taken), _Displaced()
    for item in items:
        if item.resource is not None:
            working[item.resource] = displaced.promoted(working[item.resource], claim, item, policy=policy)
    own = _CLAIM_AND_ROW + _mails(Status.PENDING_CUSTOMER, EventKind.DEADLINE_PASSED)
    each = _CLAIM_AND_ROW + _mails(Status.APPROVED, EventKind.SUPERSEDED)
    if own + len(working) + each * len(displaced.items) > OPERATIONS_AT_MOST:
        raise TooManyIncumbentsError(say("Too many associations would end at once. Refuse some of the products."))


def _mails(status: Status, kind: EventKind) -> int:
    return max(len(rule.mails) for rule in TRANSITIONS[status][kind])
