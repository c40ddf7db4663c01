"""Signed places to go on from, for lists whose use cases hand out plain ones."""

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say

_SALT = "cpor.continuation."


def continuation(secret: str, of: str, place: Sequence[str] | None) -> str | None:
    """The token for that place in the list `of`; null for null."""
    return None if place is None else str(URLSafeSerializer(secret, salt=_SALT + of).dumps(list(place)))


def place_of(secret: str, of: str, token: str | None) -> tuple[str, ...] | None:
    """The place that a token names; null for null. InvalidClaimError for one that is not ours, or another list's."""
    if token is None:
        return None
    try:
        return tuple(map(str, URLSafeSerializer(secret, salt=_SALT + of).loads(token)))
    except (BadData, ValueError, TypeError) as error:
        message = say("This is not a continuation of this list.")
        raise InvalidClaimError(
            (Fault(pointer="/continuation", code="invalid-continuation", message=message),)
        ) from error
