"""Both sides of a contested claim, as they are when somebody looks (PROCESS.md, Exclusivity)."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import CheckOutcome, Claim, Comment, Item
from shared.domain.deadlines import ClockKind, Receipt, is_over
from shared.domain.policy import CLOCK_SKEW_MARGIN
from shared.domain.reasons import ReasonCode
from shared.domain.slots import Slot, contenders
from shared.usecases.callers import PROGRAMME, Caller
from shared.usecases.proof_scans import with_scans
from shared.usecases.reading import read_claim
from shared.usecases.services import Services
from shared.usecases.slot_changes import slots_of


class Place(StrEnum):
    """Where a rival stands on a slot; the values are part of the contract."""

    HOLDER = "holder"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another claim's item on the slot of a contested one."""

    claim_id: str
    item_id: str
    programme: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestedItem:
    """One of the claim's open items and who stands on its slot now; nobody any more, where `rivals` is empty."""

    item: Item
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One claim of the contest: the challenger's, or a rival's.

    `told_at` is when its partner was told (null for the challenger and whoever was not), `comments` what was said on it
    since the first notice of this round.
    """

    claim: Claim
    partner_name: str
    told_at: datetime | None
    comments: tuple[Comment, ...]

    @property
    def window(self) -> Receipt | None:
        """The receipt of its time to answer."""
        return self.claim.clocks.get(ClockKind.INCUMBENT_RESPONSE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A claim's contested items and every side, the challenger's first.

    `noticed_at` is when the incumbents were first told in this round, `window` the receipt of the time they have to
    answer; both null before. `window_over` says that it may be decided by now.
    """

    items: tuple[ContestedItem, ...]
    sides: tuple[Side, ...]
    noticed_at: datetime | None
    window: Receipt | None
    window_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedClaim:
    """A claim, who claims, and the contest that it is in; null where nobody contests anything."""

    claim: Claim
    partner_name: str
    contest: Contest | None


async def read_for_review(services: Services, *, caller: Caller, claim_id: str, now: datetime) -> ReviewedClaim:
    """Everything about one claim, for the programme alone. NotFoundError, RoleMissingError."""
    claim = await read_claim(services, caller=caller, claim_id=claim_id)
    caller.needs(*PROGRAMME)
    contest, name = await asyncio.gather(_contest(services, claim, now=now), _partner_name(services, claim))
    return ReviewedClaim(claim=claim, partner_name=name, contest=contest)


async def _contest(services: Services, claim: Claim, *, now: datetime) -> Contest | None:
    stored = await slots_of(services, claim, claim.live_items)
    slots = {name: found.value for name, found in stored.items() if found}
    items = tuple(_items(services, claim, slots))
    if not items:
        return None
    told = claim.incumbents_told
    noticed_at = min(told.values(), default=None)
    window = claim.clocks.get(ClockKind.INCUMBENT_RESPONSE.value)
    rivals = dict.fromkeys(rival.claim_id for item in items for rival in item.rivals)
    sides = await _sides(services, claim, dict.fromkeys((*rivals, *told)), noticed_at)
    return Contest(
        items=items,
        sides=sides,
        noticed_at=noticed_at,
        window=window,
        window_over=window is not None and is_over(window, now=now, margin=CLOCK_SKEW_MARGIN),
    )


def _items(services: Services, claim: Claim, slots: Mapping[str, Slot]) -> Iterator[ContestedItem]:
    """The items on whose slots others stand now, and those that the checks flagged."""
    flagged = {
        item_id
        for check in claim.checks
        if check.code == ReasonCode.CONTESTED and check.result is CheckOutcome.FLAG
        for item_id in check.item_ids
    }
    for item in claim.live_items:
        slot = slots.get(item.resource or "")
        rivals = tuple(_rivals(services, claim, item, slot)) if slot else ()
        if rivals or item.item_id in flagged:
            yield ContestedItem(item=item, rivals=rivals)


def _rivals(services: Services, claim: Claim, item: Item, slot: Slot) -> Iterator[Rival]:
    found = contenders(
        slot,
        programme=item.programme,
        organisation=claim.organisation,
        claim_id=claim.claim_id,
        policy=services.policy,
    )
    for programme, entry in found:
        for place, party in ((Place.HOLDER, entry.holder), (Place.PENDING, entry.pending)):
            if party is not None:
                yield Rival(claim_id=party.claim_id, item_id=party.item_id, programme=programme, place=place)


async def _sides(
    services: Services, challenger: Claim, others: Iterable[str], noticed_at: datetime | None
) -> tuple[Side, ...]:
    """The challenger's side, then the others'; a claim that is gone has none."""
    found = await asyncio.gather(*(services.claims.get(claim_id) for claim_id in others))
    rivals = await asyncio.gather(*(with_scans(services, stored.value) for stored in found if stored))
    claims = (challenger, *rivals)
    names = await asyncio.gather(*(_partner_name(services, claim) for claim in claims))
    return tuple(
        Side(
            claim=claim,
            partner_name=name,
            told_at=challenger.incumbents_told.get(claim.claim_id),
            comments=tuple(one for one in claim.comments if noticed_at is not None and one.at >= noticed_at),
        )
        for claim, name in zip(claims, names, strict=True)
    )


async def _partner_name(services: Services, claim: Claim) -> str:
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    return location.organisation_name if location else claim.mpn_id
