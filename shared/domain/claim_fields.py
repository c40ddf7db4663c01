"""What a partner fills in: the fields of a claim apart from its life."""

from dataclasses import dataclass

from shared.domain.claim import Claim, Contact, Customer, RequestedProduct, Revenue


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFields:
    """The fields of PROCESS.md, canonical; only the location and the customer are needed for a draft."""

    mpn_id: str
    customer: Customer
    solution_area: str | None = None
    activities: tuple[str, ...] = ()
    claim_name: str | None = None
    requested: tuple[RequestedProduct, ...] = ()
    customer_contact: Contact | None = None
    technical_contact: Contact | None = None
    partner_contact: Contact | None = None
    revenue: Revenue | None = None
    comment: str | None = None


def fields_of(claim: Claim) -> ClaimFields:
    """The fields as the claim has them; comments are events of their own and left out."""
    return ClaimFields(
        mpn_id=claim.mpn_id,
        customer=claim.customer,
        solution_area=claim.solution_area,
        activities=claim.activities,
        claim_name=claim.claim_name,
        requested=claim.requested,
        customer_contact=claim.customer_contact,
        technical_contact=claim.technical_contact,
        partner_contact=claim.partner_contact,
        revenue=claim.revenue,
    )
