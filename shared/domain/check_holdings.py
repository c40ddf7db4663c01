"""Checks of the subscriptions claimed, and of who is associated with them (PROCESS.md, Checks, 4 and 5)."""

from collections.abc import Iterator

from shared.domain.catalogue import Activity, SlotKind, subscriptions_for
from shared.domain.check_facts import Case, fail, flag
from shared.domain.claim import CheckResult, Item
from shared.domain.reasons import ReasonCode
from shared.domain.registry import Channel, Subscription
from shared.domain.sayings import say
from shared.domain.slots import Availability, availability


def subscription_findings(case: Case) -> Iterator[CheckResult]:
    """Check 4: every subscription claimed is the customer's, of the product, not CSP, and active or in grace."""
    for item in case.claim.live_items:
        found = _subscription(case, item)
        if isinstance(found, CheckResult):
            yield found
        elif found is not None:
            yield from _unfit(case, item, found)
    yield from _duplicates(case)


def _subscription(case: Case, item: Item) -> Subscription | CheckResult | None:
    """The item's subscription, what is wrong with naming it, or null where the item needs none."""
    if item.subscription_id is None:
        return _unnamed(case, item)
    for subscription in case.facts.subscriptions:
        if subscription.subscription_id == item.subscription_id:
            return subscription
    if item.subscription_id in case.facts.other_subscriptions:
        return fail(
            ReasonCode.SUBSCRIPTION_OTHER_TENANT,
            say("The subscription %(subscription)s is not one of this customer's.", subscription=item.subscription_id),
            items=(item.item_id,),
        )
    return fail(
        ReasonCode.SUBSCRIPTION_UNKNOWN,
        say("There is no registered subscription %(subscription)s.", subscription=item.subscription_id),
        items=(item.item_id,),
    )


def _unnamed(case: Case, item: Item) -> Subscription | CheckResult | None:
    kind = case.catalogue.claim_type(case.claim.solution_area or "", item.activity)
    product = case.catalogue.product(item.product_id) if item.product_id else None
    if kind is None or product is None or kind.slot is not SlotKind.SUBSCRIPTION:
        return None
    held = subscriptions_for(product, case.facts.subscriptions)
    if not held:
        return fail(
            ReasonCode.SUBSCRIPTION_UNKNOWN,
            say("No subscription for %(product)s is registered for this customer.", product=product.name),
            items=(item.item_id,),
        )
    if len(held) == 1:
        return held[0]
    return fail(
        ReasonCode.SUBSCRIPTION_REQUIRED,
        say(
            "The customer has %(count)s subscriptions for %(product)s: name the one you claim.",
            count=len(held),
            product=product.name,
        ),
        items=(item.item_id,),
    )


def _unfit(case: Case, item: Item, found: Subscription) -> Iterator[CheckResult]:
    product = case.catalogue.product(item.product_id) if item.product_id else None
    if product and found.product_id not in product.held_by:
        yield fail(
            ReasonCode.SUBSCRIPTION_OTHER_PRODUCT,
            say(
                "The subscription %(subscription)s does not hold %(product)s.",
                subscription=found.subscription_id,
                product=product.name,
            ),
            items=(item.item_id,),
        )
    if found.channel == Channel.CSP:
        yield fail(
            ReasonCode.SUBSCRIPTION_CSP,
            say("The subscription %(subscription)s was bought through CSP.", subscription=found.subscription_id),
            items=(item.item_id,),
        )
    if not found.usable:
        yield fail(
            ReasonCode.SUBSCRIPTION_INACTIVE,
            say(
                "The subscription %(subscription)s is neither active nor in its grace period.",
                subscription=found.subscription_id,
            ),
            items=(item.item_id,),
        )


def _duplicates(case: Case) -> Iterator[CheckResult]:
    """Two lines may turn out to mean the same subscription once the registry filled one of them in."""
    seen: dict[tuple[str | None, str | None, str], str] = {}
    for item in case.claim.live_items:
        thing = (item.product_id, item.subscription_id, item.activity)
        first = seen.setdefault(thing, item.item_id)
        if first != item.item_id:
            yield fail(
                ReasonCode.DUPLICATE_ITEM,
                say("Two lines of the claim are the same product and subscription."),
                items=(first, item.item_id),
            )


def exclusivity_findings(case: Case) -> Iterator[CheckResult]:
    """Check 5: nobody else has the slot, and the organisation does not have it already; no rival is ever named."""
    claim = case.claim
    for item in claim.live_items:
        if item.resource is None:
            continue
        word = availability(
            case.facts.slots.get(item.resource),
            programme=item.programme,
            organisation=claim.organisation,
            claim_id=claim.claim_id,
            policy=case.policy,
        )
        product = case.catalogue.product(item.product_id) if item.product_id else None
        name = product.name if product else "the product"
        if word is Availability.YOURS:
            yield fail(
                ReasonCode.ALREADY_ASSOCIATED_TO_YOU,
                say("Another claim of your organisation has %(product)s for this customer.", product=name),
                items=(item.item_id,),
            )
        elif word is Availability.NOT_AVAILABLE:
            yield flag(
                ReasonCode.CONTESTED,
                say("For this customer %(product)s is not free at present; a reviewer decides.", product=name),
                items=(item.item_id,),
            )
    if case.facts.revenue_rival:
        yield fail(
            ReasonCode.ALREADY_ASSOCIATED_TO_YOU,
            say("Your organisation has another revenue claim for this customer and solution."),
            items=tuple(item.item_id for item in claim.live_items if item.activity == Activity.REVENUE),
        )
