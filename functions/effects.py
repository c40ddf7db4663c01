"""What follows from a change: lists, mails (STORAGE.md, Order of writes)."""

import azure.functions as func

from functions.messages import CONNECTION, handling, tries
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import carry_out_effects as carrying_out
from shared.usecases.records import Queue

blueprint = new_blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.EFFECTS.value, connection=CONNECTION)
async def carry_out_effects(message: func.QueueMessage) -> None:
    """Bring the claim's lists up to date and send what is to be sent; thoroughly where an earlier try was cut off."""
    with handling(message, "carry_out_effects") as work:
        await carrying_out.carry_out_effects(
            wiring.services(), message=work, thorough=tries(message) > 1, now=CLOCK.now()
        )
