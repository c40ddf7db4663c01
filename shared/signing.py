"""Values that are handed out and come back unchanged: a form's token, a place in a list.

They are signed, not secret. Each purpose has its own signatures, and each value has one spelling: a token counts only
if it is, letter for letter, what signing its value would give, so that no bit of it can be turned over.
"""

import hashlib
import hmac
from typing import Any


def signed(secret: str, *, purpose: str, value: Any) -> str:
    """The token of a value that JSON can say."""
    return str(_serializer(secret, purpose).dumps(value))


def value_of(secret: str, *, purpose: str, token: str) -> Any:
    """The value of a token that was signed for this very purpose. ValueError for every other text."""
    from itsdangerous import BadData

    serializer = _serializer(secret, purpose)
    try:
        value = serializer.loads(token)
    except BadData as error:
        raise ValueError("not signed by us, or for something else") from error
    if not hmac.compare_digest(str(serializer.dumps(value)).encode(), token.encode()):
        raise ValueError("another spelling of what we signed")
    return value


def _serializer(secret: str, purpose: str) -> Any:
    from itsdangerous import URLSafeSerializer

    signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=purpose, signer_kwargs=signer)
