"""The file of associations: in, those from before this programme; out, everything that is official."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator

from shared.domain.claim import Claim, Contact, Item
from shared.domain.errors import InvalidClaimError
from shared.forms.csv_table import CsvRow, csv_rows
from shared.forms.form import Form, parse
from shared.forms.texts import Email, MpnId, Name, SubscriptionId, TenantId, Word
from shared.usecases.legacy_records import LegacyAssociation
from shared.usecases.row_imports import ImportRow

REQUIRED = ("organisation", "mpnId", "tenantId", "productId", "subscriptionId")
OPTIONAL = ("activity", "partnerContactName", "partnerContactEmail")
TOLD = ("number", "claimId", "origin", "approvedAt", "validUntil")
"""What an export tells besides, and an import does not read."""
COLUMNS = (*REQUIRED, *OPTIONAL, *TOLD)
_KEY = ("organisation", "tenantId", "productId", "subscriptionId")
_LONGEST_KEY = 250


class LegacyRow(Form):
    """One association; without an activity it is usage."""

    organisation: TenantId
    mpn_id: MpnId
    tenant_id: TenantId
    product_id: Annotated[Word, AfterValidator(str.lower)]
    subscription_id: SubscriptionId | None = None
    activity: Literal["usage", "presales"] = "usage"
    partner_contact_name: Name | None = None
    partner_contact_email: Email | None = None

    def value(self) -> LegacyAssociation:
        """The row as it is imported."""
        email, name = self.partner_contact_email, self.partner_contact_name
        return LegacyAssociation(
            organisation=self.organisation,
            mpn_id=self.mpn_id,
            tenant_id=self.tenant_id,
            product_id=self.product_id,
            subscription_id=self.subscription_id,
            activity=self.activity,
            partner_contact=Contact(name=name or email, email=email) if email else None,
        )


def legacy_rows(content: bytes) -> Iterator[ImportRow[LegacyAssociation]]:
    """The file's rows, read as they are asked for; its header at once. InvalidClaimError for a wrong one."""
    return map(_row, csv_rows(content, columns=COLUMNS, required=REQUIRED))


def association_cells(claim: Claim, item: Item) -> tuple[object, ...]:
    """An official item as a row, in the columns' order."""
    contact = claim.partner_contact
    return (
        claim.organisation,
        claim.mpn_id,
        claim.customer.tenant_id,
        item.product_id,
        item.subscription_id,
        item.activity,
        contact.name if contact else None,
        contact.email if contact else None,
        claim.number,
        claim.claim_id,
        claim.origin,
        claim.approved_at,
        claim.valid_until,
    )


def _row(row: CsvRow) -> ImportRow[LegacyAssociation]:
    key = "/".join(row.values.get(name, "-").lower() for name in _KEY)[:_LONGEST_KEY]
    if row.faults:
        return ImportRow(row=row.number, key=key, value=None, faults=row.faults)
    read = {name: value for name, value in row.values.items() if name not in TOLD}
    try:
        value = parse(LegacyRow, read).value()
    except InvalidClaimError as error:
        faults = tuple(replace(fault, pointer=f"/rows/{row.number}{fault.pointer}") for fault in error.faults)
        return ImportRow(row=row.number, key=key, value=None, faults=faults)
    return ImportRow(row=row.number, key=key, value=value)
