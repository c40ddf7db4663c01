"""The checks before anything is filed: the same ones, without side effects (API.md, POST /api/claims/check).

What it tells of slots is told to those alone who could file the claim: the location must be the caller's and enrolled,
and the domain the tenant's. Where that does not hold, or a service does not answer, nothing counts as free. No rival is
ever named. Each call is counted and recorded, so that nobody can feel their way through the customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.catalogue import Activity, expand_items
from shared.domain.check_facts import Facts
from shared.domain.checks import run_checks
from shared.domain.claim import CheckOutcome, CheckResult, Claim
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import Fault
from shared.domain.identifiers import claim_id
from shared.domain.reasons import ReasonCode
from shared.domain.slots import Availability, availability
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.callers import PARTNERS, Caller
from shared.usecases.facts import gather_facts
from shared.usecases.filing import location_faults, new_claim
from shared.usecases.services import Services

SCOPE = "pre-check"
AT_MOST = 60
WINDOW = timedelta(minutes=1)
_OF_PROOFS = "poe-"
_WHO_MAY_KNOW = frozenset({ReasonCode.MPN_NOT_ENROLLED.value, ReasonCode.TENANT_DOMAIN_MISMATCH.value})
_POINTERS: Mapping[str, str] = {
    ReasonCode.MPN_NOT_ENROLLED: "/mpnId",
    ReasonCode.TENANT_DOMAIN_MISMATCH: "/customer/domain",
    ReasonCode.ACTIVITY_NOT_ALLOWED: "/activities",
    ReasonCode.CONTACT_DOMAIN_NOT_CUSTOMER: "/customerContact/email",
    ReasonCode.CONTACT_IS_PARTNER: "/customerContact/email",
    ReasonCode.ALREADY_ASSOCIATED_TO_YOU: "/revenue/solutionName",
}
_WITHIN_ITEM: Mapping[str, str] = {
    ReasonCode.PRODUCT_NOT_IN_AREA: "/productId",
    ReasonCode.SUBSCRIPTION_REQUIRED: "/subscriptionId",
    ReasonCode.SUBSCRIPTION_UNKNOWN: "/subscriptionId",
    ReasonCode.SUBSCRIPTION_OTHER_TENANT: "/subscriptionId",
    ReasonCode.SUBSCRIPTION_OTHER_PRODUCT: "/subscriptionId",
    ReasonCode.SUBSCRIPTION_CSP: "/subscriptionId",
    ReasonCode.SUBSCRIPTION_INACTIVE: "/subscriptionId",
}
_WORST_FIRST = (Availability.YOURS, Availability.NOT_AVAILABLE, Availability.FREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProduct:
    """One product of the request, with the subscription that was found for it, and whether it could be taken."""

    product_id: str | None
    subscription_id: str | None
    availability: Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCheck:
    """What the checks would say: `errors` would stop the claim, `warnings` would send it to a reviewer."""

    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    products: tuple[CheckedProduct, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing known so far would stop the claim; its proofs are looked at when it is filed."""
        return not self.errors


async def pre_check(
    services: Services,
    *,
    caller: Caller,
    fields: ClaimFields | None,
    mpn_id: str | None,
    faults: tuple[Fault, ...],
    missing: tuple[Fault, ...],
    now: datetime,
) -> PreCheck:
    """What the claim would meet if it were filed now.

    `fields` is null where the request's own shape is wrong; `faults` say what is, `missing` what a whole claim would
    need beyond it. Writes nothing but its own trace. TooManyRequestsError, RoleMissingError, ServiceUnavailableError.
    """
    caller.needs(*PARTNERS)
    await services.rate_limits.take(scope=SCOPE, subject=caller.organisation, limit=AT_MOST, window=WINDOW, now=now)
    await services.audit.record(_trace(caller, fields, now=now))
    if fields is None or faults:
        return PreCheck(errors=(*faults, *await location_faults(services, caller, fields.mpn_id if fields else mpn_id)))
    nobody = claim_id(  # an ID that no claim has: the checks leave out the claim's own slots
        tenant_id=fields.customer.tenant_id,
        organisation=caller.organisation,
        key=services.new_id(),
        secret=services.claim_id_secret,
    )
    wanted = new_claim(services, caller=caller, fields=fields, claim_id=nobody, proofs=(), now=now)
    claim, facts, _ = await gather_facts(services, wanted, last_attempt=False, now=now)
    results = [
        result
        for result in run_checks(claim, facts, catalogue=services.catalogue, policy=services.policy)
        if result.result is not CheckOutcome.PASS and not result.code.startswith(_OF_PROOFS)
    ]
    may_know = not any(result.code in _WHO_MAY_KNOW for result in results)
    told = [result for result in results if may_know or result.code in _WHO_MAY_KNOW]
    lines = _lines(services, claim)
    return PreCheck(
        errors=(*missing, *_faults(told, lines, CheckOutcome.FAIL)),
        warnings=_faults(told, lines, CheckOutcome.FLAG),
        products=_products(services, claim if may_know else wanted, facts, lines, may_know=may_know),
    )


def _trace(caller: Caller, fields: ClaimFields | None, *, now: datetime) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor=caller.actor,
        action=AuditAction.PRE_CHECKED,
        organisation=caller.organisation,
        subject=fields.customer.tenant_id if fields else "",
        detail={"products": [one.product_id for one in fields.requested]} if fields else {},
    )


def _lines(services: Services, claim: Claim) -> Mapping[str, int]:
    """Which line of the request each item came from."""
    lines: dict[str, int] = {}
    position = 0
    for index, wanted in enumerate(claim.requested):
        made = expand_items(
            (wanted,),
            area=claim.solution_area or "",
            activities=claim.activities,
            catalogue=services.catalogue,
            subscriptions=(),
        )
        for item in claim.items[position : position + len(made)]:
            lines[item.item_id] = index
        position += len(made)
    return lines


def _faults(results: list[CheckResult], lines: Mapping[str, int], outcome: CheckOutcome) -> tuple[Fault, ...]:
    found: dict[Fault, None] = {}
    for result in results:
        if result.result is not outcome:
            continue
        places = [f"/items/{lines[one]}" for one in result.item_ids if one in lines]
        inside = _WITHIN_ITEM.get(result.code, "")
        for pointer in [place + inside for place in places] or [_POINTERS.get(result.code, "")]:
            found[Fault(pointer=pointer, code=result.code, message=result.saying)] = None
    return tuple(found)


def _products(
    services: Services, claim: Claim, facts: Facts, lines: Mapping[str, int], *, may_know: bool
) -> tuple[CheckedProduct, ...]:
    """One line for each product asked for; of its activities the worst word counts."""
    products: list[CheckedProduct] = []
    for index, wanted in enumerate(claim.requested):
        items = [item for item in claim.items if lines.get(item.item_id) == index]
        words = {Availability.NOT_AVAILABLE} if not may_know or not items else set[Availability]()
        for item in items if may_know else ():
            slot = facts.slots.get(item.resource) if item.resource else None
            if item.resource is None and item.activity != Activity.REVENUE:
                words.add(Availability.NOT_AVAILABLE)  # the subscription is not known, so neither is its slot
                continue
            words.add(
                availability(
                    slot,
                    programme=item.programme,
                    organisation=claim.organisation,
                    claim_id=None,
                    policy=services.policy,
                )
            )
        if may_know and facts.revenue_rival:
            words.add(Availability.YOURS)
        products.append(
            CheckedProduct(
                product_id=wanted.product_id,
                subscription_id=next((item.subscription_id for item in items), wanted.subscription_id),
                availability=next(word for word in _WORST_FIRST if word in words),
            )
        )
    return tuple(products)
