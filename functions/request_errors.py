"""What can be wrong with a request before anybody looks at what it says."""

from shared.domain.errors import DomainError


class NotSignedInError(DomainError):
    """Nobody is signed in, or what the platform says of them cannot be read."""

    code = "not-signed-in"


class OtherSiteError(DomainError):
    """A browser sent this on behalf of another site's page."""

    code = "other-site"


class MalformedRequestError(DomainError):
    """The request does not follow the contract's form."""

    code = "malformed-request"


class TooLargeError(DomainError):
    """The request is larger than the contract allows."""

    code = "too-large"


class UnsupportedTypeError(DomainError):
    """The body's media type is none that the route takes."""

    code = "unsupported-type"


class IfMatchMissingError(DomainError):
    """The route changes what others may be changing, and If-Match does not say which version was seen."""

    code = "if-match-missing"


class IdempotencyKeyMissingError(DomainError):
    """The route makes something, and there is no Idempotency-Key to make it once by."""

    code = "idempotency-key-missing"


class IdempotencyKeyInvalidError(DomainError):
    """The Idempotency-Key is not 1 to 255 visible ASCII characters."""

    code = "idempotency-key-invalid"
