"""The token that every form of a signed-in person carries, so that no other site can post in their name."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.usecases.callers import Caller

_SALT = "cpor.page-form"
_LIFE = timedelta(days=30)


class FormRefusedError(DomainError):
    """The form was not made for this person, or too long ago."""

    code = "form-refused"


def form_token(secret: str, caller: Caller, *, now: datetime) -> str:
    """A token for this person's forms, good for 30 days."""
    return str(_signer(secret).dumps([caller.organisation, caller.object_id, int(now.timestamp())]))


def check_form_token(secret: str, token: str, caller: Caller, *, now: datetime) -> None:
    """FormRefusedError unless the token is this very person's and not too old."""
    try:
        organisation, person, issued = _signer(secret).loads(token)
        at = datetime.fromtimestamp(issued, tz=UTC)
    except (BadData, ValueError, TypeError, OverflowError, OSError) as error:
        raise _refusal() from error
    if (organisation, person) != (caller.organisation, caller.object_id) or now - at > _LIFE:
        raise _refusal()


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT)


def _refusal() -> FormRefusedError:
    return FormRefusedError(
        say("The form was not made for you, or it is too old. Open the page again and send it anew.")
    )
