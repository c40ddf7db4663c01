"""The ID that follows one request through the queues, so that the log tells what came of it.

It is kept where the present task's work can see it: whoever sends a message sends it along, whoever handles the message
takes it up again. It says nothing about anybody, and nothing is decided by it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ID = re.compile(r"[0-9a-f]{32}")
_CORRELATION: ContextVar[str | None] = ContextVar("correlation", default=None)


def correlation() -> str | None:
    """The ID of the work that is being done, null where nobody has given one."""
    return _CORRELATION.get()


def known_correlation(value: object) -> str | None:
    """The value, if it can be such an ID: what comes from outside may be anything."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


@contextmanager
def correlated(identity: str) -> Iterator[None]:
    """Do the work inside under that ID."""
    token = _CORRELATION.set(identity)
    try:
        yield
    finally:
        _CORRELATION.reset(token)
