"""Requests that change something come from this site's own pages, or from no page at all (API.md, Sign-in)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from functions.request_errors import OtherSiteError
from shared.domain.sayings import say

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})
_PORTS = {"http": 80, "https": 443}


def check_same_site(method: str, headers: Mapping[str, str], *, own_urls: tuple[str, ...]) -> None:
    """OtherSiteError for a state-changing request that a browser marks as another site's.

    A page with `Referrer-Policy: no-referrer` posts with `Origin: null`: it is believed where Sec-Fetch-Site, which no
    page can set, says that it is our own. Programs send neither header.
    """
    if method.upper() in SAFE_METHODS:
        return
    fetch_site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if fetch_site is not None and fetch_site.strip().lower() not in _OWN:
        raise _refusal()
    if origin is None or (origin.strip() == "null" and fetch_site is not None):
        return
    if origin_of(origin) not in {origin_of(url) for url in own_urls} - {None}:
        raise _refusal()


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL; null for what has none."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.hostname is None or port is None:
        return None
    return parts.scheme, parts.hostname, port


def _refusal() -> OtherSiteError:
    return OtherSiteError(say("Another site's page may not do this in your name."))
