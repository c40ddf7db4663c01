"""Who is calling, by what App Service Authentication injects (API.md, Sign-in).

The header is trusted only where the platform is known to write it, and to strip what a caller sends.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

from functions.request_errors import NotSignedInError
from shared.domain.identifiers import InvalidIdentifierError, canonical_tenant_id
from shared.domain.sayings import say
from shared.settings import Settings
from shared.usecases.callers import Caller, recognise
from shared.usecases.services import Services

HEADER = "x-ms-client-principal"
_MOST_CHARACTERS = 64 * 1024
_TENANT = ("tid", "http://schemas.microsoft.com/identity/claims/tenantid")
_OBJECT = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """What the sign-in says: tenant and object ID (lower-case GUIDs), the name to show, the app roles as claimed."""

    tenant_id: str
    object_id: str
    name: str
    roles: frozenset[str]


async def caller_of(headers: Mapping[str, str], *, services: Services, settings: Settings) -> Caller:
    """The caller with the roles that count. NotSignedInError."""
    header = headers.get(HEADER) if settings.auth_enabled else None
    if not header:
        raise NotSignedInError(say("Sign in first."))
    principal = read_principal(header)
    return await recognise(
        services.registry,
        tenant_id=principal.tenant_id,
        object_id=principal.object_id,
        name=principal.name,
        roles=principal.roles,
        operator_tenant_id=settings.operator_tenant_id,
    )


def read_principal(header: str) -> Principal:
    """The principal of the header's base64 JSON. NotSignedInError for anything else."""
    try:
        data = json.loads(_decoded(header))
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(data, dict) or not isinstance(data.get("claims"), list):
        raise _unreadable()
    pairs = [_pair(claim) for claim in data["claims"]]
    name_type, role_type = str(data.get("name_typ")), str(data.get("role_typ"))
    names = [value for kind, value in pairs if kind in {name_type, "name"}]
    return Principal(
        tenant_id=_only(pairs, _TENANT),
        object_id=_only(pairs, _OBJECT),
        name=names[0][:_NAME_LENGTH] if names else "",
        roles=frozenset(value for kind, value in pairs if kind in {role_type, "roles"}),
    )


def _decoded(header: str) -> bytes:
    if len(header) > _MOST_CHARACTERS:
        raise ValueError("too long")
    try:
        return base64.b64decode(header, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _pair(claim: object) -> tuple[str, str]:
    if isinstance(claim, dict):
        kind, value = claim.get("typ"), claim.get("val")
        if isinstance(kind, str) and isinstance(value, str):
            return kind, value
    raise _unreadable()


def _only(pairs: list[tuple[str, str]], kinds: tuple[str, ...]) -> str:
    """The one GUID of these claim types; two that differ say nothing at all."""
    try:
        found = {canonical_tenant_id(value) for kind, value in pairs if kind in kinds}
    except InvalidIdentifierError as error:
        raise _unreadable() from error
    if len(found) != 1:
        raise _unreadable()
    return found.pop()


def _unreadable() -> NotSignedInError:
    return NotSignedInError(say("What the sign-in says of you cannot be read. Sign in again."))
