"""A claim as a request writes it (API.md, Partner: "A request uses the same names")."""

from typing import Annotated

from pydantic import AliasChoices, Field

from shared.domain.claim import Contact, Customer, RequestedProduct, Revenue
from shared.domain.claim_fields import ClaimFields
from shared.domain.door import MOST_ITEMS
from shared.forms.form import Form
from shared.forms.texts import (
    Country,
    Domain,
    Email,
    Heading,
    Language,
    MpnId,
    Name,
    Remark,
    SubscriptionId,
    TenantId,
    Word,
)

MOST_ACTIVITIES = 10


class CustomerForm(Form):
    """The customer: directory (tenant) ID and domain, and what the notice may use."""

    tenant_id: TenantId
    domain: Domain
    name: Heading | None = None
    country: Country | None = None
    language: Language | None = None


class ContactForm(Form):
    """A person at the customer; the title is needed to submit."""

    name: Name
    email: Email
    title: Name | None = None


class PartnerContactForm(Form):
    """The partner's own person to write to."""

    name: Name
    email: Email


class RevenueForm(Form):
    """The extra fields of a revenue association."""

    solution_seller: Heading
    customer_name: Heading
    solution_name: Heading


class ItemForm(Form):
    """One product, and the subscription it is held by."""

    product_id: Word | None = None
    subscription_id: SubscriptionId | None = None


class ClaimForm(Form):
    """The claim request: location and customer are always needed, the rest to submit."""

    mpn_id: MpnId
    customer: CustomerForm
    solution_area: Word | None = None
    activities: Annotated[list[Word], Field(max_length=MOST_ACTIVITIES)] = Field(default_factory=list)
    claim_name: Heading | None = None
    items: Annotated[list[ItemForm], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)
    customer_contact: ContactForm | None = None
    technical_contact: ContactForm | None = None
    partner_contact: PartnerContactForm | None = None
    revenue: RevenueForm | None = None
    comment: Remark | None = Field(default=None, validation_alias=AliasChoices("comment", "comments"))

    def fields(self) -> ClaimFields:
        """The request as the domain's value."""
        return ClaimFields(
            mpn_id=self.mpn_id,
            customer=Customer(**self.customer.model_dump()),
            solution_area=self.solution_area,
            activities=tuple(self.activities),
            claim_name=self.claim_name,
            requested=tuple(RequestedProduct(**item.model_dump()) for item in self.items),
            customer_contact=_contact(self.customer_contact),
            technical_contact=_contact(self.technical_contact),
            partner_contact=_contact(self.partner_contact),
            revenue=Revenue(**self.revenue.model_dump()) if self.revenue else None,
            comment=self.comment,
        )


def _contact(form: Form | None) -> Contact | None:
    return Contact(**form.model_dump()) if form else None


def request_json(fields: ClaimFields) -> dict[str, object]:
    """The fields as a request would write them: what a merge patch is applied to. Comments are left out."""
    written: dict[str, object] = {
        "mpnId": fields.mpn_id,
        "customer": _present(
            tenantId=fields.customer.tenant_id,
            domain=fields.customer.domain,
            name=fields.customer.name,
            country=fields.customer.country,
            language=fields.customer.language,
        ),
        "solutionArea": fields.solution_area,
        "activities": list(fields.activities) or None,
        "claimName": fields.claim_name,
        "items": [_present(productId=one.product_id, subscriptionId=one.subscription_id) for one in fields.requested]
        or None,
        "customerContact": _contact_json(fields.customer_contact),
        "technicalContact": _contact_json(fields.technical_contact),
        "partnerContact": _contact_json(fields.partner_contact),
        "revenue": _present(
            solutionSeller=fields.revenue.solution_seller,
            customerName=fields.revenue.customer_name,
            solutionName=fields.revenue.solution_name,
        )
        if fields.revenue
        else None,
    }
    return _present(**written)


def _present(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _contact_json(contact: Contact | None) -> dict[str, object] | None:
    return _present(name=contact.name, email=contact.email, title=contact.title) if contact else None
