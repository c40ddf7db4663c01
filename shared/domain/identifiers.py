"""Identifiers in their one canonical form, so that nothing is ever keyed in two ways (PROCESS.md, Fields).

A claim's ID tells its partition without a look-up, and the same (organisation, key) always makes the same ID
(STORAGE.md, Layout).
"""

import base64
import hashlib
import hmac
import re
import uuid
from enum import StrEnum

from shared.domain.errors import DomainError
from shared.domain.sayings import say

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MPN_ID = re.compile(r"[1-9][0-9]{0,9}")
_CLAIM_ID = re.compile(r"[a-z2-7]{48}")
_MAX_DOMAIN = 253
_TENANT_BYTES = 16
_HMAC_BYTES = 14
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LETTERS = 8
_MISREAD = str.maketrans("OIL", "011")
_PREFIX = "CPOR".translate(_MISREAD)


class InvalidIdentifierError(DomainError):
    """A value that is no identifier of its kind; `kind` says which (an API field's last word)."""

    code = "invalid-identifier"

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class SlotKind(StrEnum):
    """What is exclusive about an association: the tenant's workload, one subscription, or nothing."""

    WORKLOAD = "workload"
    SUBSCRIPTION = "subscription"
    NONE = "none"


def canonical_tenant_id(value: str) -> str:
    """The directory ID as a lower-case GUID with hyphens; no braces. Raises InvalidIdentifierError."""
    return _canonical_guid(value, kind="tenantId")


def canonical_subscription_id(value: str) -> str:
    """The subscription ID as a lower-case GUID with hyphens; no braces. Raises InvalidIdentifierError."""
    return _canonical_guid(value, kind="subscriptionId")


def _canonical_guid(value: str, *, kind: str) -> str:
    text = value.strip()
    if not _GUID.fullmatch(text):
        raise InvalidIdentifierError(kind, say("This is not a GUID such as 5b5b5b5b-0000-4000-8000-000000000011."))
    return text.lower()


def canonical_domain(value: str) -> str:
    """The domain name in its ASCII form (IDNA 2008 with UTS 46 mapping), lower case, without a final dot.

    It needs at least one dot and at most 253 characters, and is a name alone: no scheme, path, port, mailbox, or IP
    address. Raises InvalidIdentifierError.
    """
    import idna

    text = value.strip()
    if not text or len(text) > _MAX_DOMAIN + 1:
        raise _no_domain()
    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise _no_domain() from error
    labels = name.split(".")
    if len(labels) == 1 or labels[-1].isdigit():
        raise _no_domain()
    return name


def _no_domain() -> InvalidIdentifierError:
    return InvalidIdentifierError("domain", say("This is not a domain name such as alpine.example."))


def canonical_mpn_id(value: str) -> str:
    """The MPN ID (Partner ID): 1 to 10 digits, the first not zero, so that no location has two spellings.

    Raises InvalidIdentifierError.
    """
    text = value.strip()
    if not _MPN_ID.fullmatch(text):
        raise InvalidIdentifierError("mpnId", say("An MPN ID has 1 to 10 digits and does not begin with 0."))
    return text


def claim_id(*, tenant_id: str, organisation: str, key: str, secret: bytes) -> str:
    """The ID of the one claim that an organisation makes with one idempotency key: 48 lower-case base32 letters.

    It holds the tenant's 16 bytes and 14 bytes of HMAC-SHA256(secret, organisation ‖ 0 ‖ key), so that it can neither
    be guessed nor tell the key. Raises InvalidIdentifierError for a tenant ID that is no GUID.
    """
    tenant = uuid.UUID(canonical_tenant_id(tenant_id)).bytes
    digest = hmac.digest(secret, organisation.encode() + b"\0" + key.encode(), hashlib.sha256)
    return base64.b32encode(tenant + digest[:_HMAC_BYTES]).decode("ascii").lower()


def tenant_of(claim_id: str) -> str:
    """The tenant whose partition holds the claim. Raises InvalidIdentifierError for anything but a canonical ID."""
    return str(uuid.UUID(bytes=_bytes_of(claim_id)[:_TENANT_BYTES]))


def claim_number(claim_id: str) -> str:
    """The short number that people see, such as CPOR-7K3M-0QZX: 40 bits of the claim's own part of the ID.

    It is for reading aloud and for searching, and identifies nothing. Raises InvalidIdentifierError.
    """
    bits = int.from_bytes(_bytes_of(claim_id)[_TENANT_BYTES : _TENANT_BYTES + 5])
    letters = "".join(_CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(_NUMBER_LETTERS)))
    return f"CPOR-{letters[:4]}-{letters[4:]}"


def canonical_claim_number(value: str) -> str:
    """The number as it is written, however it was typed: any case, spaces, without hyphens or prefix, O for 0, I for 1.

    Raises InvalidIdentifierError.
    """
    text = "".join(value.upper().replace("-", "").split()).translate(_MISREAD)
    letters = text.removeprefix(_PREFIX) if len(text) > _NUMBER_LETTERS else text
    if len(letters) != _NUMBER_LETTERS or not set(letters) <= set(_CROCKFORD):
        raise InvalidIdentifierError("number", say("This is not a number such as CPOR-7K3M-0QZX."))
    return f"CPOR-{letters[:4]}-{letters[4:]}"


def _bytes_of(claim_id: str) -> bytes:
    if not _CLAIM_ID.fullmatch(claim_id):
        raise InvalidIdentifierError("claimId", say("This is not a claim's ID."))
    return base64.b32decode(claim_id.upper())


def slot_resource(slot_kind: SlotKind, *, product_id: str | None, subscription_id: str | None) -> str | None:
    """The key of the exclusive thing: `workload~teams`, `subscription~{guid}`; null where there is none (yet)."""
    if slot_kind is SlotKind.WORKLOAD and product_id is not None:
        return f"workload~{product_id}"
    if slot_kind is SlotKind.SUBSCRIPTION and subscription_id is not None:
        return f"subscription~{subscription_id}"
    return None
