"""What is refused at the door, as far as it needs no service (PROCESS.md, At the door or in the checks?).

The pointers are into the request, so that a page can show each fault beside its field.
"""

from collections.abc import Iterator

from shared.domain.catalogue import Catalogue, ClaimType, SlotKind
from shared.domain.claim import Contact
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault
from shared.domain.mail_domains import contact_is_partner
from shared.domain.reasons import ReasonCode, reason
from shared.domain.sayings import say

MOST_ITEMS = 20
REQUIRED = "required"
TOO_MANY = "too-many"
DUPLICATE = "duplicate"
NOT_ASKED = "not-asked"
UNKNOWN_AREA = "unknown-solution-area"
_NEEDED = say("This is needed to submit a claim.")


def door_faults(
    fields: ClaimFields, *, catalogue: Catalogue, complete: bool, proofs_count: int | None
) -> tuple[Fault, ...]:
    """Every fault of the fields, and of their fitting together.

    `complete` asks for what a claim needs to be submitted; without it, only what is present and wrong is told.
    `proofs_count` is how many proofs there are, null where that is not asked. Locations and files are not looked at:
    they need services.
    """
    faults = [*_area(fields, catalogue), *_activities(fields, catalogue), *_items(fields, catalogue)]
    faults += _parties(fields)
    faults += _revenue(fields, catalogue)
    if complete:
        faults += _missing(fields, catalogue)
        if proofs_count == 0:
            faults.append(_of_reason("/proofs", ReasonCode.POE_MISSING))
    return tuple(dict.fromkeys(faults))


def _fault(pointer: str, code: str, message: str) -> Fault:
    return Fault(pointer=pointer, code=code, message=message)


def _of_reason(pointer: str, code: ReasonCode) -> Fault:
    return _fault(pointer, code.value, reason(code).explanation)


def _areas(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(area.id for area in catalogue.solution_areas)


def _area(fields: ClaimFields, catalogue: Catalogue) -> Iterator[Fault]:
    if fields.solution_area is None or fields.solution_area in _areas(catalogue):
        return
    word = "-".join(fields.solution_area.casefold().replace("_", " ").replace("-", " ").split())
    if word in catalogue.foreign_programmes:
        yield _fault("/solutionArea", ReasonCode.CO_OP_CLAIM.value, reason(ReasonCode.CO_OP_CLAIM).advice)
    else:
        known = ", ".join(area.id for area in catalogue.solution_areas)
        yield _fault(
            "/solutionArea", UNKNOWN_AREA, say("There is no such solution area. There are: %(known)s.", known=known)
        )


def _known_area(fields: ClaimFields, catalogue: Catalogue) -> str | None:
    return fields.solution_area if fields.solution_area in _areas(catalogue) else None


def _activities(fields: ClaimFields, catalogue: Catalogue) -> Iterator[Fault]:
    area = _known_area(fields, catalogue)
    known = {activity.id for activity in catalogue.activities}
    single = False
    for index, activity in enumerate(fields.activities):
        if activity not in known or (area is not None and catalogue.claim_type(area, activity) is None):
            single = True
            yield _of_reason(f"/activities/{index}", ReasonCode.ACTIVITY_NOT_ALLOWED)
        elif activity in fields.activities[:index]:
            yield _fault(f"/activities/{index}", DUPLICATE, say("This activity is named twice."))
    if area is None or single or not fields.activities:
        return
    if not catalogue.activities_allowed_together(area, fields.activities):
        yield _of_reason("/activities", ReasonCode.ACTIVITY_NOT_ALLOWED)


def _kinds(fields: ClaimFields, catalogue: Catalogue) -> tuple[ClaimType, ...]:
    """The claim types that the fields make so far."""
    area = fields.solution_area or ""
    return tuple(kind for activity in fields.activities if (kind := catalogue.claim_type(area, activity)))


def _items(fields: ClaimFields, catalogue: Catalogue) -> Iterator[Fault]:
    if len(fields.requested) > MOST_ITEMS:
        yield _fault("/items", TOO_MANY, say("A claim names at most %(most)s products.", most=MOST_ITEMS))
    area = _known_area(fields, catalogue)
    by_workload = any(kind.slot is SlotKind.WORKLOAD for kind in _kinds(fields, catalogue))
    seen: set[tuple[str | None, str | None]] = set()
    for index, wanted in enumerate(fields.requested):
        if wanted.product_id is None and wanted.subscription_id is not None:
            yield _fault(
                f"/items/{index}/productId", REQUIRED, say("Say which product of the subscription is claimed.")
            )
        if wanted.product_id is not None:
            product = catalogue.product(wanted.product_id)
            if product is None or (area is not None and product.solution_area != area):
                yield _of_reason(f"/items/{index}/productId", ReasonCode.PRODUCT_NOT_IN_AREA)
        # What is held by the tenant is the same thing whatever subscription is named with it.
        key = (wanted.product_id, None if by_workload else wanted.subscription_id)
        if key in seen:
            yield _of_reason(f"/items/{index}", ReasonCode.DUPLICATE_ITEM)
        seen.add(key)


def _parties(fields: ClaimFields) -> Iterator[Fault]:
    contact = fields.customer_contact
    if contact and contact_is_partner(contact, partner_contact=fields.partner_contact, partner_domains=()):
        yield _of_reason("/customerContact/email", ReasonCode.CONTACT_IS_PARTNER)


def _revenue(fields: ClaimFields, catalogue: Catalogue) -> Iterator[Fault]:
    kinds = _kinds(fields, catalogue)
    if fields.revenue is not None and kinds and not any(kind.revenue_fields for kind in kinds):
        yield _fault("/revenue", NOT_ASKED, say("Only a revenue association has these fields. Leave them out."))


def _missing(fields: ClaimFields, catalogue: Catalogue) -> Iterator[Fault]:
    kinds = _kinds(fields, catalogue)
    if fields.solution_area is None:
        yield _fault("/solutionArea", REQUIRED, _NEEDED)
    if not fields.activities:
        yield _fault("/activities", REQUIRED, say("Name at least one activity."))
    if fields.claim_name is None:
        yield _fault("/claimName", REQUIRED, _NEEDED)
    yield from _missing_products(fields, kinds)
    yield from _missing_contact("/customerContact", fields.customer_contact, titled=True)
    yield from _missing_contact("/partnerContact", fields.partner_contact, titled=False)
    if any(kind.technical_contact for kind in kinds):
        yield from _missing_contact("/technicalContact", fields.technical_contact, titled=True)
    if fields.revenue is None and any(kind.revenue_fields for kind in kinds):
        yield _fault(
            "/revenue", REQUIRED, say("A revenue association needs solution seller, customer and solution name.")
        )


def _missing_products(fields: ClaimFields, kinds: tuple[ClaimType, ...]) -> Iterator[Fault]:
    """Only a claim type without a slot may name no product."""
    if kinds and all(kind.slot is SlotKind.NONE for kind in kinds):
        return
    if not fields.requested:
        yield _fault("/items", REQUIRED, say("Name at least one product."))
    for index, wanted in enumerate(fields.requested):
        if wanted.product_id is None:
            yield _fault(f"/items/{index}/productId", REQUIRED, say("Say which product is claimed."))


def _missing_contact(pointer: str, contact: Contact | None, *, titled: bool) -> Iterator[Fault]:
    if contact is None:
        yield _fault(pointer, REQUIRED, _PERSON if titled else say("Name a person, with an e-mail address."))
    elif titled and contact.title is None:
        yield _fault(f"{pointer}/title", REQUIRED, say("Say what this person's job is."))


_PERSON = say("Name a person at the customer, with job title and e-mail address.")
