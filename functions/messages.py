"""What the queue functions share: reading a message, and one line in the log about it."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import azure.functions as func

from functions.log_lines import places_of
from functions.tracing import traced
from shared import wiring
from shared.domain.errors import DomainError
from shared.usecases.correlation import correlated
from shared.usecases.records import WorkMessage

_LOG = logging.getLogger("cpor")
CONNECTION = "DataStorage"
"""The setting that says where the queues are."""
LAST_ATTEMPT = 10
"""`maxDequeueCount` of host.json: after this many tries a message goes to the poison queue."""


def text_of(message: func.QueueMessage) -> str:
    """The message's body; what is no UTF-8 is kept as far as it can be read."""
    return message.get_body().decode(errors="replace")


def tries(message: func.QueueMessage) -> int:
    """The how-manieth try this is, from 1."""
    return message.dequeue_count or 1


class WorkFailedError(Exception):
    """Something that nobody foresaw went wrong: its kind and where, and none of its words.

    The platform logs whatever a queue function raises, and an error may quote what somebody wrote.
    """


@contextmanager
def without_words() -> Iterator[None]:
    """Let the errors that the product raises on purpose pass, and of all others only their kind and place."""
    try:
        yield
    except DomainError:
        raise
    except Exception as error:
        raise WorkFailedError(f"{type(error).__name__} at {places_of(error)}") from None


@contextmanager
def handling(message: func.QueueMessage, function: str) -> Iterator[WorkMessage]:
    """The work that the message asks for, done under the correlation ID that it came with, or a new one.

    A message that cannot be read raises, and ends with the dead letters.
    """
    work = wiring.work_message(text_of(message))
    with correlated(work.correlation or uuid.uuid4().hex):
        extra = {"function": function, "claim": work.claim_id, "try": tries(message)}
        _LOG.info("%s %s", function, work.step, extra=extra)
        with without_words(), traced(function, claim=work.claim_id, step=work.step, tries=tries(message)):
            yield work
