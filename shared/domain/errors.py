"""Errors of the domain: a code, fields, and never an HTTP status (the table in functions/problems.py gives that)."""

from dataclasses import dataclass

from shared.domain.sayings import Saying, say
from shared.domain.words import GUARDS, STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a request.

    `pointer` is an RFC 6901 JSON Pointer into the request ("" for the whole), `code` a stable machine-readable
    word, `message` a sentence for people (English; translated where it is presented).
    """

    pointer: str
    code: str
    message: str


class DomainError(Exception):
    """Base of every error that the product raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.saying = message
        self.faults = faults


class InvalidClaimError(DomainError):
    """Values that cannot be accepted; `faults` names every one of them (PROCESS.md, At the door or in the checks?)."""

    code = "invalid-claim"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(say("Some of the values cannot be accepted."), faults=faults)


class ForbiddenTransitionError(DomainError):
    """The event is not listed for the claim's state, or its guard does not hold (PROCESS.md, States).

    `event` and `guard` name the step for logs; what a person is told is the state, in the page's words.
    """

    code = "state-conflict"

    def __init__(self, *, status: str, event: str, guard: str | None = None) -> None:
        shown = Saying(STATUSES.get(status, status), {})
        why = GUARDS.get(guard or "")
        if not status:
            message = say("This is not possible now: there is no such claim yet.")
        elif why is None:
            message = say("This is not possible now: the claim's status is “%(status)s”.", status=shown)
        else:
            message = say(
                "This is not possible now: the claim's status is “%(status)s”. %(why)s",
                status=shown,
                why=Saying(why, {}),
            )
        super().__init__(message)
        self.status, self.event, self.guard = status, event, guard
