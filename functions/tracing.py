"""Spans around what the functions do, where OpenTelemetry is switched on (docs/operations.md).

Where it is not, nothing is imported and a span is nothing: a cold start is paid by a person.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from shared import wiring


class Span(Protocol):
    """What a span is to the functions."""

    def set_attribute(self, key: str, value: str | int, /) -> None:
        """Tell something of the work."""


class _NoSpan:
    """A span that nobody looks at."""

    def set_attribute(self, key: str, value: str | int, /) -> None:
        """Forget it."""


_NOBODY = _NoSpan()


@contextmanager
def traced(name: str, **attributes: str | int) -> Iterator[Span]:
    """A span of that name around the work inside; attributes become `cpor.…`.

    Of an error only its kind is told: its words may hold what somebody wrote.
    """
    tracer = wiring.tracer()
    if tracer is None:
        yield _NOBODY
        return
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
        for key, value in attributes.items():
            span.set_attribute(f"cpor.{key}", value)
        try:
            yield span
        except Exception as error:
            span.set_attribute("cpor.error", type(error).__name__)
            raise
