"""What the checks are told: everything they need of the world, gathered before they run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.domain.catalogue import Catalogue
from shared.domain.claim import CheckOutcome, CheckResult, Claim
from shared.domain.policy import Policy
from shared.domain.reasons import ReasonCode
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.sayings import Saying
from shared.domain.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFacts:
    """What reading found against one proof, once all the claim's proofs were looked at together.

    `codes` are the reason codes `poe-…` that stand against it, `products_missing` the claimed product IDs that no proof
    names. ValueError for a code that is no reason.
    """

    proof_id: str
    codes: tuple[str, ...] = ()
    products_missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for code in self.codes:
            ReasonCode(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The world as the checks see it, for a claim whose items were expanded with the tenant's subscriptions.

    `directory` is the identity platform's word on the claimed domain, and `directory_tenant_id` the tenant it resolves
    to, null where it resolves to none or nobody knows. `subscriptions` are the claimed tenant's, `other_subscriptions`
    claimed ones that were found in other tenants, by ID; `slots` the stored ones, by resource. `revenue_rival`: the
    organisation has another live revenue claim for this tenant and solution. `unavailable` are the codes of checks that
    could not run even at the last try.
    """

    location: PartnerLocation | None
    directory: Literal["resolved", "unknown-domain", "down"]
    directory_tenant_id: str | None = None
    customer: RegisteredCustomer | None = None
    subscriptions: tuple[Subscription, ...] = ()
    other_subscriptions: Mapping[str, Subscription] = field(default_factory=dict)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    revenue_rival: bool = False
    proofs: tuple[ProofFacts, ...] = ()
    partner_domains: tuple[str, ...] = ()
    unavailable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim to be checked, with all there is to know."""

    claim: Claim
    facts: Facts
    catalogue: Catalogue
    policy: Policy


def fail(code: ReasonCode, message: str, *, items: tuple[str, ...] = (), proofs: tuple[str, ...] = ()) -> CheckResult:
    """A finding that rejects the claim."""
    return _finding(code, CheckOutcome.FAIL, message, items, proofs)


def flag(code: ReasonCode, message: str, *, items: tuple[str, ...] = (), proofs: tuple[str, ...] = ()) -> CheckResult:
    """A finding that a person must look at."""
    return _finding(code, CheckOutcome.FLAG, message, items, proofs)


def _finding(
    code: ReasonCode, result: CheckOutcome, message: str, items: tuple[str, ...], proofs: tuple[str, ...]
) -> CheckResult:
    """The finding with what its sentence was made of, for it is stored and shown in other languages later."""
    template, values = (message.template, message.values) if isinstance(message, Saying) else ("", {})
    return CheckResult(
        code=code.value,
        result=result,
        message=str(message),
        item_ids=items,
        proof_ids=proofs,
        template=template if values else "",
        values=tuple((name, value if isinstance(value, int) else str(value)) for name, value in values.items()),
    )
