"""A claim, and the world as it should be, to check with one thing changed at a time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.domain.catalogue import catalogue, expand_items
from shared.domain.checks import Facts, ProofFacts, run_checks
from shared.domain.claim import (
    CheckOutcome,
    CheckResult,
    Claim,
    Contact,
    Customer,
    Proof,
    RequestedProduct,
)
from shared.domain.policy import Policy
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.slots import Slot, SlotEntry, SlotParty

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
OTHER_TENANT = "a1a1a1a1-0000-4000-8000-000000000009"
CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
FABRIKAM = "fabfabfa-0000-4000-8000-000000000002"
RIVAL_CLAIM = "rival-claim-id"
TEXT_CODES = {
    "poe-older-than-12-months",
    "poe-no-date",
    "poe-no-customer-name",
    "poe-no-product-mentioned",
    "poe-no-signature-found",
}
PASS, FLAG, FAIL = CheckOutcome.PASS, CheckOutcome.FLAG, CheckOutcome.FAIL


def subscription(number: int, product_id: str = "power-bi", **changes: Any) -> Subscription:
    """An active Volume Licensing subscription of the customer, unless said otherwise."""
    known = Subscription(
        subscription_id=f"5b5b5b5b-0000-4000-8000-0000000000{number}",
        tenant_id=TENANT,
        product_id=product_id,
        status="active",
        channel="volume-licensing",
    )
    return replace(known, **changes)


POWER_BI, SECOND_POWER_BI = subscription(24), subscription(25)
M365 = subscription(11, "microsoft-365", seats=300)
PROOF = Proof(
    proof_id="p1", file_name="poe.pdf", content_type="application/pdf", size=9, sha256="0" * 64, uploaded_at=NOW
)


def a_claim(
    *products: str | tuple[str, str | None],
    area: str = "microsoft-365",
    activities: tuple[str, ...] = ("usage",),
    subscriptions: tuple[Subscription, ...] = (),
    **changes: Any,
) -> Claim:
    """A submitted claim of Contoso's on Alpine, as the verification sees it."""
    requested = tuple(
        RequestedProduct(product_id=line)
        if isinstance(line, str)
        else RequestedProduct(product_id=line[0], subscription_id=line[1])
        for line in products
    )
    claim = Claim(
        claim_id="own-claim-id",
        number="CPOR-0000-0000",
        organisation=CONTOSO,
        mpn_id="1000001",
        customer=Customer(tenant_id=TENANT, domain="alpine.example"),
        created_at=NOW,
        updated_at=NOW,
        solution_area=area,
        activities=activities,
        claim_name="A claim",
        requested=requested,
        items=expand_items(
            requested, area=area, activities=activities, catalogue=catalogue(), subscriptions=subscriptions
        ),
        customer_contact=Contact(name="Anna", email="anna@alpine.example", title="IT manager"),
        partner_contact=Contact(name="Piet", email="piet@contoso.example"),
        proofs=(PROOF,),
    )
    return replace(claim, **changes)


LOCATION = PartnerLocation(
    mpn_id="1000001",
    organisation=CONTOSO,
    organisation_name="Contoso",
    name="Contoso Berlin",
    programmes=frozenset({"osu-microsoft-365", "osu-business-applications", "osa-sell", "revenue-association"}),
)
ALPINE = RegisteredCustomer(
    tenant_id=TENANT,
    name="Alpine Outfitters",
    domains=("alpine.example", "alpine-shops.example"),
    country="US",
    zone="America/New_York",
    language="en",
)
FACTS = Facts(
    location=LOCATION,
    directory="resolved",
    directory_tenant_id=TENANT,
    customer=ALPINE,
    subscriptions=(M365, POWER_BI),
    proofs=(ProofFacts(proof_id="p1"),),
    partner_domains=("contoso.example",),
)


def checked(claim: Claim, **changes: Any) -> tuple[CheckResult, ...]:
    """The results for a claim, where the world is as it should be but for the changes."""
    return run_checks(claim, replace(FACTS, **changes), catalogue=catalogue(), policy=Policy())


def findings(results: tuple[CheckResult, ...]) -> dict[str, CheckOutcome]:
    """What did not pass."""
    return {result.code: result.result for result in results if result.result is not PASS}


def of(results: tuple[CheckResult, ...], code: str) -> list[CheckResult]:
    """The rows of one check."""
    return [result for result in results if result.code == code]


def slot(
    resource: str, programme: str, *, organisation: str = FABRIKAM, claim_id: str = RIVAL_CLAIM
) -> Mapping[str, Slot]:
    """A slot that a claim holds."""
    party = SlotParty(claim_id=claim_id, organisation=organisation, item_id="1")
    return {resource: Slot(resource=resource, epoch=1, entries={programme: SlotEntry(holder=party)})}
