"""What is told to the outside when a claim moves: plain values, no service's types (docs/events.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

DISCARDED = "discarded"
"""The event that ends what is told of a draft: its rows are gone, whether somebody discarded it or it expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvent:
    """One row of a claim's history as others may know it: no names, no addresses, no words that people wrote.

    `event_id` is the same for every repeat, and holds no full stop: it is part of what is signed. `data` holds JSON
    values.
    """

    event_id: str
    claim_id: str
    number: str
    event: str
    at: datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCursor:
    """How far a claim's events are told: `seq` is the last history row that was taken, 0 before the first.

    The rest is what must still be said of a draft when its own rows are gone.
    """

    claim_id: str
    number: str
    organisation: str
    tenant_id: str
    seq: int
