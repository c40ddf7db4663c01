"""A receiver of events over a real connection, and the events that it gets."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from shared.usecases.event_records import ClaimEvent

AT = datetime(2026, 11, 16, 10, 0, 30, tzinfo=UTC)


def event(seq: int = 1, **changes: Any) -> ClaimEvent:
    """A claim's event."""
    values: dict[str, Any] = {
        "event_id": f"{'a' * 48}/{seq}",
        "claim_id": "a" * 48,
        "number": "CPOR-0000-0001",
        "event": "submitted",
        "at": datetime(2026, 11, 16, 10, 0, 0, 123456, tzinfo=UTC),
        "data": {"seq": seq, "to": "Submitted", "customer": "Żółć"},
    }
    return ClaimEvent(**{**values, **changes})


@dataclass
class Receiver:
    """Answers with these statuses, then with 200; keeps what it got."""

    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take one event."""
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.bodies.append(await request.read())
        self.paths.append(request.raw_path)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": "/elsewhere"} if status in {301, 302, 307, 308} else {}
        return web.Response(status=status, headers=headers)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in the bodies."""
        return [json.loads(body) for body in self.bodies]


def names(headers: Iterable[str]) -> set[str]:
    """The headers that are about the webhook."""
    return {name for name in headers if name.startswith("webhook-")}
