"""An official claim is looked after for as long as its subscriptions last (PROCESS.md, After approval).

Level-triggered: whoever wakes it (its own due rows, an imported change, its approval), it reads the claim and the
registry, and does what is outstanding. What a crash leaves, step by step:
- after the renewal's draft, before the notice is committed: a draft, which the next look finds by its ID;
- after an event, before the next due rows are written: the event's own recovery message, which looks again;
- after the rows: rows that find nothing to do.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.claim import Claim, Item, RequestedProduct, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_fields import fields_of
from shared.domain.history import SYSTEM
from shared.domain.identifiers import claim_id
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.association_ends import Ends, ends_of, told_mark
from shared.usecases.callers import Caller
from shared.usecases.filing import new_claim
from shared.usecases.records import ConflictError, DeadlineRow
from shared.usecases.services import Services
from shared.usecases.transition import carry_out

ORIGIN_RENEWAL = "renewal"
STEPS_AT_MOST = 40
"""An end or a notice for each of twenty items, and as many races lost."""


async def look_after_association(services: Services, *, claim_id: str, now: datetime) -> tuple[DeadlineRow, ...]:
    """End what has ended, tell of what is about to, keep `valid_until` true; gives the due rows of the next look.

    The rows are written already; they are given for whoever deletes one of them afterwards. ConflictError where the
    claim will not stand still.
    """
    for _ in range(STEPS_AT_MOST):
        current = await services.claims.get(claim_id)
        if current is None or current.value.status is not Status.APPROVED:
            return ()
        ends = await ends_of(services, current.value)
        if not ends.items:
            return ()
        event = await _outstanding(services, ends, now=now)
        if event is None:
            rows = ends.rows(services.policy, now=now)
            await services.deadlines.put(rows)
            return rows
        try:
            await carry_out(services, current, event, now=now)
        except ConflictError:
            continue
    raise ConflictError(say("The claim is being changed by others at this moment."))


async def _outstanding(services: Services, ends: Ends, *, now: datetime) -> Event | None:
    """The next thing to be done for the claim, null where there is none."""
    over = ends.over(now=now)
    if over:
        return Event(
            kind=EventKind.EXPIRED,
            actor=SYSTEM,
            item_ids=over,
            reasons=(ReasonCode.SUBSCRIPTION_ENDED,),
            changes={"valid_until": ends.valid_until(without=over) or ends.claim.valid_until},
            detail={"items": sorted(over)},
        )
    until = ends.valid_until()
    if until != ends.claim.valid_until:
        detail = {"validUntil": until.isoformat() if until else None}
        return Event(kind=EventKind.EXTENDED, actor=SYSTEM, changes={"valid_until": until}, detail=detail)
    near = ends.near(services.policy, now=now)
    return await _notice(services, ends, near, now=now) if near else None


async def _notice(services: Services, ends: Ends, near: tuple[Item, ...], *, now: datetime) -> Event:
    """Tell the partner of the first coming end, with a draft that is ready to be filled in; of others, the next look.

    One end, one draft: whatever else comes near between a crash and the next look, the draft's ID is the same.
    """
    dated = [(end, item) for item in near if (end := ends.end_of(item)) is not None]
    first = min(end for end, _ in dated)
    ending = [item for end, item in dated if end == first]
    draft = await _renewal(services, ends.claim, ending, key=first.isoformat(), now=now)
    return Event(
        kind=EventKind.ENDING_NEAR,
        actor=SYSTEM,
        changes={"reminded": (*ends.claim.reminded, *sorted(told_mark(item, first) for item in ending))},
        detail={
            "items": sorted(item.item_id for item in ending),
            "endsAt": first.isoformat(),
            "draftClaimId": draft,
        },
    )


async def _renewal(services: Services, claim: Claim, ending: Sequence[Item], *, key: str, now: datetime) -> str:
    """The draft for what follows, made once for this end: the claim's fields without the subscription that ends."""
    identity = claim_id(
        tenant_id=claim.customer.tenant_id,
        organisation=claim.organisation,
        key=f"{ORIGIN_RENEWAL}\n{claim.claim_id}\n{key}",
        secret=services.claim_id_secret,
    )
    if await services.claims.get(identity) is not None:
        return identity
    products = dict.fromkeys(item.product_id for item in ending)
    fields = replace(
        fields_of(claim), requested=tuple(RequestedProduct(product_id=product) for product in products if product)
    )
    owner = Caller(organisation=claim.organisation, object_id=SYSTEM.id, name="", roles=frozenset())
    new = new_claim(services, caller=owner, fields=fields, claim_id=identity, proofs=(), now=now)
    event = Event(kind=EventKind.DRAFTED, actor=SYSTEM, detail={"renews": claim.claim_id})
    try:
        await carry_out(services, None, event, now=now, new=replace(new, origin=ORIGIN_RENEWAL))
    except ConflictError:
        if await services.claims.get(identity) is None:
            raise
    return identity
