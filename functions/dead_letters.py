"""Messages that failed for good: kept where they do not expire (STORAGE.md, Layout)."""

import logging

import azure.functions as func

from functions.messages import CONNECTION, text_of, without_words
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import Queue

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()


def poison(queue: Queue) -> str:
    """The queue to which the platform moves what failed for good."""
    return f"{queue.value}-poison"


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.VERIFY), connection=CONNECTION)
async def keep_failed_verification(message: func.QueueMessage) -> None:
    """Keep a verification that failed for good."""
    await _keep(Queue.VERIFY, message)


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.EFFECTS), connection=CONNECTION)
async def keep_failed_effects(message: func.QueueMessage) -> None:
    """Keep effects that failed for good."""
    await _keep(Queue.EFFECTS, message)


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.DEADLINES), connection=CONNECTION)
async def keep_failed_deadline(message: func.QueueMessage) -> None:
    """Keep a deadline that could not be handled."""
    await _keep(Queue.DEADLINES, message)


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.DELIVERY), connection=CONNECTION)
async def keep_failed_delivery_report(message: func.QueueMessage) -> None:
    """Keep a delivery report that could not be recorded."""
    await _keep(Queue.DELIVERY, message)


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.EVENTS), connection=CONNECTION)
async def keep_failed_events(message: func.QueueMessage) -> None:
    """Keep events that nobody would take for a day."""
    await _keep(Queue.EVENTS, message)


@blueprint.queue_trigger(arg_name="message", queue_name=poison(Queue.SCANS), connection=CONNECTION)
async def keep_failed_scan_result(message: func.QueueMessage) -> None:
    """Keep a result of the malware scan that could not be recorded."""
    await _keep(Queue.SCANS, message)


async def _keep(queue: Queue, message: func.QueueMessage) -> None:
    _LOG.error("a message of %s failed for good", queue.value, extra={"function": "dead_letters"})
    with without_words():
        await record_dead_letter(wiring.services(), queue=queue.value, body=text_of(message), now=CLOCK.now())
