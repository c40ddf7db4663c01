"""Claims, events and commits to store."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.claim import (
    Actor,
    ActorKind,
    Claim,
    Comment,
    Contact,
    Customer,
    Item,
    Proof,
    RequestedProduct,
    Status,
)
from shared.domain.deadlines import ClockKind, business_deadline
from shared.domain.history import HistoryRow, chained
from shared.domain.identifiers import claim_id, claim_number
from shared.domain.mails import MailIntent, MailKind
from shared.domain.slots import Slot, SlotEntry, SlotParty
from shared.usecases.ports import ClaimStore
from shared.usecases.records import ClaimWrite, Commit, ConflictError, SlotWrite

NOW = datetime(2026, 11, 16, 10, 0, 0, 123456, tzinfo=UTC)
ORGANISATION = "c0c0c0c0-0000-4000-8000-000000000001"
OTHER_ORGANISATION = "fabfabfa-0000-4000-8000-000000000002"
ACTOR = Actor(kind=ActorKind.PARTNER, id="o1")
_SECRET = b"s" * 32


def fresh() -> str:
    """A tenant, organisation, operation or key that no other test uses."""
    return str(uuid.uuid4())


def claim(
    tenant_id: str | None = None, *, key: str = "one", organisation: str = ORGANISATION, **changes: object
) -> Claim:
    """A claim that says something in every kind of field, with the changes asked for."""
    tenant_id = tenant_id or fresh()
    identity = claim_id(tenant_id=tenant_id, organisation=organisation, key=key, secret=_SECRET)
    receipt = business_deadline(
        kind=ClockKind.OPT_OUT, starts_at=NOW, business_days=5, country="PL", zone="Europe/Warsaw"
    )
    sample = Claim(
        claim_id=identity,
        number=claim_number(identity),
        organisation=organisation,
        mpn_id="1000001",
        customer=Customer(tenant_id=tenant_id, domain="birch.example", name="Birch Biuro", country="PL"),
        created_at=NOW,
        updated_at=NOW + timedelta(minutes=1),
        status=Status.PENDING_CUSTOMER,
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Wdrożenie Łódź 🚀",
        requested=(RequestedProduct(product_id="teams"),),
        items=(
            Item(
                item_id="teams-usage",
                product_id="teams",
                subscription_id=None,
                activity="usage",
                programme="osu-microsoft-365",
                resource="workload~teams",
            ),
        ),
        customer_contact=Contact(name="Anna", email="anna@birch.example", title="IT manager"),
        partner_contact=Contact(name="Pat", email="pat@contoso.example"),
        proofs=(
            Proof(
                proof_id="p1",
                file_name="proof.pdf",
                content_type="application/pdf",
                size=3,
                sha256="ab" * 32,
                uploaded_at=NOW,
            ),
        ),
        comments=(Comment(comment_id="c1", at=NOW, actor=ACTOR, text='It\'s 50% done; "quoted" / \\ # ?'),),
        round=1,
        revision=2,
        history_seq=1,
        visited=(Status.SUBMITTED, Status.PENDING_CUSTOMER),
        submitted_at=NOW,
        notice_accepted_at=NOW,
        clocks={"opt-out": receipt},
        window=receipt,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def event(of: Claim, *, operation_id: str, seq: int | None = None) -> HistoryRow:
    """The history row that ends with the claim as it is."""
    return chained(
        claim_id=of.claim_id,
        seq=seq or of.history_seq,
        at=NOW,
        actor=ACTOR,
        event="submitted",
        from_status="Draft",
        to_status=of.status.value,
        reasons=("other",),
        detail={"items": ["teams-usage"], "count": 1, "nothing": None},
        previous_hash=of.history_hash,
        operation_id=operation_id,
    )


def intent(of: Claim, kind: MailKind = MailKind.ASSOCIATION_REQUEST, *, n: int | None = None) -> MailIntent:
    """A ledger row of the claim's round."""
    return MailIntent(
        claim_id=of.claim_id, kind=kind, round=of.round, n=n, operation_id=fresh(), created_at=NOW, detail={"a": [1]}
    )


def slot(of: Claim, *, epoch: int = 1, resource: str = "workload~teams") -> Slot:
    """The slot with the claim pending on it."""
    party = SlotParty(claim_id=of.claim_id, organisation=of.organisation, item_id="teams-usage")
    return Slot(resource=resource, epoch=epoch, entries={"osu-microsoft-365": SlotEntry(pending=party)})


def filing(
    after: Claim, *, mails: tuple[MailIntent, ...] = (), slots: tuple[SlotWrite, ...] = (), operation: str | None = None
) -> Commit:
    """The commit that inserts the claim."""
    operation = operation or fresh()
    write = ClaimWrite(before=None, version=None, after=after, row=event(after, operation_id=operation), mails=mails)
    return Commit(tenant_id=after.customer.tenant_id, operation_id=operation, claims=(write,), slots=slots)


def step(
    before: Claim,
    version: str,
    *,
    slots: tuple[SlotWrite, ...] = (),
    mails: tuple[MailIntent, ...] = (),
    **changes: object,
) -> Commit:
    """The commit that moves the stored claim one event on."""
    operation = fresh()
    moved = {"history_seq": before.history_seq + 1, "revision": before.revision + 1, **changes}
    after = replace(before, **moved)  # type: ignore[arg-type]
    row = event(after, operation_id=operation)
    write = ClaimWrite(before=before, version=version, after=after, row=row, mails=mails)
    return Commit(tenant_id=after.customer.tenant_id, operation_id=operation, claims=(write,), slots=slots)


def deletion(before: Claim, version: str) -> Commit:
    """The commit that deletes the stored draft."""
    operation = fresh()
    row = event(before, operation_id=operation, seq=before.history_seq + 1)
    write = ClaimWrite(before=before, version=version, after=None, row=row)
    return Commit(tenant_id=before.customer.tenant_id, operation_id=operation, claims=(write,))


async def outcome(store: ClaimStore, commit: Commit) -> str:
    """How the commit ended: "done" or "conflict"."""
    try:
        await store.commit(commit)
    except ConflictError:
        return "conflict"
    return "done"
