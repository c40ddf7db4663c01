"""Faults put between the use cases and the fakes: every call of a port is numbered, and may fail in five ways."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.usecases.records import ServiceUnavailableError
from shared.usecases.services import Services


class ProcessDied(BaseException):
    """The worker is gone in the middle of its work; no code may catch this and go on."""


class Fault(StrEnum):
    """What happens to one call."""

    DIE_BEFORE = "die-before"
    DIE_AFTER = "die-after"
    REPLY_LOST = "reply-lost"
    REFUSED = "refused"
    RETRIED = "retried"


COMMIT = "claims.commit"
REPEATABLE = frozenset(
    {
        *(
            "queue.send",
            "queue.hasten",
            "queue.recall",
            COMMIT,
            "deadlines.put",
            "deadlines.delete",
            "proofs.put",
            "operations.put",
        ),
        *("lists.project", "lists.remove", "mail_failures.note", "sender.send", "idempotency.finish"),
    }
)
"""Calls whose request a client repeats when its first reply was lost: they take effect twice, or find themselves."""
PORTS = (
    *("claims", "lists", "deadlines", "queue", "proofs", "registry", "directory"),
    *("idempotency", "operations", "mail_failures", "sender"),
)


def kinds(name: str) -> tuple[Fault, ...]:
    """What may happen to a call of that name."""
    return tuple(fault for fault in Fault if fault is not Fault.RETRIED or name in REPEATABLE)


@dataclass
class FaultPlan:
    """Numbers the calls of a whole run, from 1; `at` names the faults by number, `chance` is that of any other."""

    rng: random.Random
    at: Mapping[int, Fault] = field(default_factory=dict)
    chance: float = 0.0
    count: int = 0
    happened: int = 0
    names: list[str] = field(default_factory=list)

    def next(self, name: str) -> Fault | None:
        """What happens to the next call, which is of that name."""
        self.count += 1
        self.names.append(name)
        fault = self.at.get(self.count)
        if fault is None and self.chance and self.rng.random() < self.chance:
            fault = self.rng.choice(kinds(name))
        if fault not in kinds(name):
            fault = None
        self.happened += fault is not None
        return fault


@dataclass
class Worker:
    """One process at one piece of work: its own idea of the time, and a death that ends all of it at once.

    `hesitates` is how often it lets others go first before a call, at most.
    """

    plan: FaultPlan
    now: Callable[[], datetime]
    skew: timedelta = timedelta()
    hesitates: int = 0
    dead: bool = False

    def clock(self) -> datetime:
        """The time as this process has it."""
        return self.now() + self.skew

    def services(self, services: Services) -> Services:
        """The services as this process reaches them."""
        ports: dict[str, Any] = {name: FaultyPort(name, getattr(services, name), self) for name in PORTS}
        return replace(services, clock=self.clock, **ports)

    async def call(self, name: str, method: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        """One call of a port, with what happens to it."""
        fault = self.plan.next(name)
        if self.hesitates:
            for _ in range(self.plan.rng.randint(0, self.hesitates)):
                await asyncio.sleep(0)
        if self.dead or fault is Fault.DIE_BEFORE:
            self.dead = True
            raise ProcessDied
        if fault is Fault.REFUSED:
            raise ServiceUnavailableError("The service does not answer.")
        answer = await method(*args, **kwargs)
        if fault is Fault.RETRIED:
            answer = await method(*args, **kwargs)
        if self.dead or fault is Fault.DIE_AFTER:
            self.dead = True
            raise ProcessDied
        if fault is Fault.REPLY_LOST:
            raise ServiceUnavailableError("The reply was lost.")
        return answer


class FaultyPort:
    """A port whose calls go through a worker."""

    def __init__(self, name: str, inner: Any, worker: Worker) -> None:
        self._name, self._inner, self._worker = name, inner, worker

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._inner, method)
        name = f"{self._name}.{method}"

        async def called(*args: Any, **kwargs: Any) -> Any:
            return await self._worker.call(name, found, *args, **kwargs)

        return called
