"""What the app does for itself, by the clock: the figures that operators watch, and bytes that nobody needs."""

import logging

import azure.functions as func

from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.usecases import delete_orphan_proofs as deleting
from shared.usecases import take_metrics as taking

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()
EVERY_QUARTER_HOUR = "0 */15 * * * *"
EVERY_NIGHT = "0 17 3 * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_QUARTER_HOUR, run_on_startup=False, use_monitor=True)
async def take_metrics(timer: func.TimerRequest) -> None:
    """Count the programme's claims from their lists and keep the figures."""
    metrics = await taking.take_metrics(wiring.services(), now=CLOCK.now())
    _LOG.info(
        "take_metrics %d claims",
        sum(metrics.counts.values()),
        extra={
            "function": "take_metrics",
            "reviews_overdue": metrics.reviews_overdue,
            "dead_letters_open": metrics.dead_letters_open,
            "mail_failures": sum(metrics.mail_failures.values()),
            "finalization_lag_seconds": metrics.finalization_lag_seconds,
        },
    )


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_NIGHT, run_on_startup=False, use_monitor=True)
async def delete_orphan_proofs(timer: func.TimerRequest) -> None:
    """Delete stored proofs that no claim has named for a week."""
    run = await deleting.delete_orphan_proofs(wiring.services(), now=CLOCK.now())
    _LOG.info(
        "delete_orphan_proofs looked at %d, deleted %d",
        run.looked_at,
        run.deleted,
        extra={"function": "delete_orphan_proofs", "finished": run.finished},
    )
