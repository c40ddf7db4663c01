"""What is told to the outside when a claim moves (docs/events.md)."""

import logging

import azure.functions as func

from functions.messages import CONNECTION, handling
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import publish_events as publishing
from shared.usecases.records import Queue

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.EVENTS.value, connection=CONNECTION)
async def publish_events(message: func.QueueMessage) -> None:
    """Publish what is outstanding for the claim; a receiver that does not answer is tried again later."""
    with handling(message, "publish_events") as work:
        wait = await publishing.publish_events(wiring.services(), message=work, now=CLOCK.now())
        if wait is not None:
            _LOG.warning(
                "publish_events waits %d s for its receiver",
                int(wait.total_seconds()),
                extra={"function": "publish_events", "claim": work.claim_id},
            )
