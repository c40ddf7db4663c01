"""Everything that a use case may call on, handed in by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.catalogue import Catalogue
from shared.domain.policy import Policy
from shared.usecases.ports import (
    ClaimLists,
    ClaimStore,
    DeadLetters,
    Deadlines,
    Idempotency,
    MailOperations,
    MailRenderer,
    MailSender,
    ProofReader,
    ProofStore,
    Registry,
    ResponseTokens,
    TenantDirectory,
)
from shared.usecases.programme_ports import (
    AuditLog,
    DigestLedger,
    DigestRenderer,
    EventCursors,
    EventPublisher,
    ListFigures,
    MailFailures,
    MetricsStore,
    ProofScans,
    ProofTemplates,
    RateLimits,
    RegistryAdmin,
    UsageStore,
    WalkPlaces,
)
from shared.usecases.work_queue import WorkQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The ports, the rules' figures, and the two things that are not pure: new identifiers, and the time.

    `clock` is for the one place that must know when the mail provider accepted; all else is handed `now`.
    """

    claims: ClaimStore
    lists: ClaimLists
    deadlines: Deadlines
    queue: WorkQueue
    proofs: ProofStore
    scans: ProofScans
    registry: Registry
    registry_admin: RegistryAdmin
    directory: TenantDirectory
    idempotency: Idempotency
    operations: MailOperations
    renderer: MailRenderer
    sender: MailSender
    reader: ProofReader
    templates: ProofTemplates
    tokens: ResponseTokens
    dead_letters: DeadLetters
    metrics: MetricsStore
    list_figures: ListFigures
    mail_failures: MailFailures
    walk_places: WalkPlaces
    rate_limits: RateLimits
    usage: UsageStore
    audit: AuditLog
    event_cursors: EventCursors
    digests: DigestLedger
    digest_renderer: DigestRenderer
    catalogue: Catalogue
    policy: Policy
    claim_id_secret: bytes
    new_id: Callable[[], str]
    clock: Callable[[], datetime]
    scanning: bool = False
    events: EventPublisher | None = None
