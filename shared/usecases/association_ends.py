"""When associations end by their subscriptions, as the registry says at each look (PROCESS.md, After approval).

The ends live in the registry and nowhere else: whatever an import changes is true from the next look on, and there is
no copy to bring up to date. A claim keeps of them what people read, `valid_until`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.claim import Claim, Item, Outcome
from shared.domain.deadlines import ClockKind
from shared.domain.policy import CLOCK_SKEW_MARGIN, Policy
from shared.domain.registry import Subscription
from shared.usecases.records import DeadlineRow
from shared.usecases.services import Services

_WORKLOAD = "workload"
END = ClockKind.SUBSCRIPTION_END.value
ENDING = f"{END}-near"


@dataclass(frozen=True, slots=True)
class Ends:
    """The claim's associated items that a subscription holds, each with that subscription as registered now.

    A subscription that is not registered any more counts as one whose end is open: nothing ends for want of a row.
    """

    claim: Claim
    subscriptions: Mapping[str, Subscription]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that end with a subscription."""
        return held_items(self.claim)

    def end_of(self, item: Item) -> datetime | None:
        """When the item's subscription ends, null while that is open."""
        found = self.subscriptions.get(item.subscription_id or "")
        return found.ends_at if found else None

    def over(self, *, now: datetime) -> frozenset[str]:
        """The items whose subscription ended by its status, left the tenant, or ended an hour ago by its date."""
        return frozenset(item.item_id for item in self.items if self._is_over(item, now))

    def _is_over(self, item: Item, now: datetime) -> bool:
        found = self.subscriptions.get(item.subscription_id or "")
        if found is None:
            return False
        gone = found.ended or found.tenant_id != self.claim.customer.tenant_id
        return gone or (found.ends_at is not None and now >= found.ends_at + CLOCK_SKEW_MARGIN)

    def valid_until(self, *, without: frozenset[str] = frozenset()) -> datetime | None:
        """The latest end of the items that are left, null while any is open, or none is left."""
        left = [item for item in self.claim.live_items if item.item_id not in without]
        ends = [self.end_of(item) if item in self.items else None for item in left]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    def near(self, policy: Policy, *, now: datetime) -> tuple[Item, ...]:
        """The items that end within the notice time and whose partner was not told of that end yet."""
        notice = timedelta(days=policy.ending_notice_calendar_days)
        return tuple(
            item
            for item in self.items
            if (end := self.end_of(item)) is not None
            and end - notice <= now < end
            and told_mark(item, end) not in self.claim.reminded
        )

    def rows(self, policy: Policy, *, now: datetime) -> tuple[DeadlineRow, ...]:
        """When the claim must be looked at next: at its earliest coming end, and when the next notice is due."""
        known = [self.end_of(item) for item in self.items]
        ends = sorted(end for end in known if end is not None and end + CLOCK_SKEW_MARGIN > now)
        notice = timedelta(days=policy.ending_notice_calendar_days)
        notices = [end - notice for end in ends if end - notice > now]
        rows = [DeadlineRow(kind=END, claim_id=self.claim.claim_id, due_at=end + CLOCK_SKEW_MARGIN) for end in ends[:1]]
        return (*rows, *(DeadlineRow(kind=ENDING, claim_id=self.claim.claim_id, due_at=at) for at in notices[:1]))


def told_mark(item: Item, end: datetime) -> str:
    """What the claim remembers of having told its partner of this end of this item."""
    return f"{END}:{item.item_id}:{end.isoformat()}"


def held_items(claim: Claim) -> tuple[Item, ...]:
    """The associated items that end with a subscription; a workload is the tenant's, whatever subscription is named."""
    return tuple(
        item
        for item in claim.items
        if item.outcome is Outcome.ASSOCIATED
        and item.subscription_id
        and not (item.resource or "").startswith(_WORKLOAD)
    )


async def ends_of(services: Services, claim: Claim) -> Ends:
    """The claim's ends as registered now: one question for the tenant, and one for each subscription that left it."""
    items = held_items(claim)
    if not items:
        return Ends(claim, {})
    found = {one.subscription_id: one for one in await services.registry.subscriptions(claim.customer.tenant_id)}
    for name in sorted({item.subscription_id or "" for item in items} - found.keys()):
        elsewhere = await services.registry.subscription(name)
        if elsewhere is not None:
            found[name] = elsewhere
    return Ends(claim, found)


async def dated(services: Services, claim: Claim) -> Claim:
    """The claim, which is about to become official, with the end that it will have."""
    ends = await ends_of(services, claim)
    return replace(claim, valid_until=ends.valid_until()) if ends.items else claim
