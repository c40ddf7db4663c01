"""What the reviewers' mailbox is written (PROCESS.md, Mails)."""

import logging

import azure.functions as func

from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import send_review_digests as digesting

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()
EVERY_HOUR = "0 5 * * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_HOUR, run_on_startup=False, use_monitor=True)
async def send_review_digests(timer: func.TimerRequest) -> None:
    """Send the day's digests, if it is a business day's morning and they are not sent yet."""
    sent = await digesting.send_review_digests(wiring.services(), now=CLOCK.now())
    if sent:
        kinds = ", ".join(kind.value for kind in sent)
        _LOG.info("send_review_digests sent %s", kinds, extra={"function": "send_review_digests"})
