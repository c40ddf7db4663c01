"""Texts as people type them, made canonical: trimmed, Unicode NFC, no control characters (PROCESS.md, Fields)."""

import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.domain.errors import DomainError
from shared.domain.identifiers import (
    canonical_claim_number,
    canonical_domain,
    canonical_mpn_id,
    canonical_subscription_id,
    canonical_tenant_id,
)
from shared.domain.sayings import say

EMAIL_LENGTH = 254
COMMENT_LENGTH = 2000
NAME_LENGTH = 120
OWN_CODES = frozenset(
    {
        "required",
        "too-long",
        "too-many",
        "control-characters",
        "invalid-guid",
        "invalid-domain",
        "invalid-mpn-id",
        "invalid-number",
        "invalid-email",
        "invalid-country",
        "invalid-language",
        "invalid-choice",
        "invalid-month",
        "invalid-time",
        "out-of-range",
    }
)
"""The codes of our own validators; a pydantic error of such a type carries its own words."""

# Characters that turn the direction of the text around them: a name could read as another one.
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_BREAKING = {"Cc", "Cs", "Zl", "Zp"}
_UNREADABLE = "\ufffd"
_INVISIBLE = {"C", "Z"}


def refusal(code: str, message: str) -> PydanticCustomError:
    """The error of one of our validators; its sentence goes along as it is, so that it can be said in any language."""
    return PydanticCustomError(code, "{words}", {"words": message})


def canonical_text(text: str, *, lines: bool = False) -> str:
    """The text trimmed and in NFC; `lines` lets line breaks and tabs stand. Raises PydanticCustomError."""
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n") if lines else text).strip()
    allowed = {"\n", "\t"} if lines else set()
    for character in clean:
        forbidden = unicodedata.category(character) in _BREAKING and character not in allowed
        if forbidden or character in _TURNING or character == _UNREADABLE:
            raise refusal("control-characters", say("This holds characters that cannot be read or printed."))
    if all(unicodedata.category(character)[0] in _INVISIBLE for character in clean):
        raise refusal("required", say("Fill this in."))
    return clean


def _limited(most: int, *, lines: bool = False) -> Callable[[str], str]:
    def check(text: str) -> str:
        clean = canonical_text(text, lines=lines)
        if len(clean) > most:
            message = say("This has %(length)d characters; at most %(most)d fit.", length=len(clean), most=most)
            raise refusal("too-long", message)
        return clean

    return check


def _identifier(code: str, canonical: Callable[[str], str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            return canonical(text)
        except DomainError as error:
            raise refusal(code, error.saying) from error

    return check


def canonical_email(text: str) -> str:
    """The address with its domain in IDNA, lower case. No name, no comment, no list; raises PydanticCustomError."""
    from email_validator import EmailNotValidError, validate_email

    address = canonical_text(text)
    if len(address) > EMAIL_LENGTH:
        raise refusal("too-long", say("An e-mail address has at most 254 characters."))
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        message = say("This is not an e-mail address such as anna@alpine.example.")
        raise refusal("invalid-email", message) from error
    # The validator holds the ASCII form to the same length.
    return found.ascii_email or found.normalized


def _country(text: str) -> str:
    code = canonical_text(text).upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise refusal("invalid-country", say("Give the country as two letters, such as PL."))
    return code


def _language(text: str) -> str:
    tag = canonical_text(text)
    parts = tag.split("-")
    if not (2 <= len(parts[0]) <= 3 and parts[0].isalpha()):  # noqa: PLR2004 - BCP 47
        raise _no_language()
    if len(tag) > _TAG_LENGTH or not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts):  # noqa: PLR2004
        raise _no_language()
    return "-".join((parts[0].lower(), *parts[1:]))


_TAG_LENGTH = 35


def _no_language() -> PydanticCustomError:
    return refusal("invalid-language", say("Give the language as a tag such as pl or en-GB."))


_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
_LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]*$"
"""Without control characters, for those who read the schema; what counts is `canonical_text`."""
_GUID_SCHEMA = WithJsonSchema({"type": "string", "format": "uuid"})
MpnId = Annotated[
    str,
    AfterValidator(_identifier("invalid-mpn-id", canonical_mpn_id)),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}),
]
TenantId = Annotated[str, AfterValidator(_identifier("invalid-guid", canonical_tenant_id)), _GUID_SCHEMA]
SubscriptionId = Annotated[str, AfterValidator(_identifier("invalid-guid", canonical_subscription_id)), _GUID_SCHEMA]
Domain = Annotated[
    str,
    AfterValidator(_identifier("invalid-domain", canonical_domain)),
    WithJsonSchema({"type": "string", "format": "idn-hostname", "maxLength": 253}),
]
ClaimNumber = Annotated[
    str,
    AfterValidator(_identifier("invalid-number", canonical_claim_number)),
    WithJsonSchema({"type": "string", "pattern": "^CPOR-[0-9A-Z]{4}-[0-9A-Z]{4}$"}),
]
Email = Annotated[
    str,
    AfterValidator(canonical_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": EMAIL_LENGTH}),
]
Country = Annotated[str, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
Language = Annotated[str, AfterValidator(_language), WithJsonSchema({"type": "string", "maxLength": 35})]
Remark = Annotated[
    str,
    AfterValidator(_limited(COMMENT_LENGTH, lines=True)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": COMMENT_LENGTH, "pattern": _LINES}),
]
Name = Annotated[
    str,
    AfterValidator(_limited(NAME_LENGTH)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": NAME_LENGTH, "pattern": _LINE}),
]
Heading = Annotated[
    str,
    AfterValidator(_limited(200)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": _LINE}),
]
Word = Annotated[
    str,
    AfterValidator(_limited(100)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 100, "pattern": _LINE}),
]
"""A word of the catalogue: a solution area, an activity, a product, a reason."""
