"""The programme's figures, as taken last (API.md, GET /api/review/metrics)."""

from datetime import datetime

from shared.usecases.callers import PROGRAMME, Caller
from shared.usecases.metrics_records import Metrics
from shared.usecases.services import Services
from shared.usecases.take_metrics import take_metrics


async def read_metrics(services: Services, *, caller: Caller, now: datetime) -> Metrics:
    """The latest look, which says of when it is; the very first reader waits for one to be taken."""
    caller.needs(*PROGRAMME)
    return await services.metrics.newest() or await take_metrics(services, now=now)
