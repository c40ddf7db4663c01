"""Finalize now what is due (API.md, Reviewers and program admins)."""

from dataclasses import dataclass
from datetime import datetime

from shared.usecases.callers import Caller, Role
from shared.usecases.deadline_work import HANDED_OUT_AT_MOST, hand_out_due_deadlines
from shared.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How many due rows were handed out; `more` says that there may be others, which the timer takes next."""

    handed_out: int
    more: bool


async def start_finalization(services: Services, *, caller: Caller, now: datetime) -> Started:
    """Hand out what is due now, as the timer does; each claim is decided by the queue's handler."""
    caller.needs(Role.PROGRAM_ADMIN)
    handed_out = await hand_out_due_deadlines(services, now=now)
    return Started(handed_out=handed_out, more=handed_out >= HANDED_OUT_AT_MOST)
