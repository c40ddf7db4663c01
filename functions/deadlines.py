"""Clocks that ran out: handed out by a timer, decided by a queue (PROCESS.md, Clocks)."""

import logging

import azure.functions as func

from functions.messages import CONNECTION, handling
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import deadline_work
from shared.usecases.records import Queue

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()
EVERY_MINUTE = "0 * * * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_MINUTE, run_on_startup=False, use_monitor=True)
async def finalize_due_claims(timer: func.TimerRequest) -> None:
    """Hand out every row that is due. Being late, early or twice does no harm: the rows say what is due."""
    handed_out = await deadline_work.hand_out_due_deadlines(wiring.services(), now=CLOCK.now())
    if handed_out:
        _LOG.info("finalize_due_claims handed out %d", handed_out, extra={"function": "finalize_due_claims"})


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.DEADLINES.value, connection=CONNECTION)
async def handle_deadline(message: func.QueueMessage) -> None:
    """Do what the clock asks for, if it really ran out."""
    with handling(message, "handle_deadline") as work:
        await deadline_work.handle_deadline(wiring.services(), message=work, now=CLOCK.now())
