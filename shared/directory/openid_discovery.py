"""Which tenant a domain belongs to, by the public OpenID discovery document (PROCESS.md, Checks, 2).

It needs no credentials: `{authority}/{domain}/v2.0/.well-known/openid-configuration`, whose issuer holds the tenant ID.
"""

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from shared.domain.sayings import say
from shared.usecases.records import ServiceUnavailableError

_DOCUMENT = "v2.0/.well-known/openid-configuration"
_ISSUER_PATH = re.compile(r"/(?P<tenant>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0/?")
_TEMPORARY = {"temporarily_unavailable", "server_error"}
_MOST_BYTES = 64 * 1024
_OK, _REFUSED = 200, {400, 404}


class OpenIdDirectory:
    """The TenantDirectory port over HTTPS. `timeout` is the whole call's, in seconds.

    One connection pool for the life of the process; `close` ends it.
    """

    def __init__(self, authority: str, *, timeout: float = 5.0) -> None:
        self._authority = authority.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def tenant_of(self, domain: str) -> str | None:
        """The tenant ID (lower-case GUID) that the domain resolves to, null where no tenant has verified it.

        ServiceUnavailableError where the authority does not answer, or not as it should.
        """
        # A name without a dot would reach the authority's own aliases, such as "common", which are no tenant's.
        if "." not in domain.strip("."):
            return None
        url = URL(f"{self._authority}/{quote(domain, safe='')}/{_DOCUMENT}", encoded=True)
        try:
            async with self._pool().get(url, allow_redirects=False) as response:
                status, body = response.status, await _limited(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServiceUnavailableError(say("The identity platform does not answer.")) from error
        return _tenant(status, body)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            )
        return self._session


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ServiceUnavailableError(say("The identity platform's answer is too long to be a discovery document."))
    return bytes(body)


def _tenant(status: int, body: bytes) -> str | None:
    document = _object(body)
    if status == _OK:
        return _issuer_tenant(document.get("issuer"))
    error = document.get("error")
    if status in _REFUSED and isinstance(error, str) and error and error not in _TEMPORARY:
        return None
    raise ServiceUnavailableError(say("The identity platform answered with status %(status)s.", status=status))


def _issuer_tenant(issuer: object) -> str:
    match = None
    if isinstance(issuer, str):
        try:
            match = _ISSUER_PATH.fullmatch(urlsplit(issuer).path.lower())
        except ValueError:
            match = None
    if match is None:
        raise ServiceUnavailableError(say("The identity platform's answer names no tenant."))
    return match["tenant"]


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object in the body; an empty one where there is none, which then says nothing."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
