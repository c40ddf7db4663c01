"""Checks of who claims, for whom, what, and who is asked (PROCESS.md, Checks, 1 to 3, 7 and 8)."""

from collections.abc import Iterator

from shared.domain.catalogue import SolutionArea
from shared.domain.check_facts import Case, fail, flag
from shared.domain.claim import CheckResult
from shared.domain.mail_domains import contact_is_partner, domain_of, is_free_mail, is_on
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say


def location_findings(case: Case) -> Iterator[CheckResult]:
    """Check 1: the location exists, is the organisation's, is active, and is enrolled in every programme claimed."""
    claim, location, code = case.claim, case.facts.location, ReasonCode.MPN_NOT_ENROLLED
    if location is None or location.organisation != claim.organisation or location.mpn_id != claim.mpn_id:
        yield fail(
            code, say("The MPN ID %(mpn)s is not registered as a location of your organisation.", mpn=claim.mpn_id)
        )
        return
    if not location.active:
        yield fail(code, say("The location with the MPN ID %(mpn)s is not active.", mpn=claim.mpn_id))
    names = {programme.id: programme.name for programme in case.catalogue.programmes}
    for programme in dict.fromkeys(item.programme for item in claim.live_items):
        if programme not in location.programmes:
            yield fail(
                code,
                say(
                    "The location %(mpn)s is not enrolled in the programme %(programme)s.",
                    mpn=claim.mpn_id,
                    programme=names.get(programme, programme),
                ),
                items=tuple(item.item_id for item in claim.live_items if item.programme == programme),
            )


def directory_findings(case: Case) -> Iterator[CheckResult]:
    """Check 2: the domain resolves to the claimed tenant; the registry is asked only where the authority is down."""
    facts, customer, code = case.facts, case.claim.customer, ReasonCode.TENANT_DOMAIN_MISMATCH
    if facts.directory == "unknown-domain":
        yield fail(code, say("The domain %(domain)s belongs to no directory.", domain=customer.domain))
    elif facts.directory == "resolved":
        if facts.directory_tenant_id != customer.tenant_id:
            yield fail(
                code,
                say(
                    "The domain %(domain)s belongs to another directory than %(tenant)s.",
                    domain=customer.domain,
                    tenant=customer.tenant_id,
                ),
            )
    elif facts.customer is None:
        yield flag(
            code,
            say(
                "The identity platform did not answer, and the customer is not registered: "
                "nobody confirmed that %(domain)s belongs to the directory %(tenant)s.",
                domain=customer.domain,
                tenant=customer.tenant_id,
            ),
        )
    elif customer.domain in facts.customer.domains:
        yield flag(
            code,
            say(
                "The identity platform did not answer. By the registry %(domain)s belongs to the directory %(tenant)s.",
                domain=customer.domain,
                tenant=customer.tenant_id,
            ),
        )
    else:
        yield fail(
            code,
            say(
                "The identity platform did not answer, "
                "and by the registry %(domain)s is none of the domains of the directory %(tenant)s.",
                domain=customer.domain,
                tenant=customer.tenant_id,
            ),
        )


def catalogue_findings(case: Case) -> Iterator[CheckResult]:
    """Check 3: the products are of the solution area, and the activities may be claimed there together."""
    claim, area = case.claim, case.claim.solution_area or ""
    for item in claim.live_items:
        if item.product_id is None:
            continue
        product = case.catalogue.product(item.product_id)
        if product is None or product.solution_area != area:
            yield fail(
                ReasonCode.PRODUCT_NOT_IN_AREA,
                say(
                    "The product %(product)s is not part of the solution area.",
                    product=product.name if product else item.product_id,
                ),
                items=(item.item_id,),
            )
    if not case.catalogue.activities_allowed_together(area, claim.activities):
        yield fail(
            ReasonCode.ACTIVITY_NOT_ALLOWED,
            say(
                "The solution area does not take these activities together: %(activities)s.",
                activities=", ".join(claim.activities) or "none",
            ),
        )


def contact_findings(case: Case) -> Iterator[CheckResult]:
    """Check 7: the customer contact speaks for the customer, and not for the partner."""
    claim, facts = case.claim, case.facts
    if claim.customer_contact is None:
        return
    domain = domain_of(claim.customer_contact.email)
    if is_free_mail(domain):
        yield flag(
            ReasonCode.CONTACT_DOMAIN_NOT_CUSTOMER,
            say(
                "Anybody can have an address at %(domain)s: it does not show that the contact speaks for the customer.",
                domain=domain,
            ),
        )
    elif not is_on(domain, _tenant_domains(case)):
        yield flag(
            ReasonCode.CONTACT_DOMAIN_NOT_CUSTOMER,
            say("The contact's address is at %(domain)s, which is none of the customer's domains.", domain=domain),
        )
    if contact_is_partner(
        claim.customer_contact, partner_contact=claim.partner_contact, partner_domains=facts.partner_domains
    ):
        yield fail(
            ReasonCode.CONTACT_IS_PARTNER,
            say("The contact's address at %(domain)s is the partner's own.", domain=domain),
        )


def _tenant_domains(case: Case) -> frozenset[str]:
    """The registry's domains where the customer is registered, and the claimed one where the directory confirmed it."""
    claimed, facts = case.claim.customer, case.facts
    if facts.customer is None:
        return frozenset({claimed.domain})
    confirmed = facts.directory_tenant_id == claimed.tenant_id
    return frozenset(facts.customer.domains) | (frozenset({claimed.domain}) if confirmed else frozenset())


def seat_findings(case: Case) -> Iterator[CheckResult]:
    """Check 8: Microsoft 365 asks for a number of seats, where the registry knows them."""
    if case.claim.solution_area != SolutionArea.MICROSOFT_365:
        return
    products = [case.catalogue.product(item.product_id) for item in case.claim.live_items if item.product_id]
    holding = {name for product in products if product for name in product.held_by}
    known = [
        subscription.seats
        for subscription in case.facts.subscriptions
        if subscription.product_id in holding and subscription.usable and subscription.seats is not None
    ]
    if known and sum(known) < case.policy.minimum_seats:
        yield flag(
            ReasonCode.SEATS_BELOW_MINIMUM,
            say(
                "The customer has %(seats)s seats; the programme asks for %(minimum)s.",
                seats=sum(known),
                minimum=case.policy.minimum_seats,
            ),
            items=tuple(item.item_id for item in case.claim.live_items),
        )
