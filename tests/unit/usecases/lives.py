"""Claims that live on the fakes: filed, checked, told and decided by events that are committed as real ones are."""

import uuid
from dataclasses import replace
from datetime import timedelta

from shared.domain.claim import Claim
from shared.domain.claim_events import Event
from shared.domain.claim_events import EventKind as E
from shared.domain.identifiers import claim_id, claim_number
from shared.usecases.callers import Caller, Role
from shared.usecases.transition import carry_out
from tests.claims import a_draft, an_event
from tests.fakes.product import FakeProduct

OPERATOR = "00000000-0000-4000-8000-0000000000aa"
ADMIN = Caller(organisation=OPERATOR, object_id="op-1", name="Ada Admin", roles=frozenset({Role.PROGRAM_ADMIN}))
REVIEWER = Caller(organisation=OPERATOR, object_id="op-2", name="Rey Viewer", roles=frozenset({Role.REVIEWER}))
_SECRET = b"k" * 40
_NAMES = uuid.UUID("5f0a9b3e-3f4e-4b59-9d0f-0d3ac1c2e7aa")


def new_claim(product: FakeProduct, name: str, **changes: object) -> Claim:
    """A claim of a customer of its own, for Teams and Exchange, as it is before its first event."""
    draft = a_draft()
    tenant = str(uuid.uuid5(_NAMES, name))
    identity = claim_id(tenant_id=tenant, organisation=draft.organisation, key=name, secret=_SECRET)
    return replace(
        draft,
        claim_id=identity,
        number=claim_number(identity),
        customer=replace(draft.customer, tenant_id=tenant),
        created_at=product.now,
        updated_at=product.now,
        **changes,  # type: ignore[arg-type]
    )


async def live(product: FakeProduct, new: Claim, *events: E | Event | timedelta) -> Claim:
    """The claim after these events, or as it is stored already and then after them; a time between moves the clock."""
    claim: Claim = new
    for event in events:
        if isinstance(event, timedelta):
            product.now += event
            continue
        current = await product.claims.get(new.claim_id)
        happened = event if isinstance(event, Event) else an_event(event)
        made = await carry_out(product.services, current, happened, now=product.now, new=None if current else new)
        assert made is not None, "the claim was deleted"
        claim = made
    return claim
