"""What the programme's own work needs of the world: further Protocols, each with adapter, fake and contract suite."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.claim import Scan, Status
from shared.domain.mails import MailKind
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.usage import MonthlyUsage
from shared.usecases.audit_records import AuditEntry
from shared.usecases.digest_records import Digest, DigestKind, ReviewDigest
from shared.usecases.event_records import ClaimEvent, EventCursor
from shared.usecases.metrics_records import ClaimFiguresPage, MailFailure, Metrics
from shared.usecases.records import Mail, Versioned
from shared.usecases.registry_records import Place, RegistryPage
from shared.usecases.scan_records import ScanFinding
from shared.usecases.template_records import TemplateFormat, TemplateValues


class RateLimits(Protocol):
    """How often a subject has done something of late, over all instances of the app."""

    async def take(self, *, scope: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
        """Count one more for the subject in the scope, in windows that lie end to end.

        TooManyRequestsError (with `retry_after`) where the present window holds `limit` already;
        ServiceUnavailableError where nobody can count.
        """


class MetricsStore(Protocol):
    """The figures that a timer took: one row a day, the newest of which is the latest look."""

    async def save(self, metrics: Metrics) -> None:
        """Keep the look as its UTC day's; an older one of the same day is replaced, a newer one stays."""

    async def newest(self) -> Metrics | None:
        """The latest look, or null before the first."""

    async def daily(self, *, top: int) -> tuple[Metrics, ...]:
        """The last look of each day, newest first."""


class ListFigures(Protocol):
    """The claims' lists, as far as they are counted: a page at a time, and little of each row."""

    async def page(self, status: Status, *, behind: str | None) -> ClaimFiguresPage:
        """Some claims in that status, from the place behind `behind` on; a page may be empty before the end."""


class MailFailures(Protocol):
    """Mails that failed for good, by the day."""

    async def note(self, failure: MailFailure) -> None:
        """Note it; the same mail again is the same, with its latest status."""

    async def count(self, *, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many there are of each final status on the UTC days from `since` to `until`."""

    async def noted(self, *, since: datetime, until: datetime, kind: MailKind, top: int) -> tuple[MailFailure, ...]:
        """Those of that kind known after `since` and up to `until`, at most `top`, oldest day first."""


class WalkPlaces(Protocol):
    """Where long walks that take many runs go on."""

    async def get(self, walk: str) -> str | None:
        """The place that the walk of that name had reached, null for one that begins."""

    async def put(self, walk: str, place: str | None) -> None:
        """Remember the place; null begins anew."""


class RegistryAdmin(Protocol):
    """The registries as those see them who keep them: whose a location or a domain is, and everything, page by page."""

    async def location_owner(self, mpn_id: str) -> str | None:
        """The organisation that has the location, or null."""

    async def domain_owner(self, domain: str) -> str | None:
        """The tenant that has the (canonical) domain, or null."""

    async def locations(self, *, behind: Place | None, top: int) -> RegistryPage[PartnerLocation]:
        """Locations in order of organisation and MPN ID, from the one behind `behind` on; at most 1,000."""

    async def customers(self, *, behind: Place | None, top: int) -> RegistryPage[RegisteredCustomer]:
        """Customers in order of tenant, likewise."""

    async def subscriptions(self, *, behind: Place | None, top: int) -> RegistryPage[Subscription]:
        """Subscriptions in order of tenant and subscription ID, likewise."""


class ProofTemplates(Protocol):
    """The proof-of-execution form."""

    def render(
        self, values: TemplateValues, *, kind: TemplateFormat, wish: str | None, country: str | None
    ) -> tuple[bytes, str]:
        """The file with these values, and the language that it speaks: the wish, else the country's, else English.

        It takes a while: call it in a thread.
        """


class AuditLog(Protocol):
    """What was looked at, by whom: rows of their own, which do not move a claim (PROCESS.md, History)."""

    async def record(self, entry: AuditEntry) -> None:
        """Keep it. ServiceUnavailableError where that fails: whoever was about to look must then not be shown."""

    async def of_claim(self, claim_id: str) -> tuple[AuditEntry, ...]:
        """What was looked at of the claim, oldest first."""

    async def of_organisation(self, organisation: str, *, since: datetime) -> tuple[AuditEntry, ...]:
        """What the organisation's people looked at outside claims, oldest first."""


class EventPublisher(Protocol):
    """Who is told what happens to claims (docs/events.md)."""

    async def publish(self, event: ClaimEvent, *, at: datetime) -> None:
        """Tell it, signed as of `at`. ServiceUnavailableError unless the receiver has taken it."""


class EventCursors(Protocol):
    """How far each claim's events are told."""

    async def get(self, claim_id: str) -> Versioned[EventCursor] | None:
        """The claim's cursor, null before its first event."""

    async def save(self, cursor: EventCursor, version: str | None) -> str:
        """Write it at that version (null: insert it) and give its new one. ConflictError where it moved."""

    async def delete(self, claim_id: str) -> None:
        """Nothing is told of the claim any more; one that is gone is fine."""


class UsageStore(Protocol):
    """What customers used, month by month."""

    async def of_product(
        self, tenant_id: str, product_id: str, subscription_id: str | None
    ) -> tuple[MonthlyUsage, ...]:
        """Every month of the product and subscription, oldest first."""

    async def among(self, tenant_id: str, wanted: Sequence[MonthlyUsage]) -> tuple[MonthlyUsage, ...]:
        """What is stored of these months (at least one) of the tenant, and perhaps of others between them."""

    async def put(self, rows: Sequence[MonthlyUsage]) -> None:
        """Insert or replace; some may be written where it fails, and all may be sent again."""

    async def page(self, *, behind: Place | None, top: int) -> RegistryPage[MonthlyUsage]:
        """At most `top` rows (1,000) from the place on, by tenant, product, subscription and month."""


class ProofScans(Protocol):
    """What the malware scan says of stored proofs."""

    async def note(self, finding: ScanFinding) -> None:
        """Keep it, unless what is kept outweighs it; the same again changes nothing."""

    async def of_claim(self, claim_id: str) -> Mapping[str, Scan]:
        """The latest word on each of the claim's contents that the scan spoke of, by SHA-256."""


class DigestLedger(Protocol):
    """Which digest was sent on which day, so that no two workers send the same."""

    async def newest(self, kind: DigestKind) -> Versioned[Digest] | None:
        """The row of the latest day, null before the first."""

    async def save(self, digest: Digest, version: str | None) -> str:
        """Write it at that version (null: insert it) and give its new one. ConflictError where somebody was quicker."""


class DigestRenderer(Protocol):
    """The digests' texts."""

    def render(self, digest: ReviewDigest) -> Mail:
        """The mail to the reviewers' mailbox, in their language."""
