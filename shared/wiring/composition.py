"""Every port beside what it is made of; a new adapter is named here and nowhere else."""

import uuid

from shared.clock import CLOCK
from shared.directory.openid_discovery import OpenIdDirectory
from shared.documents.proof_form import DocumentProofTemplates
from shared.documents.proof_reader import DocumentProofReader
from shared.domain.catalogue import catalogue
from shared.events import EventGridPublisher, WebhookPublisher
from shared.notifications.digests import TemplateDigestRenderer
from shared.notifications.rendering import TemplateMailRenderer
from shared.notifications.response_tokens import SignedResponseTokens
from shared.notifications.sender import CommunicationServicesSender
from shared.settings import Settings
from shared.storage.audit_log import TableAuditLog
from shared.storage.claim_lists import TableClaimLists
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.dead_letters import TableDeadLetters
from shared.storage.deadlines import TableDeadlines
from shared.storage.digests import TableDigests
from shared.storage.event_cursors import TableEventCursors
from shared.storage.idempotency import TableIdempotency
from shared.storage.list_figures import TableListFigures
from shared.storage.mail_operations import TableMailOperations
from shared.storage.metrics import TableMailFailures, TableMetricsStore, TableWalkPlaces
from shared.storage.proof_scans import TableProofScans
from shared.storage.proofs import BlobProofStore
from shared.storage.queues import StorageWorkQueue
from shared.storage.rate_limits import TableRateLimits
from shared.storage.registry import TableRegistry
from shared.storage.registry_admin import TableRegistryAdmin
from shared.storage.usage import TableUsageStore
from shared.usecases.programme_ports import EventPublisher
from shared.usecases.services import Services


def composed(settings: Settings) -> Services:
    """The services on clients of their own."""
    return build(settings, Clients(settings))


def build(settings: Settings, clients: Clients) -> Services:
    """The services on these clients."""
    tokens = SignedResponseTokens(
        keys=settings.response_token_keys,
        retired_keys=settings.retired_token_keys,
        recipient_key=settings.claim_id_secret,
    )
    return Services(
        claims=TableClaimStore(clients),
        lists=TableClaimLists(clients, secret=settings.form_secret),
        deadlines=TableDeadlines(clients),
        queue=StorageWorkQueue(clients),
        proofs=BlobProofStore(clients),
        scans=TableProofScans(clients),
        registry=TableRegistry(clients),
        registry_admin=TableRegistryAdmin(clients),
        directory=OpenIdDirectory(settings.tenant_authority),
        idempotency=TableIdempotency(clients),
        operations=TableMailOperations(clients),
        renderer=TemplateMailRenderer(
            public_url=settings.public_url,
            programme_name=settings.programme_name,
            tokens=tokens,
            catalogue=catalogue(),
            zone=settings.policy.zone,
            contact_address=settings.contact_address,
        ),
        sender=CommunicationServicesSender(
            settings.email_endpoint,
            sender_address=settings.email_sender,
            access_key=settings.email_access_key,
            identity_client_id=settings.identity_client_id,
        ),
        reader=DocumentProofReader(settings.policy),
        templates=DocumentProofTemplates(),
        tokens=tokens,
        dead_letters=TableDeadLetters(clients),
        metrics=TableMetricsStore(clients),
        list_figures=TableListFigures(clients),
        mail_failures=TableMailFailures(clients),
        walk_places=TableWalkPlaces(clients),
        rate_limits=TableRateLimits(clients),
        usage=TableUsageStore(clients),
        audit=TableAuditLog(clients),
        event_cursors=TableEventCursors(clients),
        digests=TableDigests(clients),
        digest_renderer=TemplateDigestRenderer(
            public_url=settings.public_url,
            programme_name=settings.programme_name,
            mailbox=settings.reviewer_mailbox,
            language=settings.reviewer_language,
            zone=settings.policy.zone,
        ),
        events=_events(settings),
        catalogue=catalogue(),
        policy=settings.policy,
        claim_id_secret=settings.claim_id_secret,
        new_id=lambda: str(uuid.uuid4()),
        clock=CLOCK.now,
        scanning=settings.malware_scanning,
    )


def _events(settings: Settings) -> EventPublisher | None:
    """Who is told what happens to claims, null where nobody is."""
    if settings.events_webhook_url:
        return WebhookPublisher(
            settings.events_webhook_url, keys=settings.events_signing_keys, public_url=settings.public_url
        )
    if settings.events_topic_endpoint:
        return EventGridPublisher(
            settings.events_topic_endpoint,
            public_url=settings.public_url,
            identity_client_id=settings.identity_client_id,
        )
    return None
