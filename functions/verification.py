"""The checks of submitted claims (PROCESS.md, Checks)."""

import azure.functions as func

from functions.messages import CONNECTION, LAST_ATTEMPT, handling, tries
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import verify_claim as verifying
from shared.usecases.records import Queue

blueprint = new_blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.VERIFY.value, connection=CONNECTION)
async def verify_claim(message: func.QueueMessage) -> None:
    """Run every check of the claim; a service that is down is tried again, and on the last try becomes a flag."""
    with handling(message, "verify_claim") as work:
        await verifying.verify_claim(
            wiring.services(),
            message=work,
            last_attempt=tries(message) >= LAST_ATTEMPT,
            thorough=tries(message) > 1,
            now=CLOCK.now(),
        )
