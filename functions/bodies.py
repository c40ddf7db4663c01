"""Bodies and headers of requests, read before any use case sees them."""

import re
from dataclasses import dataclass

import azure.functions as func

from functions.request_errors import (
    IdempotencyKeyInvalidError,
    IdempotencyKeyMissingError,
    IfMatchMissingError,
    MalformedRequestError,
    TooLargeError,
    UnsupportedTypeError,
)
from shared.domain.claim import Claim
from shared.domain.sayings import say
from shared.forms.csv_table import MEDIA_TYPE
from shared.forms.form import Form, parse
from shared.forms.json_body import read_json
from shared.usecases.transition import PreconditionFailedError

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
CSV_AT_MOST = 50 * 1024 * 1024  # bytes
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TAG = re.compile(r'(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e\x80-\xff]*)"')
_REVISION = re.compile(r"0|[1-9][0-9]{0,8}")


def media_type(request: func.HttpRequest) -> str:
    """The body's media type, lower case, without its parameters; "" where none is named."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


def json_of(request: func.HttpRequest, *, accepted: tuple[str, ...] = (JSON,)) -> object:
    """The JSON body. UnsupportedTypeError, MalformedJsonError, JsonTooLargeError."""
    if media_type(request) not in accepted:
        raise UnsupportedTypeError(say("Send the body as %(types)s.", types=" or ".join(accepted)))
    return read_json(request.get_body())


def csv_of(request: func.HttpRequest) -> bytes:
    """The CSV body, not yet read. UnsupportedTypeError; TooLargeError beyond 50 MB."""
    if media_type(request) != MEDIA_TYPE:
        raise UnsupportedTypeError(say("Send the body as %(types)s.", types=MEDIA_TYPE))
    content = request.get_body()
    if len(content) > CSV_AT_MOST:
        raise TooLargeError(say("The file may have at most %(most)d MB.", most=CSV_AT_MOST // 1024**2))
    return content


def form_of[F: Form](request: func.HttpRequest, form: type[F], *, optional: bool = False) -> F:
    """The JSON body as a form; nothing at all is an empty one where the body is `optional`.

    InvalidClaimError with every fault; UnsupportedTypeError, MalformedJsonError, JsonTooLargeError.
    """
    if optional and not request.get_body().strip():
        return parse(form, {})
    return parse(form, json_of(request))


def idempotency_key(request: func.HttpRequest) -> str:
    """The key that the claim is made once by: 1 to 255 visible ASCII characters."""
    key = request.headers.get("idempotency-key")
    if key is None or not key.strip():
        raise IdempotencyKeyMissingError(
            say("Send an Idempotency-Key header, new for each claim, the same for each try.")
        )
    if not _KEY.fullmatch(key.strip()):
        raise IdempotencyKeyInvalidError(say("An Idempotency-Key is 1 to 255 visible ASCII characters."))
    return str(key.strip())


def etag(claim: Claim) -> str:
    """The claim's entity tag: its business revision."""
    return f'"{claim.revision}"'


@dataclass(frozen=True, slots=True)
class IfMatch:
    """Which revisions the caller has seen (RFC 9110, 13.1.1); null for any."""

    revisions: frozenset[int] | None

    def seen(self, claim: Claim) -> int:
        """The claim's revision, if it is one of those. PreconditionFailedError."""
        if self.revisions is not None and claim.revision not in self.revisions:
            raise PreconditionFailedError(
                say("The claim has changed since you read it. Read it again and decide anew.")
            )
        return claim.revision


def if_match(request: func.HttpRequest) -> IfMatch:
    """The request's If-Match. Weak tags never match, for they may name a different claim text.

    IfMatchMissingError, MalformedRequestError.
    """
    header = str(request.headers.get("if-match", "")).strip()
    if not header:
        raise IfMatchMissingError(say("Send If-Match with the ETag of the claim that you have read."))
    if header == "*":
        return IfMatch(None)
    revisions: set[int] = set()
    for part in header.split(","):
        match = _TAG.fullmatch(part.strip())
        if match is None:
            raise MalformedRequestError(say('If-Match holds entity tags such as "3", or *.'))
        if not match["weak"] and _REVISION.fullmatch(match["tag"]):
            revisions.add(int(match["tag"]))
    return IfMatch(frozenset(revisions))
