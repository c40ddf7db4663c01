"""The HMAC-SHA256 signature of the communication services' REST interface, verified as the service does."""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from tools.host.web import Request

_SIGNED = "x-ms-date;host;x-ms-content-sha256"
_AUTHORIZATION = re.compile(rf"HMAC-SHA256 SignedHeaders={_SIGNED}&Signature=(?P<signature>[A-Za-z0-9+/=]+)")
_SKEW = timedelta(minutes=5)


def is_signed(request: Request, body: bytes, access_key: str, *, now: datetime | None = None) -> bool:
    """Tell whether the request was signed with the key, over this body, less than five minutes from now."""
    given = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    date, digest = request.headers.get("x-ms-date", ""), request.headers.get("x-ms-content-sha256", "")
    if given is None or not _is_fresh(date, now or datetime.now(UTC)):
        return False
    if not _same(base64.b64encode(hashlib.sha256(body).digest()).decode(), digest):
        return False
    try:
        key = base64.b64decode(access_key, validate=True)
    except binascii.Error:
        return False
    target = request.raw_path + (f"?{request.raw_query}" if request.raw_query else "")
    # The client signs the decoded path, whatever its transport then writes on the wire.
    return any(
        _same(_signature(key, request, path, date, digest), given["signature"]) for path in {target, unquote(target)}
    )


def _signature(key: bytes, request: Request, path: str, date: str, digest: str) -> str:
    text = f"{request.method}\n{path}\n{date};{request.headers.get('host', '')};{digest}"
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _is_fresh(date: str, now: datetime) -> bool:
    try:
        return abs(parsedate_to_datetime(date) - now) <= _SKEW
    except (ValueError, TypeError):
        return False
