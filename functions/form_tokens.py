"""The token that every form of a signed-in person carries, so that no other site can post in their name."""

from datetime import UTC, datetime, timedelta

from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.signing import signed, value_of
from shared.usecases.callers import Caller

_PURPOSE = "cpor.page-form"
_LIFE = timedelta(days=30)


class FormRefusedError(DomainError):
    """The form was not made for this person, or too long ago."""

    code = "form-refused"


def form_token(secret: str, caller: Caller, *, now: datetime) -> str:
    """A token for this person's forms, good for 30 days."""
    value = [caller.organisation, caller.object_id, int(now.timestamp())]
    return signed(secret, purpose=_PURPOSE, value=value)


def check_form_token(secret: str, token: str, caller: Caller, *, now: datetime) -> None:
    """FormRefusedError unless the token is this very person's and not too old."""
    try:
        organisation, person, issued = value_of(secret, purpose=_PURPOSE, token=token)
        at = datetime.fromtimestamp(issued, tz=UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise _refusal() from error
    if (organisation, person) != (caller.organisation, caller.object_id) or now - at > _LIFE:
        raise _refusal()


def _refusal() -> FormRefusedError:
    return FormRefusedError(
        say("The form was not made for you, or it is too old. Open the page again and send it anew.")
    )
