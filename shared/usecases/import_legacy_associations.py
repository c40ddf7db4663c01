"""Associations from before this programme (PROCESS.md, After approval: Legacy).

One that a subscription holds becomes official at once, through the same slots as any other; a Microsoft 365 one must be
associated anew, so that its partner finds a draft. Each row is one transaction of its own, under an ID that the row
itself makes: sent again, it finds what is there. What a crash leaves, the next sending of the file finishes.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched

from shared.domain.catalogue import SolutionArea
from shared.domain.claim import Claim, Customer, Item, RequestedProduct
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault
from shared.domain.identifiers import claim_id
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.domain.slots import (
    Availability,
    IncumbentWindowOpenError,
    Slot,
    SlotEntry,
    SlotParty,
    SlotPendingError,
    SupersedeRequiredError,
    availability,
)
from shared.usecases.callers import Caller, Role
from shared.usecases.filing import new_claim
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.legacy_faults import legacy_faults
from shared.usecases.legacy_records import LegacyAssociation
from shared.usecases.records import ConflictError
from shared.usecases.row_imports import ImportRow, row_fault
from shared.usecases.services import Services
from shared.usecases.transition import carry_out

ORIGIN_LEGACY = "legacy"
BATCH = 64
AT_ONCE = 16
_HELD = (SlotPendingError, SupersedeRequiredError, IncumbentWindowOpenError)
_Row = ImportRow[LegacyAssociation]


@dataclass(frozen=True, slots=True)
class _Import:
    """What every row of one import is worked on with.

    `foreseen` is what a dry run would have made so far, for the rows that follow: claims by tenant and resource.
    """

    services: Services
    caller: Caller
    dry_run: bool
    now: datetime
    seen: dict[str, int] = field(default_factory=dict)
    foreseen: dict[tuple[str, str], list[Claim]] = field(default_factory=dict)


async def import_legacy_associations(
    services: Services, *, caller: Caller, rows: Iterable[_Row], dry_run: bool, now: datetime
) -> AsyncGenerator[RowResult]:
    """The end of each row, in the file's order; a dry run writes nothing and answers the same.

    A batch at a time; in it the customers side by side, the rows of one customer one after the other, for they may be
    about the same subscription. RoleMissingError, ServiceUnavailableError.
    """
    caller.needs(Role.PROGRAM_ADMIN)
    work = _Import(services, caller, dry_run, now)
    gate = asyncio.Semaphore(AT_ONCE)

    async def imported(own: Sequence[_Row]) -> list[RowResult]:
        async with gate:
            return [await _ended(work, row) for row in own]

    for batch in batched(rows, BATCH, strict=False):
        customers: dict[str, list[_Row]] = {}
        for row in batch:
            customers.setdefault(row.value.tenant_id if row.value else "", []).append(row)
        ends = await asyncio.gather(*(imported(own) for own in customers.values()))
        for result in sorted((one for own in ends for one in own), key=lambda one: one.row):
            yield result


async def _ended(work: _Import, row: _Row) -> RowResult:
    if row.value is None or row.faults:
        return _failed(row, *row.faults)
    first = work.seen.setdefault(row.value.key, row.row)
    if first != row.row:
        message = say("Row %(first)d of this file has “%(name)s” already.", first=first, name=row.key)
        return _failed(row, row_fault(row.row, "productId", "duplicate-row", message))
    return await _taken_in(work, row, row.value)


def _failed(row: _Row, *faults: Fault) -> RowResult:
    return RowResult(row=row.row, key=row.key, outcome=RowOutcome.FAILED, faults=faults)


async def _taken_in(work: _Import, row: _Row, legacy: LegacyAssociation) -> RowResult:
    identity = claim_id(
        tenant_id=legacy.tenant_id,
        organisation=legacy.organisation,
        key=f"{ORIGIN_LEGACY}\n{legacy.key}",
        secret=work.services.claim_id_secret,
    )
    if await work.services.claims.get(identity) is not None:
        return RowResult(row=row.row, key=row.key, outcome=RowOutcome.UNCHANGED, claim_id=identity)
    faults = await legacy_faults(work.services, row.row, legacy, now=work.now)
    if faults:
        return _failed(row, *faults)
    new = await _claim(work.services, legacy, identity, now=work.now)
    place, holder = await _place(work, new)
    if place is Availability.YOURS:
        return RowResult(row=row.row, key=row.key, outcome=RowOutcome.UNCHANGED, claim_id=holder)
    if place is Availability.NOT_AVAILABLE or not await _filed(work, new):
        message = say("Another claim has this product, or waits for the customer with it.")
        return _failed(row, row_fault(row.row, "subscriptionId", ReasonCode.SLOT_HELD, message))
    return RowResult(row=row.row, key=row.key, outcome=RowOutcome.CREATED, claim_id=None if work.dry_run else identity)


async def _filed(work: _Import, new: Claim) -> bool:
    """Store the claim; false where its slot was taken between the look and the commit."""
    if work.dry_run:
        for item in _official(new):
            work.foreseen.setdefault((new.customer.tenant_id, item.resource or ""), []).append(new)
        return True
    kind = EventKind.LEGACY_DRAFTED if _must_be_claimed_anew(new) else EventKind.IMPORTED
    event = Event(kind=kind, actor=work.caller.actor, detail={"items": [item.item_id for item in new.items]})
    try:
        await carry_out(work.services, None, event, now=work.now, new=new)
    except _HELD:
        return False
    except ConflictError:
        return await work.services.claims.get(new.claim_id) is not None
    return True


def _must_be_claimed_anew(new: Claim) -> bool:
    return new.solution_area == SolutionArea.MICROSOFT_365


def _official(new: Claim) -> tuple[Item, ...]:
    """The items that take a slot by the import: a draft takes none."""
    return () if _must_be_claimed_anew(new) else tuple(item for item in new.items if item.resource)


async def _claim(services: Services, legacy: LegacyAssociation, identity: str, *, now: datetime) -> Claim:
    """The claim that the row makes, not stored yet."""
    customer = await services.registry.customer(legacy.tenant_id)
    product = services.catalogue.product(legacy.product_id)
    if customer is None or product is None:
        raise ConflictError(say("The registry changed meanwhile."))
    fields = ClaimFields(
        mpn_id=legacy.mpn_id,
        customer=Customer(
            tenant_id=legacy.tenant_id,
            domain=customer.domains[0],
            name=customer.name,
            country=customer.country,
            language=customer.language,
        ),
        solution_area=product.solution_area,
        activities=(legacy.activity,),
        requested=(RequestedProduct(product_id=legacy.product_id, subscription_id=legacy.subscription_id),),
        partner_contact=legacy.partner_contact,
    )
    owner = Caller(organisation=legacy.organisation, object_id="", name="", roles=frozenset())
    new = new_claim(services, caller=owner, fields=fields, claim_id=identity, proofs=(), now=now)
    return replace(new, origin=ORIGIN_LEGACY)


async def _place(work: _Import, new: Claim) -> tuple[Availability, str | None]:
    """Whether the row's slot is free, the organisation's own with the claim that has it, or somebody else's.

    A draft takes no slot, so that nobody stands in its way: whether it is contested is seen when it is filed.
    """
    resources = [item.resource for item in new.items if item.resource]
    stored = await work.services.claims.slots(new.customer.tenant_id, resources)
    for item in new.items:
        foreseen = work.foreseen.get((new.customer.tenant_id, item.resource or ""), [])
        found = stored.get(item.resource or "")
        slot = _with(found.value if found else Slot(resource=item.resource or ""), foreseen)
        holder = slot.entry(item.programme).holder
        if holder is not None and holder.organisation == new.organisation:
            stored_too = holder.claim_id not in {claim.claim_id for claim in foreseen}
            return Availability.YOURS, holder.claim_id if stored_too else None
        word = availability(
            slot,
            programme=item.programme,
            organisation=new.organisation,
            claim_id=new.claim_id,
            policy=work.services.policy,
        )
        if word is not Availability.FREE and not _must_be_claimed_anew(new):
            return Availability.NOT_AVAILABLE, None
    return Availability.FREE, None


def _with(slot: Slot, foreseen: Iterable[Claim]) -> Slot:
    """The slot as it would be, had the dry run made these claims."""
    for claim in foreseen:
        for item in claim.items:
            party = SlotParty(claim_id=claim.claim_id, organisation=claim.organisation, item_id=item.item_id)
            slot = slot.with_entry(item.programme, SlotEntry(holder=party))
    return slot
