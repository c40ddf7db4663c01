"""The form on which a customer proves a partner's work, filled in with what the claim knows (PROCESS.md, Checks, 6)."""

import asyncio
from dataclasses import dataclass

from shared.domain.claim import Claim
from shared.domain.registry import RegisteredCustomer
from shared.usecases.callers import Caller, Role, check_may_see
from shared.usecases.reading import stored_claim
from shared.usecases.services import Services
from shared.usecases.template_records import TemplateFormat, TemplateProduct, TemplateValues


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTemplate:
    """The form's bytes, in the language that it speaks."""

    content: bytes
    language: str
    number: str


async def proof_template(
    services: Services, *, caller: Caller, claim_id: str | None, kind: TemplateFormat, language: str | None
) -> ProofTemplate:
    """The form for the claim, or a blank one without a claim.

    `language` is the one asked for; without it the customer's own, as the claim says or as registered. NotFoundError
    for a claim that is none, or not the caller's.
    """
    caller.needs(*Role)
    if claim_id is None:
        return await _made(services, TemplateValues(), kind, language, None)
    claim = check_may_see(await stored_claim(services, claim_id), caller)
    customer = await services.registry.customer(claim.customer.tenant_id)
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    values = _values(services, claim, customer, location.organisation_name if location else "")
    wish = language or claim.customer.language or (customer.language if customer else None)
    return await _made(services, values, kind, wish, customer.country if customer else claim.customer.country)


async def _made(
    services: Services, values: TemplateValues, kind: TemplateFormat, wish: str | None, country: str | None
) -> ProofTemplate:
    content, language = await asyncio.to_thread(
        services.templates.render, values, kind=kind, wish=wish, country=country
    )
    return ProofTemplate(content=content, language=language, number=values.number)


def _values(services: Services, claim: Claim, customer: RegisteredCustomer | None, partner_name: str) -> TemplateValues:
    return TemplateValues(
        number=claim.number,
        claim_name=claim.claim_name or "",
        customer_name=customer.name if customer else claim.customer.name or "",
        domain=claim.customer.domain,
        tenant_id=claim.customer.tenant_id,
        partner_name=partner_name,
        mpn_id=claim.mpn_id,
        partner_contact=claim.partner_contact.name if claim.partner_contact else "",
        products=_products(services, claim),
    )


def _products(services: Services, claim: Claim) -> tuple[TemplateProduct, ...]:
    """Each product asked for once, with the claim's activities; a revenue claim may name a solution alone."""
    found: dict[TemplateProduct, None] = {}
    for wanted in claim.requested:
        product = services.catalogue.product(wanted.product_id) if wanted.product_id else None
        if product is not None:
            line = TemplateProduct(
                name=product.name, activities=claim.activities, subscription_id=wanted.subscription_id
            )
            found[line] = None
    if claim.revenue is not None:
        found[TemplateProduct(name=claim.revenue.solution_name, activities=claim.activities)] = None
    return tuple(found)
