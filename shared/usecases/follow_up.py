"""A handler carries out by itself what its commit left outstanding (ADR 0012; STORAGE.md, Order of writes).

What a crash leaves: the recovery message that was sent before the commit, which carries it out a minute later.
"""

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.records import ServiceUnavailableError, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import RECOVERY_STEP
from shared.usecases.work_queue import Kept, take_back

MEANWHILE_STEP = "meanwhile"
AT_ONCE = 2
"""So many follow-ups run in a process at once; what comes while they do is left to the queue.

Checks and decisions are then not held up by the lists and mails of those before them.
"""
_running: set[str] = set()


async def follow_up(services: Services, kept: Kept, *, thorough: bool = False, now: datetime) -> None:
    """Carry out what is outstanding for the claim as committed, and take its recovery messages back.

    Where too much is under way already, or anything goes wrong, it is left to the queue, whose tries and dead letters
    are for that: the messages come at once.
    """
    if kept.claim is None:
        return
    if len(_running) >= AT_ONCE:
        await _leave(services, kept, step=RECOVERY_STEP if thorough else kept.step)
        return
    message = WorkMessage(claim_id=kept.claim.claim_id, step=kept.step, sent_at=now)
    run = uuid.uuid4().hex
    _running.add(run)
    try:
        await carry_out_effects(services, message=message, thorough=thorough, now=now, known=kept.claim)
    except Exception:
        await _leave(services, kept, step=RECOVERY_STEP)
        return
    finally:
        _running.discard(run)
    await take_back(services.queue, kept)


async def _leave(services: Services, kept: Kept, *, step: str) -> None:
    """Let the messages come at once. One that cannot be hastened comes after its minute."""
    with suppress(ServiceUnavailableError):
        for sent in kept.messages:
            await services.queue.hasten(sent, replace(sent.message, step=step))


async def show_meanwhile(services: Services, message: WorkMessage, *, now: datetime) -> None:
    """List a claim that cannot be checked at present, and send its partner the receipt; the checks' own error counts.

    Whatever goes wrong here is tried again with the checks.
    """
    shown = replace(message, step=MEANWHILE_STEP, sent_at=now)
    with suppress(Exception):
        await carry_out_effects(services, message=shown, thorough=False, now=now)
