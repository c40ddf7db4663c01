"""A quarter's peak: all deadlines fall on one evening. How the queues drain under the services' limits.

Minute by minute. The timer hands out at most a thousand rows a minute; each finalization is so many requests, which the
account, the busiest partition and the instances allow only so many of; each leaves mails, which the provider takes at
its own pace. Nothing is lost meanwhile: what waits, waits in the tables and queues.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.usecases.deadline_work import HANDED_OUT_AT_MOST
from tools.scale import rates

FINALIZATION_REQUESTS = 28
FINALIZATION_SECONDS = 1.0
STATUS_LIST_WRITES = 2
"""Writes to the lists of the two statuses, each one partition for everybody."""
MAILS_EACH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds a minute back."""

    handed_out: int = HANDED_OUT_AT_MOST
    mails_per_hour: int = rates.MAILS_PER_HOUR
    instances: int = rates.INSTANCES

    @property
    def decided_per_minute(self) -> dict[str, int]:
        """How many finalizations a minute each limit allows."""
        return {
            "rows handed out by one tick": self.handed_out,
            "the account's requests": rates.ACCOUNT_PER_SECOND * 60 // FINALIZATION_REQUESTS,
            "the queue's requests": rates.QUEUE_PER_SECOND * 60 // 6,
            "a status list's partition": rates.PARTITION_PER_SECOND * 60 // STATUS_LIST_WRITES,
            "the instances": int(self.instances * rates.CONCURRENT * 60 / FINALIZATION_SECONDS),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What is left at the end of a minute."""

    minute: int
    due: int
    mails: int


def drained(claims: int, limits: Limits) -> Iterator[Minute]:
    """Every minute until no deadline is left, and then every hour until no mail is."""
    due, mails, minute = claims, 0, 0
    decided = min(limits.decided_per_minute.values())
    mailed = limits.mails_per_hour / 60
    taken = 0.0
    while due or mails > 0:
        step = 1 if due else 60
        minute += step
        now = min(due, decided * step)
        due -= now
        mails += now * MAILS_EACH
        taken += mailed * step
        sent = min(mails, int(taken))
        taken -= sent
        mails -= sent
        yield Minute(minute=minute, due=due, mails=mails)
