"""Who is calling, and what they may do (PROCESS.md, Who may do what)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.claim import Actor, ActorKind, Claim
from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.usecases.ports import Registry


class Role(StrEnum):
    """The Entra app roles."""

    PARTNER_ADMIN = "Partner.IncentivesAdmin"
    PARTNER_USER = "Partner.IncentivesUser"
    REVIEWER = "Program.Reviewer"
    PROGRAM_ADMIN = "Program.Admin"


PARTNERS = frozenset({Role.PARTNER_ADMIN, Role.PARTNER_USER})
PROGRAMME = frozenset({Role.REVIEWER, Role.PROGRAM_ADMIN})


class RoleMissingError(DomainError):
    """The caller is signed in but has none of the roles that this needs."""

    code = "role-missing"


class NotFoundError(DomainError):
    """There is no such thing, or it is not the caller's: the two are not told apart."""

    code = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A signed-in person: `organisation` is the token's tenant ID, `object_id` the person's stable ID in it."""

    organisation: str
    object_id: str
    name: str
    roles: frozenset[Role]

    @property
    def is_programme(self) -> bool:
        """A reviewer or a programme admin."""
        return bool(self.roles & PROGRAMME)

    @property
    def actor(self) -> Actor:
        """How the history names them."""
        kind = ActorKind.REVIEWER if self.is_programme else ActorKind.PARTNER
        return Actor(kind=kind, id=f"{self.organisation}/{self.object_id}")

    def owns(self, claim: Claim) -> bool:
        """Whether the claim is the caller's organisation's; the one place that compares the two."""
        return claim.organisation == self.organisation

    def needs(self, *roles: Role) -> None:
        """RoleMissingError unless the caller has one of the roles."""
        if not self.roles & set(roles):
            raise RoleMissingError(say("Your account does not have the role that this needs."))


async def recognise(
    registry: Registry, *, tenant_id: str, object_id: str, name: str, roles: Iterable[str], operator_tenant_id: str
) -> Caller:
    """The caller with the roles that count.

    In a multi-tenant sign-in any tenant's administrator can hand out roles: `Program.*` counts only in the operator's
    tenant, `Partner.*` only in a registered organisation's.
    """
    claimed = {Role(role) for role in roles if role in set(Role)}
    granted: set[Role] = set()
    if tenant_id == operator_tenant_id:
        granted |= claimed & PROGRAMME
    if claimed & PARTNERS and await registry.is_partner(tenant_id):
        granted |= claimed & PARTNERS
    return Caller(organisation=tenant_id, object_id=object_id, name=name, roles=frozenset(granted))


def check_may_see(claim: Claim | None, caller: Caller) -> Claim:
    """The claim, if the caller may know of it. NotFoundError otherwise."""
    if claim is None or not (caller.is_programme or caller.owns(claim)):
        raise NotFoundError(say("There is no such claim."))
    caller.needs(*Role)
    return claim


def check_own(claim: Claim | None, caller: Caller) -> Claim:
    """The claim, if it is the caller's organisation's. NotFoundError otherwise."""
    if claim is None or not caller.owns(claim):
        raise NotFoundError(say("There is no such claim."))
    return claim
