"""An association from before this programme, as an admin imports it (PROCESS.md, After approval: Legacy)."""

from dataclasses import dataclass

from shared.domain.claim import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyAssociation:
    """Who had what: the partner's organisation and location, the customer's tenant, the product as it was held.

    `activity` is the claim's; the contact is whom a draft's mail goes to (null: nobody can be written to).
    """

    organisation: str
    mpn_id: str
    tenant_id: str
    product_id: str
    subscription_id: str | None = None
    activity: str = "usage"
    partner_contact: Contact | None = None

    @property
    def key(self) -> str:
        """What makes it one thing, however often it is sent."""
        parts = (self.organisation, self.tenant_id, self.product_id, self.subscription_id or "-", self.activity)
        return "/".join(parts)
