"""The whole product on the fakes: its use cases, its rules and its own texts, on a clock and queues that a test drives.

What needs no service is the real thing: catalogue, policy, mail texts, tokens and the reader of proofs.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from shared.documents.proof_form import DocumentProofTemplates
from shared.documents.proof_reader import DocumentProofReader
from shared.domain.catalogue import catalogue
from shared.domain.policy import Policy
from shared.notifications.digests import TemplateDigestRenderer
from shared.notifications.rendering import TemplateMailRenderer
from shared.notifications.response_tokens import SignedResponseTokens
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.deadline_work import hand_out_due_deadlines, handle_deadline
from shared.usecases.publish_events import publish_events
from shared.usecases.records import Queue, WorkMessage
from shared.usecases.services import Services
from shared.usecases.verify_claim import verify_claim
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.claim_lists import FakeClaimLists
from tests.fakes.claims import FakeClaimStore
from tests.fakes.dead_letters import FakeDeadLetters
from tests.fakes.deadlines import FakeDeadlines
from tests.fakes.digests import FakeDigests
from tests.fakes.events import FakeEventCursors, FakeEventPublisher
from tests.fakes.idempotency import FakeIdempotency
from tests.fakes.mail import FakeMailSender, FakeTenantDirectory
from tests.fakes.mail_operations import FakeMailOperations
from tests.fakes.metrics import FakeListFigures, FakeMailFailures, FakeMetricsStore, FakeWalkPlaces
from tests.fakes.proof_scans import FakeProofScans
from tests.fakes.proofs import FakeProofStore
from tests.fakes.queues import FakeWorkQueue
from tests.fakes.rate_limits import FakeRateLimits
from tests.fakes.registry import FakeRegistry
from tests.fakes.registry_admin import FakeRegistryAdmin
from tests.fakes.usage import FakeUsageStore
from tools.sample_registry import customers, seed_registry

START = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
_KEY = "k" * 40
_ROUNDS_AT_MOST = 100


@dataclass
class FakeProduct:
    """One product in memory. `now` is its time, `events` who is told what happens to claims; nobody is unless said."""

    now: datetime = START
    policy: Policy = field(default_factory=Policy)
    events: FakeEventPublisher | None = None

    def __post_init__(self) -> None:
        ids = count(1)
        self.claims, self.lists, self.deadlines = FakeClaimStore(), FakeClaimLists(), FakeDeadlines()
        self.queue, self.proofs, self.registry = (
            FakeWorkQueue(lambda: self.now),
            FakeProofStore(lambda: self.now),
            FakeRegistry(),
        )
        self.idempotency, self.operations = FakeIdempotency(), FakeMailOperations()
        self.sender, self.dead_letters = FakeMailSender(), FakeDeadLetters()
        self.metrics, self.mail_failures, self.walk_places = FakeMetricsStore(), FakeMailFailures(), FakeWalkPlaces()
        self.rate_limits = FakeRateLimits()
        self.directory = FakeTenantDirectory(
            {domain: customer.tenant_id for customer in customers() for domain in customer.domains}
        )
        self.audit, self.usage = FakeAuditLog(), FakeUsageStore()
        self.event_cursors, self.scans = FakeEventCursors(), FakeProofScans()
        self.digests = FakeDigests()
        self.tokens = SignedResponseTokens(keys=(_KEY,), recipient_key=_KEY.encode())
        self.services = Services(
            claims=self.claims,
            lists=self.lists,
            deadlines=self.deadlines,
            queue=self.queue,
            proofs=self.proofs,
            scans=self.scans,
            registry=self.registry,
            registry_admin=FakeRegistryAdmin(self.registry),
            directory=self.directory,
            idempotency=self.idempotency,
            operations=self.operations,
            renderer=TemplateMailRenderer(
                public_url="https://associations.example",
                programme_name="Partner Associations Programme",
                tokens=self.tokens,
                catalogue=catalogue(),
                zone=self.policy.zone,
            ),
            sender=self.sender,
            reader=DocumentProofReader(self.policy),
            templates=DocumentProofTemplates(),
            tokens=self.tokens,
            dead_letters=self.dead_letters,
            metrics=self.metrics,
            list_figures=FakeListFigures(self.lists),
            mail_failures=self.mail_failures,
            walk_places=self.walk_places,
            rate_limits=self.rate_limits,
            usage=self.usage,
            audit=self.audit,
            event_cursors=self.event_cursors,
            digests=self.digests,
            digest_renderer=TemplateDigestRenderer(
                public_url="https://associations.example",
                programme_name="Partner Associations Programme",
                mailbox="review@cpor.example",
                zone=self.policy.zone,
            ),
            events=self.events,
            catalogue=catalogue(),
            policy=self.policy,
            claim_id_secret=_KEY.encode(),
            new_id=lambda: f"00000000-0000-4000-8000-{next(ids):012}",
            clock=lambda: self.now,
        )

    async def seed(self) -> None:
        """Write the sample registry."""
        await seed_registry(self.registry, now=self.now)

    async def work(self, queue: Queue, message: WorkMessage) -> None:
        """Handle one message as its function does."""
        if queue is Queue.VERIFY:
            await verify_claim(self.services, message=message, last_attempt=False, now=self.now)
        elif queue is Queue.EFFECTS:
            await carry_out_effects(self.services, message=message, thorough=False, now=self.now)
        elif queue is Queue.EVENTS:
            await publish_events(self.services, message=message, now=self.now)
        else:
            await handle_deadline(self.services, message=message, now=self.now)

    async def drain(self, *, deliveries: int = 1) -> None:
        """Handle messages, a minute a round, until no queue holds one; each of them is delivered so many times.

        Fails where the queues never empty.
        """
        for _ in range(_ROUNDS_AT_MOST):
            for queue in Queue:
                while (message := self.queue.take(queue)) is not None:
                    for _ in range(deliveries):
                        await self.work(queue, message)
            if not any(self.queue.waiting(queue) for queue in Queue):
                return
            self.now += timedelta(seconds=61)
        raise AssertionError("the queues do not empty")

    async def tick(self) -> int:
        """Run the timer; gives how many clocks it handed out."""
        return await hand_out_due_deadlines(self.services, now=self.now)

    def mails_sent(self) -> Counter[str]:
        """How often each operation was sent; more than once is a mail too many."""
        return Counter(operation_id for operation_id, _ in self.sender.sent)
