"""Old rows and messages are brought up to date as they are read; nothing is ever rewritten for its version alone.

To change a stored shape: raise SCHEMA_VERSION, add a step for each kind that changed, keep a frozen sample of the old
version in tests/contracts/samples.
"""

from collections.abc import Callable, Mapping
from typing import Any

SCHEMA_VERSION = 1
Data = dict[str, Any]

# (kind, version it upgrades from) → the step to the next version.
STEPS: Mapping[tuple[str, int], Callable[[Data], Data]] = {}


class UnknownVersionError(Exception):
    """A row or message was written by a later release than this one."""


def upgraded(kind: str, data: Data, version: int) -> Data:
    """The data in today's shape. UnknownVersionError for one of the future: it must not be half understood."""
    if not 1 <= version <= SCHEMA_VERSION:
        raise UnknownVersionError(f"{kind} of schema version {version}; this release knows up to {SCHEMA_VERSION}")
    for step in range(version, SCHEMA_VERSION):
        change = STEPS.get((kind, step))
        data = change(data) if change else data
    return data
