"""Every reason that a person may be given, by its machine-readable code (PROCESS.md, Checks, Clocks and Exclusivity).

The texts are in reason_texts; API answers, mails and pages all read them there.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.reason_texts import TEXTS
from shared.domain.sayings import Saying, say


class ReasonCode(StrEnum):
    """The codes; they are part of the contract and never change."""

    CO_OP_CLAIM = "co-op-claim"
    DUPLICATE_ITEM = "duplicate-item"
    MPN_NOT_ENROLLED = "mpn-not-enrolled"
    TENANT_DOMAIN_MISMATCH = "tenant-domain-mismatch"
    PRODUCT_NOT_IN_AREA = "product-not-in-area"
    ACTIVITY_NOT_ALLOWED = "activity-not-allowed"
    SUBSCRIPTION_REQUIRED = "subscription-required"
    SUBSCRIPTION_UNKNOWN = "subscription-unknown"
    SUBSCRIPTION_OTHER_TENANT = "subscription-other-tenant"
    SUBSCRIPTION_OTHER_PRODUCT = "subscription-other-product"
    SUBSCRIPTION_CSP = "subscription-csp"
    SUBSCRIPTION_INACTIVE = "subscription-inactive"
    ALREADY_ASSOCIATED_TO_YOU = "already-associated-to-you"
    CONTESTED = "contested"
    POE_MISSING = "poe-missing"
    POE_TYPE = "poe-type"
    POE_EMPTY = "poe-empty"
    POE_TOO_LARGE = "poe-too-large"
    POE_TOO_MANY = "poe-too-many"
    POE_UNREADABLE = "poe-unreadable"
    POE_INFECTED = "poe-infected"
    POE_ACTIVE_CONTENT = "poe-active-content"
    POE_OLDER_THAN_12_MONTHS = "poe-older-than-12-months"
    POE_NO_DATE = "poe-no-date"
    POE_NO_CUSTOMER_NAME = "poe-no-customer-name"
    POE_NO_PRODUCT_MENTIONED = "poe-no-product-mentioned"
    POE_NO_SIGNATURE_FOUND = "poe-no-signature-found"
    POE_NOT_MACHINE_READABLE = "poe-not-machine-readable"
    CONTACT_DOMAIN_NOT_CUSTOMER = "contact-domain-not-customer"
    CONTACT_IS_PARTNER = "contact-is-partner"
    SEATS_BELOW_MINIMUM = "seats-below-minimum"
    CONTACT_UNREACHABLE = "contact-unreachable"
    WRONG_CONTACT = "wrong-contact"
    NO_PARTNER_RESPONSE = "no-partner-response"
    NOTICE_NOT_DELIVERED = "notice-not-delivered"
    SLOT_PENDING = "slot-pending"
    SLOT_HELD = "slot-held"
    SUPERSEDE_REQUIRED = "supersede-required"
    INCUMBENT_WINDOW_OPEN = "incumbent-window-open"
    TOO_MANY_INCUMBENTS = "too-many-incumbents"
    SUPERSEDED = "superseded"
    CONTEST_LOST = "contest-lost"
    SUBSCRIPTION_ENDED = "subscription-ended"
    DECLINED_BY_CUSTOMER = "declined-by-customer"
    REVOKED_BY_CUSTOMER = "revoked-by-customer"
    WITHDRAWN_BY_PARTNER = "withdrawn-by-partner"
    FILED_BY_MISTAKE = "filed-by-mistake"
    WORK_ENDED = "work-ended"
    CUSTOMER_ASKED = "customer-asked"
    POE_NOT_CONVINCING = "poe-not-convincing"
    POE_OTHER_CUSTOMER = "poe-other-customer"
    CUSTOMER_NOT_RECOGNISED = "customer-not-recognised"
    INFORMATION_MISSING = "information-missing"
    OTHER = "other"


REVIEWER_REASONS = (
    ReasonCode.POE_NOT_CONVINCING,
    ReasonCode.POE_OTHER_CUSTOMER,
    ReasonCode.POE_OLDER_THAN_12_MONTHS,
    ReasonCode.POE_NO_DATE,
    ReasonCode.POE_NO_CUSTOMER_NAME,
    ReasonCode.POE_NO_PRODUCT_MENTIONED,
    ReasonCode.POE_NO_SIGNATURE_FOUND,
    ReasonCode.POE_UNREADABLE,
    ReasonCode.CUSTOMER_NOT_RECOGNISED,
    ReasonCode.WRONG_CONTACT,
    ReasonCode.CONTACT_DOMAIN_NOT_CUSTOMER,
    ReasonCode.SEATS_BELOW_MINIMUM,
    ReasonCode.CONTEST_LOST,
    ReasonCode.INFORMATION_MISSING,
    ReasonCode.OTHER,
)
"""What a reviewer chooses from, in the order to offer it."""

DISASSOCIATION_REASONS = (
    ReasonCode.WORK_ENDED,
    ReasonCode.CUSTOMER_ASKED,
    ReasonCode.FILED_BY_MISTAKE,
    ReasonCode.OTHER,
)
"""Why a partner may give an association up, in the order to offer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason in words: English message IDs, translated where they are shown. `what_to_do` speaks to the partner."""

    code: ReasonCode
    title: str
    explanation: str
    what_to_do: str

    @property
    def advice(self) -> Saying:
        """What is wrong and what mends it in one, for a fault at the door that nobody explains further."""
        return say("%(first)s %(second)s", first=Saying(self.explanation, {}), second=Saying(self.what_to_do, {}))


def reason(code: str) -> Reason:
    """The reason of that code. ValueError where there is none."""
    known = ReasonCode(code)
    title, explanation, what_to_do = TEXTS[known.value]
    return Reason(code=known, title=title, explanation=explanation, what_to_do=what_to_do)


def all_reasons() -> tuple[Reason, ...]:
    """Every reason, in the order of the codes."""
    return tuple(reason(code) for code in ReasonCode)
