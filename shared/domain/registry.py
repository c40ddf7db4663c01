"""What the programme knows of partners, customers and subscriptions, as imported (PROCESS.md, Words)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriptionStatus(StrEnum):
    """Where a subscription stands; the stored values never change."""

    ACTIVE = "active"
    GRACE = "grace"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Channel(StrEnum):
    """How a subscription was bought; an import takes no other word. The stored values never change."""

    VOLUME_LICENSING = "volume-licensing"
    WEB_DIRECT = "web-direct"
    CSP = "csp"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLocation:
    """A location that claims: its MPN ID, the organisation (Entra tenant ID), and the programmes it is enrolled in.

    `domains` are the organisation's own mail domains (IDNA), empty where they are not known.
    """

    mpn_id: str
    organisation: str
    organisation_name: str
    name: str
    programmes: frozenset[str]
    active: bool = True
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCustomer:
    """A customer's tenant: its domains (IDNA), ISO 3166-1 alpha-2 country, IANA zone, and language (BCP 47)."""

    tenant_id: str
    name: str
    domains: tuple[str, ...]
    country: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription; `status` and `channel` as the registry writes them, `ends_at` null while its end is open."""

    subscription_id: str
    tenant_id: str
    product_id: str
    status: str
    channel: str
    seats: int | None = None
    ends_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether it may be claimed by its status: active, or in its grace period."""
        return self.status in {SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACE}

    @property
    def ended(self) -> bool:
        """Whether it is over for good."""
        return self.status == SubscriptionStatus.ENDED
