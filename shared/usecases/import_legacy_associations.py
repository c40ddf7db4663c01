"""Associations from before this programme (PROCESS.md, After approval: Legacy).

One that a subscription holds becomes official at once, through the same slots as any other; a Microsoft 365 one must be
associated anew, so that its partner finds a draft. Each row is one transaction of its own, under an ID that the row
itself makes: sent again, it finds what is there. What a crash leaves, the next sending of the file finishes.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.catalogue import SlotKind, SolutionArea
from shared.domain.claim import Claim, Customer, RequestedProduct
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault
from shared.domain.identifiers import claim_id
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.domain.slots import (
    Availability,
    IncumbentWindowOpenError,
    SlotPendingError,
    SupersedeRequiredError,
    availability,
)
from shared.usecases.callers import Caller, Role
from shared.usecases.filing import new_claim
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.legacy_records import LegacyAssociation
from shared.usecases.records import ConflictError
from shared.usecases.row_imports import ImportRow, row_fault
from shared.usecases.services import Services
from shared.usecases.transition import carry_out

ORIGIN_LEGACY = "legacy"
_HELD = (SlotPendingError, SupersedeRequiredError, IncumbentWindowOpenError)


async def import_legacy_associations(
    services: Services, *, caller: Caller, rows: Iterable[ImportRow[LegacyAssociation]], dry_run: bool, now: datetime
) -> AsyncGenerator[RowResult]:
    """The end of each row, one after the other, in the file's order. RoleMissingError, ServiceUnavailableError."""
    caller.needs(Role.PROGRAM_ADMIN)
    seen: dict[str, int] = {}
    for row in rows:
        if row.value is None or row.faults:
            yield RowResult(row=row.row, key=row.key, outcome=RowOutcome.FAILED, faults=row.faults)
            continue
        first = seen.setdefault(row.value.key, row.row)
        if first != row.row:
            message = say("Row %(first)d of this file has “%(name)s” already.", first=first, name=row.key)
            yield _failed(row, row_fault(row.row, "productId", "duplicate-row", message))
            continue
        yield await _import(services, row, row.value, caller=caller, dry_run=dry_run, now=now)


def _failed(row: ImportRow[LegacyAssociation], *faults: Fault) -> RowResult:
    return RowResult(row=row.row, key=row.key, outcome=RowOutcome.FAILED, faults=faults)


async def _import(
    services: Services,
    row: ImportRow[LegacyAssociation],
    legacy: LegacyAssociation,
    *,
    caller: Caller,
    dry_run: bool,
    now: datetime,
) -> RowResult:
    identity = claim_id(
        tenant_id=legacy.tenant_id,
        organisation=legacy.organisation,
        key=f"{ORIGIN_LEGACY}\n{legacy.key}",
        secret=services.claim_id_secret,
    )
    if await services.claims.get(identity) is not None:
        return RowResult(row=row.row, key=row.key, outcome=RowOutcome.UNCHANGED, claim_id=identity)
    faults = await _faults(services, row.row, legacy)
    place = Availability.FREE
    if not faults:
        new = await _claim(services, legacy, identity, now=now)
        place = await _place(services, new)
        if place is Availability.FREE and not dry_run:
            place = await _filed(services, new, caller=caller, now=now)
    if faults or place is Availability.NOT_AVAILABLE:
        return _failed(row, *(faults or (_slot_held(row.row),)))
    outcome = RowOutcome.UNCHANGED if place is Availability.YOURS else RowOutcome.CREATED
    made = identity if place is Availability.FREE else None
    return RowResult(row=row.row, key=row.key, outcome=outcome, claim_id=made)


async def _filed(services: Services, new: Claim, *, caller: Caller, now: datetime) -> Availability:
    """Store the claim; a slot that was taken between the look and the commit is not available."""
    anew = new.solution_area == SolutionArea.MICROSOFT_365
    kind = EventKind.LEGACY_DRAFTED if anew else EventKind.IMPORTED
    event = Event(kind=kind, actor=caller.actor, detail={"items": [item.item_id for item in new.items]})
    try:
        await carry_out(services, None, event, now=now, new=new)
    except _HELD:
        return Availability.NOT_AVAILABLE
    except ConflictError:
        made = await services.claims.get(new.claim_id) is not None
        return Availability.FREE if made else Availability.NOT_AVAILABLE
    return Availability.FREE


def _slot_held(row: int) -> Fault:
    message = say("Another claim has this product, or waits for the customer with it.")
    return row_fault(row, "subscriptionId", ReasonCode.SLOT_HELD, message)


async def _faults(services: Services, row: int, legacy: LegacyAssociation) -> Sequence[Fault]:
    """What the registries and the catalogue have against the row: all of it."""
    found: list[Fault] = []
    location = await services.registry.location(legacy.organisation, legacy.mpn_id)
    if location is None or not location.active:
        message = say("The organisation has no active location of that MPN ID.")
        found.append(row_fault(row, "mpnId", ReasonCode.MPN_NOT_ENROLLED, message))
    if await services.registry.customer(legacy.tenant_id) is None:
        message = say("There is no registered customer of that directory ID.")
        found.append(row_fault(row, "tenantId", "unknown-customer", message))
    product = services.catalogue.product(legacy.product_id)
    kind = services.catalogue.claim_type(product.solution_area, legacy.activity) if product else None
    if product is None:
        found.append(row_fault(row, "productId", "unknown-product", say("There is no such product in the catalogue.")))
    elif kind is None or kind.slot is SlotKind.NONE:
        message = say("This product is not associated by that activity.")
        found.append(row_fault(row, "activity", ReasonCode.ACTIVITY_NOT_ALLOWED, message))
    elif kind.slot is SlotKind.SUBSCRIPTION:
        found += await _subscription_faults(services, row, legacy, product.held_by)
    elif legacy.partner_contact is None:
        message = say("Name whom to write to: this association must be claimed anew by its partner.")
        found.append(row_fault(row, "partnerContactEmail", "required", message))
    return found


async def _subscription_faults(
    services: Services, row: int, legacy: LegacyAssociation, held_by: Sequence[str]
) -> Sequence[Fault]:
    if legacy.subscription_id is None:
        message = say("Name the subscription that holds this product.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_REQUIRED, message),)
    found = await services.registry.subscription(legacy.subscription_id)
    if found is None or found.tenant_id != legacy.tenant_id or found.product_id not in held_by:
        message = say("The customer has no such subscription for this product.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_UNKNOWN, message),)
    if found.ended:
        message = say("This subscription has ended, and the association with it.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_INACTIVE, message),)
    return ()


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


async def _place(services: Services, new: Claim) -> Availability:
    """Whether the row's slot is free, the organisation's own already, or somebody else's or about to be."""
    resources = [item.resource for item in new.items if item.resource]
    slots = await services.claims.slots(new.customer.tenant_id, resources)
    for item in new.items:
        found = slots.get(item.resource or "")
        if found is None:
            continue
        holder = found.value.entry(item.programme).holder
        if holder is not None and holder.organisation == new.organisation:
            return Availability.YOURS
        word = availability(
            found.value,
            programme=item.programme,
            organisation=new.organisation,
            claim_id=new.claim_id,
            policy=services.policy,
        )
        if word is not Availability.FREE:
            return Availability.NOT_AVAILABLE
    return Availability.FREE
