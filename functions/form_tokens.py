"""The token that every form of a signed-in person carries, so that no other site can post in their name.

A token that got about, by a page that was saved or shared, is good for the forms of its own subject alone.
"""

from datetime import UTC, datetime, timedelta

from functions.addresses import path_and_query
from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.signing import signed, value_of
from shared.usecases.callers import Caller

_PURPOSE = "cpor.page-form"
_LIFE = timedelta(days=30)


class FormRefusedError(DomainError):
    """The form was not made for this person, or too long ago."""

    code = "form-refused"


def subject_of(url: str) -> str:
    """What a page and its forms are about, by the first two parts of their paths: a claim, a registry, the letters."""
    return "/".join(path_and_query(url)[0].casefold().strip("/").split("/")[:2])


def form_token(secret: str, caller: Caller, *, about: str, now: datetime) -> str:
    """A token for this person's forms about that subject, good for 30 days."""
    value = [caller.organisation, caller.object_id, about, int(now.timestamp())]
    return signed(secret, purpose=_PURPOSE, value=value)


def check_form_token(secret: str, token: str, caller: Caller, *, about: str, now: datetime) -> None:
    """FormRefusedError unless the token is this very person's, for a form about this subject, and not too old."""
    try:
        organisation, person, subject, issued = value_of(secret, purpose=_PURPOSE, token=token)
        at = datetime.fromtimestamp(issued, tz=UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise _refusal() from error
    if (organisation, person, subject) != (caller.organisation, caller.object_id, about) or now - at > _LIFE:
        raise _refusal()


def _refusal() -> FormRefusedError:
    return FormRefusedError(
        say("The form was not made for you, or it is too old. Open the page again and send it anew.")
    )
