"""Claims in every state that a mail can be about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.claim import (
    Actor,
    ActorKind,
    ApprovalGround,
    Claim,
    Comment,
    Contact,
    Customer,
    Item,
    Outcome,
    Revenue,
    Status,
)
from shared.domain.deadlines import ClockKind, business_deadline, calendar_deadline
from shared.domain.identifiers import claim_id, claim_number
from shared.domain.mails import MailIntent, MailKind

NOW = datetime(2026, 11, 19, 10, 30, tzinfo=UTC)
TENANT = "a1a1a1a1-0000-4000-8000-000000000002"
ORGANISATION = "c0c0c0c0-0000-4000-8000-000000000001"
CLAIM_ID = claim_id(tenant_id=TENANT, organisation=ORGANISATION, key="sample", secret=b"0" * 32)
NUMBER = claim_number(CLAIM_ID)
PARTNER_NAME = "Contoso Consulting"


def item(product_id: str | None, activity: str = "usage", outcome: Outcome = Outcome.CLAIMED, *reasons: str) -> Item:
    """One item of a claim."""
    return Item(
        item_id=f"{product_id}-{activity}",
        product_id=product_id,
        subscription_id=None,
        activity=activity,
        programme="osu-microsoft-365",
        resource=None,
        outcome=outcome,
        reasons=reasons,
        settled_at=None if outcome is Outcome.CLAIMED else NOW,
    )


def claim(**changes: object) -> Claim:
    """A claim of a Polish customer that waits for its answer, with the changes asked for."""
    opt_out = business_deadline(
        kind=ClockKind.OPT_OUT, starts_at=NOW, business_days=5, country="PL", zone="Europe/Warsaw"
    )
    sample = Claim(
        claim_id=CLAIM_ID,
        number=NUMBER,
        organisation=ORGANISATION,
        mpn_id="1000001",
        customer=Customer(tenant_id=TENANT, domain="birch.example", name="Birch Biuro Sp. z o.o.", country="PL"),
        created_at=NOW,
        updated_at=NOW,
        status=Status.PENDING_CUSTOMER,
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Rollout 2026",
        items=(item("exchange-online"), item("teams")),
        customer_contact=Contact(name="Anna Brzozowska", email="anna@birch.example", title="IT manager"),
        partner_contact=Contact(name="Paul Oakwood", email="paul@contoso.example"),
        round=1,
        submitted_at=NOW,
        notice_accepted_at=NOW,
        clocks={"opt-out": opt_out},
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def intent(kind: MailKind, **detail: object) -> MailIntent:
    """The ledger row of a mail about the claim."""
    return MailIntent(
        claim_id=CLAIM_ID,
        kind=kind,
        round=1,
        n=None,
        operation_id="00000000-0000-4000-8000-00000000000f",
        created_at=NOW,
        detail=detail or None,
    )


def comment(text: str, *, kind: ActorKind = ActorKind.REVIEWER, internal: bool = False) -> Comment:
    """What somebody wrote on the claim."""
    return Comment(comment_id="c1", at=NOW, actor=Actor(kind=kind, id="r1"), text=text, internal=internal)


def _clock(kind: ClockKind, *, days: int = 5) -> dict[str, object]:
    if kind in {ClockKind.DISPUTE, ClockKind.DRAFT}:
        return {kind.value: calendar_deadline(kind=kind, starts_at=NOW, days=days, remind_days_before=None)}
    return {kind.value: business_deadline(kind=kind, starts_at=NOW, business_days=days, country="US", zone="UTC")}


_REASONS = ("poe-older-than-12-months", "wrong-contact")
_REQUESTED = {"deadline": "2026-11-26T22:59:59+00:00", "zone": "Europe/Warsaw"}
_APPROVED = {
    "status": Status.APPROVED,
    "items": (item("exchange-online", "usage", Outcome.ASSOCIATED), item("teams", "usage", Outcome.DECLINED)),
    "approved_at": NOW + timedelta(days=7),
    "approval_ground": ApprovalGround.SILENCE,
}
_ENDED = {
    "status": Status.ENDED,
    "items": (item("exchange-online", "usage", Outcome.ENDED, "revoked-by-customer"),),
    "approved_at": NOW - timedelta(days=30),
    "ended_at": NOW,
    "reasons": ("revoked-by-customer",),
}
STATES: dict[MailKind, dict[str, object]] = {
    MailKind.ASSOCIATION_REQUEST: {},
    MailKind.ASSOCIATION_REMINDER: {},
    MailKind.ASSOCIATION_APPROVED: _APPROVED,
    MailKind.ASSOCIATION_ENDED: _ENDED,
    MailKind.ASSOCIATION_WITHDRAWN: {"status": Status.WITHDRAWN, "clocks": {}},
    MailKind.CLAIM_RECEIVED: {"status": Status.SUBMITTED, "clocks": {}, "notice_accepted_at": None},
    MailKind.CLAIM_UNDER_REVIEW: {
        "status": Status.UNDER_REVIEW,
        "clocks": _clock(ClockKind.REVIEW),
        "reasons": ("poe-no-date", "contested"),
    },
    MailKind.ACTION_REQUIRED: {
        "status": Status.ACTION_REQUIRED,
        "clocks": _clock(ClockKind.ACTION_REQUIRED),
        "reasons": _REASONS,
        "comments": (comment("Please send the page with the signature."),),
    },
    MailKind.CUSTOMER_NOTIFIED: {},
    MailKind.CLAIM_APPROVED: _APPROVED,
    MailKind.CUSTOMER_OPTED_OUT: {
        "status": Status.OPTED_OUT,
        "clocks": {},
        "items": (item("exchange-online", "usage", Outcome.DECLINED), item("teams", "usage", Outcome.DECLINED)),
    },
    MailKind.CLAIM_REJECTED: {
        "status": Status.REJECTED,
        "clocks": _clock(ClockKind.DISPUTE, days=30),
        "reasons": _REASONS,
    },
    MailKind.DEADLINE_NEAR: {
        "status": Status.ACTION_REQUIRED,
        "clocks": _clock(ClockKind.ACTION_REQUIRED),
        "reasons": _REASONS,
    },
    MailKind.DRAFT_EXPIRING: {"status": Status.DRAFT, "clocks": _clock(ClockKind.DRAFT, days=30), "items": ()},
    MailKind.LEGACY_DRAFT: {"status": Status.DRAFT, "clocks": _clock(ClockKind.DRAFT, days=30), "items": ()},
    MailKind.ASSOCIATION_ENDING: _APPROVED | {"valid_until": NOW + timedelta(days=30)},
    MailKind.CLAIM_ENDED: _ENDED,
    MailKind.ASSOCIATION_CONTESTED: _APPROVED | {"clocks": _clock(ClockKind.INCUMBENT_RESPONSE)},
}


def sample(kind: MailKind, **changes: object) -> tuple[MailIntent, Claim]:
    """An intent of that mail, and a claim in a state in which it is sent."""
    detail = _REQUESTED if kind is MailKind.ASSOCIATION_REQUEST else {}
    return intent(kind, **detail), claim(**(STATES[kind] | changes))


def revenue_claim(**changes: object) -> Claim:
    """A revenue association without a product."""
    revenue = Revenue(solution_seller="Contoso", customer_name="Birch", solution_name="Ledger 365")
    return claim(items=(item(None, "revenue"),), activities=("revenue",), revenue=revenue, **changes)
