"""A handler carries out by itself what its commit left outstanding (ADR 0012; STORAGE.md, Order of writes).

What a crash leaves: the recovery message that was sent before the commit, which carries it out a minute later.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.records import ServiceUnavailableError, WorkMessage
from shared.usecases.services import Services
from shared.usecases.work_queue import Kept, take_back

MEANWHILE_STEP = "meanwhile"


async def follow_up(services: Services, kept: Kept, *, thorough: bool = False, now: datetime) -> None:
    """Carry out what is outstanding for the claim as committed, and take its recovery messages back.

    Whatever goes wrong is left to the queue, whose tries and dead letters are for that: the messages come at once.
    """
    if kept.claim is None:
        return
    message = WorkMessage(claim_id=kept.claim.claim_id, step=kept.step, sent_at=now)
    try:
        await carry_out_effects(services, message=message, thorough=thorough, now=now, known=kept.claim)
    except Exception:
        with suppress(ServiceUnavailableError):
            for sent in kept.messages:
                await services.queue.hasten(sent, sent.message)
        return
    await take_back(services.queue, kept)


async def show_meanwhile(services: Services, message: WorkMessage, *, now: datetime) -> None:
    """List a claim that cannot be checked at present, and send its partner the receipt; the checks' own error counts.

    Whatever goes wrong here is tried again with the checks.
    """
    shown = replace(message, step=MEANWHILE_STEP, sent_at=now)
    with suppress(Exception):
        await carry_out_effects(services, message=shown, thorough=False, now=now)
