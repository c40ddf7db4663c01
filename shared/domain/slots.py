"""The exclusive thing of an association, and who holds it (PROCESS.md, Exclusivity).

One row per resource; per programme a `holder` (the Approved claim) and a `pending` (the one claim in PendingCustomer).
Each change raises the epoch, which never decreases.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.domain.errors import DomainError
from shared.domain.policy import Policy, SubscriptionExclusive
from shared.domain.sayings import say


class Availability(StrEnum):
    """All that a partner may learn of a slot; the rival is never named."""

    FREE = "free"
    NOT_AVAILABLE = "notAvailable"
    YOURS = "yours"


class SlotPendingError(DomainError):
    """Another claim waits for the customer on this slot; it must be decided first."""

    code = "slot-pending"


class SupersedeRequiredError(DomainError):
    """Another claim holds this slot; a reviewer must say that it is to be superseded."""

    code = "supersede-required"


class IncumbentWindowOpenError(DomainError):
    """A holder that is to be superseded has not been told, or its time to answer is not over."""

    code = "incumbent-window-open"


class SlotLostError(DomainError):
    """The claim is not the one that the slot names as pending: the stored state is inconsistent, never go on."""

    code = "slot-lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotParty:
    """A claim's item on a slot."""

    claim_id: str
    organisation: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEntry:
    """One programme's holder and pending claim."""

    holder: SlotParty | None = None
    pending: SlotParty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One exclusive resource of a tenant ("workload~teams", "subscription~{guid}")."""

    resource: str
    epoch: int = 0
    entries: Mapping[str, SlotEntry] = field(default_factory=dict)

    def entry(self, programme: str) -> SlotEntry:
        """The programme's entry; an empty one where nobody ever took it."""
        return self.entries.get(programme, SlotEntry())

    def with_entry(self, programme: str, entry: SlotEntry) -> "Slot":
        """A copy with that entry."""
        return replace(self, entries={**self.entries, programme: entry})


def _competing(slot: Slot, programme: str, organisation: str, policy: Policy) -> Iterator[tuple[str, SlotEntry]]:
    """The entries that exclude this one: its own programme's and, by policy, other organisations' in the others."""
    for name, entry in slot.entries.items():
        if name == programme:
            yield name, entry
        elif policy.subscription_exclusive is SubscriptionExclusive.ACROSS_PROGRAMMES:
            yield (
                name,
                SlotEntry(
                    holder=entry.holder if entry.holder and entry.holder.organisation != organisation else None,
                    pending=entry.pending if entry.pending and entry.pending.organisation != organisation else None,
                ),
            )


def contenders(
    slot: Slot, *, programme: str, organisation: str, claim_id: str, policy: Policy
) -> Iterator[tuple[str, SlotEntry]]:
    """Who else stands where the organisation's claim would have to stand, by programme; never the claim itself."""

    def other(party: SlotParty | None) -> SlotParty | None:
        return party if party and party.claim_id != claim_id else None

    for name, entry in _competing(slot, programme, organisation, policy):
        yield name, SlotEntry(holder=other(entry.holder), pending=other(entry.pending))


def incumbents(
    slot: Slot, *, programme: str, organisation: str, claim_id: str, policy: Policy
) -> tuple[SlotParty, ...]:
    """The holders whose place the organisation's claim would have to take; never the claim itself."""
    found = contenders(slot, programme=programme, organisation=organisation, claim_id=claim_id, policy=policy)
    return tuple(entry.holder for _, entry in found if entry.holder)


def availability(
    slot: Slot | None, *, programme: str, organisation: str, claim_id: str | None, policy: Policy
) -> Availability:
    """Whether the organisation's claim could take the slot; the claim's own entries do not stand in its way."""
    if slot is None:
        return Availability.FREE
    rivals = [
        party
        for _, entry in _competing(slot, programme, organisation, policy)
        for party in (entry.holder, entry.pending)
        if party and party.claim_id != claim_id
    ]
    if not rivals:
        return Availability.FREE
    if any(party.organisation == organisation for party in rivals):
        return Availability.YOURS
    return Availability.NOT_AVAILABLE


def take_pending(slot: Slot, *, programme: str, party: SlotParty, supersede: bool, policy: Policy) -> Slot:
    """The slot with the party pending. SlotPendingError, SupersedeRequiredError where somebody else stands there."""
    for _, entry in _competing(slot, programme, party.organisation, policy):
        check_nobody_waits(entry, party)
        if entry.holder and entry.holder.claim_id != party.claim_id and not supersede:
            raise SupersedeRequiredError(
                say("This product is associated with another claim, which must be superseded.")
            )
    own = slot.entry(programme)
    if own.pending == party:
        return slot
    return replace(slot.with_entry(programme, replace(own, pending=party)), epoch=slot.epoch + 1)


def check_nobody_waits(entry: SlotEntry, party: SlotParty) -> None:
    """SlotPendingError where another claim waits there for its customer: one at a time."""
    if entry.pending and entry.pending.claim_id != party.claim_id:
        raise SlotPendingError(say("Another claim for this product is waiting for the customer's answer."))


def promote(
    slot: Slot, *, programme: str, party: SlotParty, displacing: frozenset[str], policy: Policy
) -> tuple[Slot, tuple[SlotParty, ...]]:
    """The slot with the party as holder, and the holders that it displaced: claims named by `displacing`, no others.

    A holder of another programme that is not named stays: it came there under a policy that allowed both, and nobody
    told it. SlotLostError unless the party was pending, or where its own programme has a holder that is not named.
    """
    own = slot.entry(programme)
    if own.pending != party:
        raise SlotLostError(say("The claim does not hold the pending place of its slot."))
    displaced: list[SlotParty] = []
    changed = slot
    for name, entry in _competing(slot, programme, party.organisation, policy):
        if entry.holder is None or entry.holder.claim_id == party.claim_id:
            continue
        if entry.holder.claim_id in displacing:
            displaced.append(entry.holder)
            changed = changed.with_entry(name, replace(changed.entry(name), holder=None))
        elif name == programme:
            raise SlotLostError(say("Another claim holds the slot that this one waits for."))
    changed = changed.with_entry(programme, SlotEntry(holder=party))
    return replace(changed, epoch=slot.epoch + 1), tuple(displaced)


def release(slot: Slot, *, claim_id: str, item_ids: frozenset[str]) -> Slot:
    """The slot without these items of the claim; only the named claim is ever released, others are left as they are."""

    def stays(party: SlotParty | None) -> SlotParty | None:
        gone = party is not None and party.claim_id == claim_id and party.item_id in item_ids
        return None if gone else party

    entries = {
        name: SlotEntry(holder=stays(entry.holder), pending=stays(entry.pending))
        for name, entry in slot.entries.items()
    }
    if entries == dict(slot.entries):
        return slot
    return replace(slot, entries=entries, epoch=slot.epoch + 1)
