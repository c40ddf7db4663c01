"""Put a message that failed for good back on its queue (API.md, Reviewers and program admins).

Sent first, noted then: a crash in between leaves a letter that can be put back once more, and handlers do not mind a
message that comes twice. The other way round it would be noted as done, and lost.
"""

from collections.abc import Callable
from datetime import datetime

from shared.domain.errors import DomainError
from shared.domain.sayings import say
from shared.usecases.callers import Caller, NotFoundError, Role
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.records import ConflictError, DeadLetter, Queue
from shared.usecases.services import Services


class AlreadyReplayedError(DomainError):
    """The letter was put back, and has not failed again since."""

    code = "already-replayed"


class CannotBeReadError(DomainError):
    """The letter's body is no message of its queue: it would only fail again."""

    code = "cannot-be-read"


async def replay_dead_letter(
    services: Services,
    *,
    caller: Caller,
    place: DeadLetterPlace,
    is_readable: Callable[[DeadLetter], bool],
    now: datetime,
) -> DeadLetter:
    """The letter, put back on its queue as it was, with who did so and when.

    RoleMissingError, NotFoundError, AlreadyReplayedError, CannotBeReadError.
    """
    caller.needs(Role.PROGRAM_ADMIN)
    stored = await services.dead_letters.get(place)
    if stored is None:
        raise NotFoundError(say("There is no such letter."))
    letter = stored.value
    if not letter.is_open:
        raise _already()
    if letter.queue not in set(Queue) or not is_readable(letter):
        raise CannotBeReadError(say("The message cannot be read, so that it would only fail again."))
    await services.queue.send_again(Queue(letter.queue), letter.body)
    try:
        await services.dead_letters.mark_replayed(stored, at=now, by=caller.actor.id)
    except ConflictError as error:
        raise _already() from error
    marked = await services.dead_letters.get(place)
    return marked.value if marked else letter


def _already() -> AlreadyReplayedError:
    return AlreadyReplayedError(say("The message was put back already. Wait whether it fails again."))
