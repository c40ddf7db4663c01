"""The people who can sign in locally (API.md, Sign-in and The local host's own endpoints)."""

import base64
import json
import uuid
from dataclasses import dataclass

_OPERATOR = "00000000-0000-4000-8000-0000000000aa"
_CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
_FABRIKAM = "fabfabfa-0000-4000-8000-000000000002"
_NOBODY = "0b0b0b0b-0000-4000-8000-00000000000b"


@dataclass(frozen=True, slots=True)
class Persona:
    """A signed-in person: tenant, name and app roles, as the identity platform would vouch for them."""

    key: str
    name: str
    user: str
    tenant_id: str
    roles: tuple[str, ...]
    what: str

    @property
    def object_id(self) -> str:
        """The person's stable id within the tenant."""
        return str(uuid.uuid5(uuid.UUID(self.tenant_id), self.key))

    def claims(self) -> list[dict[str, str]]:
        """Return the token's claims, each role a claim of its own."""
        pairs = [
            ("tid", self.tenant_id),
            ("oid", self.object_id),
            ("name", self.name),
            ("preferred_username", self.user),
            *(("roles", role) for role in self.roles),
        ]
        return [{"typ": kind, "val": value} for kind, value in pairs]

    def headers(self) -> dict[str, str]:
        """Return the headers that App Service Authentication puts on the person's requests."""
        principal = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": self.claims()}
        return {
            "x-ms-client-principal": base64.b64encode(json.dumps(principal).encode()).decode(),
            "x-ms-client-principal-id": self.object_id,
            "x-ms-client-principal-name": self.user,
            "x-ms-client-principal-idp": "aad",
        }


PERSONAS: dict[str, Persona] = {
    persona.key: persona
    for persona in (
        Persona(
            "contoso",
            "Casey Contoso",
            "casey@contoso.example",
            _CONTOSO,
            ("Partner.IncentivesAdmin",),
            "partner, incentives admin of locations 1000001 and 1000002",
        ),
        Persona(
            "contoso-user",
            "Uma Contoso",
            "uma@contoso.example",
            _CONTOSO,
            ("Partner.IncentivesUser",),
            "partner, incentives user: reads and prepares drafts",
        ),
        Persona(
            "fabrikam",
            "Frankie Fabrikam",
            "frankie@fabrikam.example",
            _FABRIKAM,
            ("Partner.IncentivesAdmin",),
            "partner, incentives admin of location 2000001",
        ),
        Persona(
            "reviewer",
            "Robin Reviewer",
            "robin@operator.example",
            _OPERATOR,
            ("Program.Reviewer",),
            "reviewer of the programme",
        ),
        Persona(
            "admin", "Alex Admin", "alex@operator.example", _OPERATOR, ("Program.Admin",), "admin of the programme"
        ),
        Persona("nobody", "Noa Nobody", "noa@elsewhere.example", _NOBODY, (), "signed in, without any role"),
    )
}
