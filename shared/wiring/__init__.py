"""The composition root: from the settings to the services, made once per process.

Importing it loads no service's library: an app that starts pays for those with the first request that needs a service,
and an instance that never does not at all.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from shared.settings import Settings, read_settings, tracing_wanted
from shared.storage.keys import proof_at
from shared.storage.work_messages import BadMessageError, parsed
from shared.usecases.records import WorkMessage

if TYPE_CHECKING:
    from shared.usecases.services import Services

__all__ = ["BadMessageError", "proof_at", "services", "settings", "tracer", "work_message"]


@cache
def settings() -> Settings:
    """The settings of this process. SettingsError names every one that is missing."""
    return read_settings()


@cache
def services() -> "Services":
    """The services of this process; its clients live as long as it does."""
    from shared.wiring.composition import composed

    return composed(settings())


@cache
def tracer() -> Any:
    """What makes spans, null where OpenTelemetry is not switched on: its library is then not even imported."""
    if not tracing_wanted():
        return None
    from opentelemetry import trace

    return trace.get_tracer("cpor")


def work_message(body: str) -> WorkMessage:
    """A queue message's JSON as the work that it asks for; raises where it is none."""
    return parsed(body)
