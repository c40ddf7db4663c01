"""The identity platform's tenant discovery, stubbed for the sample domains (API.md, sample registry)."""

import re
import uuid
from datetime import UTC, datetime

from tools.host.web import Answer, Request, fault, json_answer, json_object

PREFIX = "/.dev/authority"
_DOCUMENT = "/v2.0/.well-known/openid-configuration"
_TENANTS = {
    name: f"a1a1a1a1-0000-4000-8000-00000000000{number}"
    for number, name in enumerate(("alpine", "birch", "cedar", "dogwood"), start=1)
}
_DOMAINS = {
    **{f"{name}.example": tenant for name, tenant in _TENANTS.items()},
    **{f"{name}.onmicrosoft.example": tenant for name, tenant in _TENANTS.items()},
    **{tenant: tenant for tenant in _TENANTS.values()},
}
# Tests and benchmarks need customers of their own: such a domain says itself which tenant it belongs to.
_NAMED = re.compile(r"tenant-(?P<tenant>[0-9a-f]{32})(?:\.onmicrosoft)?\.example")
_LOGIN = "https://login.microsoftonline.com"


class Authority:
    """Tells which tenant a domain belongs to; ``down`` makes it fail for tests of the fallback."""

    def __init__(self) -> None:
        self.down = False

    async def answer(self, request: Request) -> Answer:
        """Serve ``/.dev/authority`` (its switch) and the discovery documents below it."""
        if request.raw_path == PREFIX:
            return await self._switch(request)
        middle = request.raw_path.removeprefix(PREFIX + "/").removesuffix(_DOCUMENT)
        if request.method != "GET" or not request.raw_path.endswith(_DOCUMENT) or not middle or "/" in middle:
            return Answer(404)
        if self.down:
            return Answer(503, [("retry-after", "1")])
        tenant = tenant_of(middle.lower())
        return _unknown(middle) if tenant is None else json_answer(_document(tenant))

    async def _switch(self, request: Request) -> Answer:
        if request.method == "POST":
            content = json_object(await request.body())
            if isinstance(content, Answer):
                return content
            if set(content) != {"down"} or not isinstance(content["down"], bool):
                return fault(422, "bad-request", 'Send {"down": true} or {"down": false}.')
            self.down = content["down"]
        elif request.method != "GET":
            return Answer(405, [("allow", "GET, POST")])
        return json_answer({"down": self.down})


def tenant_of(domain: str) -> str | None:
    """Return the tenant ID of a sample domain, or of ``tenant-HEX.example``, HEX being the ID without its hyphens."""
    named = _NAMED.fullmatch(domain)
    return str(uuid.UUID(hex=named["tenant"])) if named else _DOMAINS.get(domain)


def _document(tenant: str) -> dict[str, object]:
    return {
        "token_endpoint": f"{_LOGIN}/{tenant}/oauth2/v2.0/token",
        "jwks_uri": f"{_LOGIN}/{tenant}/discovery/v2.0/keys",
        "issuer": f"{_LOGIN}/{tenant}/v2.0",
        "authorization_endpoint": f"{_LOGIN}/{tenant}/oauth2/v2.0/authorize",
        "end_session_endpoint": f"{_LOGIN}/{tenant}/oauth2/v2.0/logout",
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "tenant_region_scope": "NA",
        "cloud_instance_name": "microsoftonline.com",
    }


def _unknown(domain: str) -> Answer:
    """Answer as the real authority does for a domain that no tenant has verified."""
    now = datetime.now(UTC)
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    content = {
        "error": "invalid_tenant",
        "error_description": f"AADSTS90002: Tenant '{domain}' not found. Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {now:%Y-%m-%d %H:%M:%SZ}",
        "error_codes": [90002],
        "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}",
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{_LOGIN}/error?code=90002",
    }
    return json_answer(content, 400)
