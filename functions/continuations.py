"""Signed places to go on from, for lists whose use cases hand out plain ones."""

from collections.abc import Sequence

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.signing import signed, value_of

_SALT = "cpor.continuation."


def continuation(secret: str, of: str, place: Sequence[str] | None) -> str | None:
    """The token for that place in the list `of`; null for null."""
    return None if place is None else signed(secret, purpose=_SALT + of, value=list(place))


def place_of(secret: str, of: str, token: str | None) -> tuple[str, ...] | None:
    """The place that a token names; null for null. InvalidClaimError for one that is not ours, or another list's."""
    if token is None:
        return None
    try:
        return tuple(map(str, value_of(secret, purpose=_SALT + of, token=token)))
    except (ValueError, TypeError) as error:
        message = say("This is not a continuation of this list.")
        raise InvalidClaimError(
            (Fault(pointer="/continuation", code="invalid-continuation", message=message),)
        ) from error
