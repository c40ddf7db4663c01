"""What the registries and the catalogue have against an earlier association (PROCESS.md, After approval: Legacy)."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.catalogue import SlotKind
from shared.domain.errors import Fault
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.legacy_records import LegacyAssociation
from shared.usecases.row_imports import row_fault
from shared.usecases.services import Services


async def legacy_faults(services: Services, row: int, legacy: LegacyAssociation, *, now: datetime) -> Sequence[Fault]:
    """Every fault of the row, none where it can be imported as far as the registries know."""
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
        found += await _subscription_faults(services, row, legacy, product.held_by, now=now)
    elif legacy.partner_contact is None:
        message = say("Name whom to write to: this association must be claimed anew by its partner.")
        found.append(row_fault(row, "partnerContactEmail", "required", message))
    return found


async def _subscription_faults(
    services: Services, row: int, legacy: LegacyAssociation, held_by: Sequence[str], *, now: datetime
) -> Sequence[Fault]:
    if legacy.subscription_id is None:
        message = say("Name the subscription that holds this product.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_REQUIRED, message),)
    found = await services.registry.subscription(legacy.subscription_id)
    if found is None or found.tenant_id != legacy.tenant_id or found.product_id not in held_by:
        message = say("The customer has no such subscription for this product.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_UNKNOWN, message),)
    if found.ended or (found.ends_at is not None and found.ends_at <= now):
        message = say("This subscription has ended, and the association with it.")
        return (row_fault(row, "subscriptionId", ReasonCode.SUBSCRIPTION_INACTIVE, message),)
    return ()
