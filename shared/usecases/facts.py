"""Gathering what the checks look at: registries, the directory, slots, and the proofs' own text."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from shared.domain.catalogue import expand_items
from shared.domain.checks import Facts, ProofFacts
from shared.domain.claim import Claim, Item, Proof, Scan
from shared.domain.reasons import ReasonCode
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.slots import Slot
from shared.usecases.proof_scans import is_unscanned
from shared.usecases.records import ServiceUnavailableError, Versioned
from shared.usecases.services import Services

Directory = tuple[Literal["resolved", "unknown-domain", "down"], str | None]


async def gather_facts(
    services: Services, claim: Claim, *, last_attempt: bool, now: datetime
) -> tuple[Claim, Facts, Mapping[str, Versioned[Slot]]]:
    """The claim with subscriptions filled in where there is just one, the facts for its checks, and the slots as read.

    ServiceUnavailableError where a service is down and this is not the last attempt.
    """
    tenant_id = claim.customer.tenant_id
    location, customer, subscriptions, directory, rivals = await asyncio.gather(
        services.registry.location(claim.organisation, claim.mpn_id),
        services.registry.customer(tenant_id),
        services.registry.subscriptions(tenant_id),
        _directory(services, claim.customer.domain, last_attempt=last_attempt),
        _revenue_rival(services, claim),
    )
    filled = replace(claim, items=_filled(services, claim, subscriptions))
    slots, others, proofs = await asyncio.gather(
        services.claims.slots(tenant_id, sorted({item.resource for item in filled.items if item.resource})),
        _others(services, filled, subscriptions),
        proof_facts(services, filled, customer, now=now),
    )
    facts = Facts(
        location=location,
        directory=directory[0],
        directory_tenant_id=directory[1],
        customer=customer,
        subscriptions=subscriptions,
        other_subscriptions=others,
        slots={resource: stored.value for resource, stored in slots.items()},
        revenue_rival=rivals,
        proofs=proofs,
        partner_domains=_partner_domains(location),
        unavailable=frozenset({ReasonCode.POE_INFECTED} if is_unscanned(services, claim) else ()),
    )
    return filled, facts, slots


def _partner_domains(location: PartnerLocation | None) -> tuple[str, ...]:
    return location.domains if location else ()


async def _directory(services: Services, domain: str, *, last_attempt: bool) -> Directory:
    try:
        tenant_id = await services.directory.tenant_of(domain)
    except ServiceUnavailableError:
        if last_attempt:
            return "down", None
        raise
    return ("resolved", tenant_id) if tenant_id else ("unknown-domain", None)


def _filled(services: Services, claim: Claim, subscriptions: tuple[Subscription, ...]) -> tuple[Item, ...]:
    """The claim's items, each with the subscription that the registry fills in; what was dropped stays dropped."""
    expanded = {
        item.item_id: item
        for item in expand_items(
            claim.requested,
            area=claim.solution_area or "",
            activities=claim.activities,
            catalogue=services.catalogue,
            subscriptions=subscriptions,
        )
    }

    def filled(item: Item) -> Item:
        known = expanded.get(item.item_id)
        if known is None or item.subscription_id is not None:
            return item
        return replace(item, subscription_id=known.subscription_id, resource=known.resource)

    return tuple(filled(item) for item in claim.items)


async def _others(services: Services, claim: Claim, subscriptions: tuple[Subscription, ...]) -> dict[str, Subscription]:
    """Claimed subscriptions that are not this tenant's but somebody's."""
    own = {subscription.subscription_id for subscription in subscriptions}
    wanted = sorted(
        {item.subscription_id for item in claim.items if item.subscription_id and item.subscription_id not in own}
    )
    found = await asyncio.gather(*(services.registry.subscription(name) for name in wanted))
    return {name: subscription for name, subscription in zip(wanted, found, strict=True) if subscription}


async def _revenue_rival(services: Services, claim: Claim) -> bool:
    """Whether the organisation has another live revenue claim for the same tenant and solution."""
    if claim.revenue is None:
        return False
    name = claim.revenue.solution_name.casefold()
    live = await services.claims.revenue_claims(claim.customer.tenant_id, claim.organisation)
    return any(
        other.claim_id != claim.claim_id and other.revenue and other.revenue.solution_name.casefold() == name
        for other in live
    )


async def proof_facts(
    services: Services, claim: Claim, customer: RegisteredCustomer | None, *, now: datetime
) -> tuple[ProofFacts, ...]:
    """What the claim's proofs that count hold together; `customer` as registered, null where nobody is.

    One with malware is not opened.
    """
    infected = [proof for proof in claim.current_proofs if proof.scan is Scan.INFECTED]
    opened = [proof for proof in claim.current_proofs if proof.scan is not Scan.INFECTED]

    async def load(proof: Proof) -> bytes | None:
        return await services.proofs.get(claim.claim_id, proof.sha256)

    read = await services.reader.examine(
        opened,
        load,
        customer_names=customer_names(claim, customer),
        product_names=product_names(services, claim),
        submitted_on=now.date(),
    )
    return (*read, *(ProofFacts(proof_id=proof.proof_id, codes=(ReasonCode.POE_INFECTED,)) for proof in infected))


def customer_names(claim: Claim, customer: RegisteredCustomer | None) -> list[str]:
    """What a proof may call the customer; `customer` as registered, null where nobody is."""
    names = [claim.customer.domain]
    if customer is not None:
        return [*names, customer.name, *customer.domains]
    return [*names, claim.customer.name] if claim.customer.name else names


def product_names(services: Services, claim: Claim) -> dict[str, tuple[str, ...]]:
    """What a proof may call each product that the claim is still about, by product ID."""
    products = [services.catalogue.product(item.product_id) for item in claim.live_items if item.product_id]
    return {product.id: (product.name, *product.aliases) for product in products if product}
