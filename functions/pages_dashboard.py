"""The programme's figures as a page, each chart beside its numbers (API.md, GET /api/review/metrics)."""

import azure.functions as func

from functions.metrics_json import metrics_json
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page
from functions.routing import Call, new_blueprint, route
from shared.domain.reason_texts import N_
from shared.texts import texts
from shared.usecases import read_metrics as reading
from shared.usecases.callers import PROGRAMME, Role

blueprint = new_blueprint()
_STAGES = {
    "verification": N_("Checks"),
    "review": N_("Review"),
    "customer": N_("Customer"),
    "total": N_("From filing to decision"),
}
_PERCENT = 100


@route(blueprint, "review/dashboard", methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_dashboard_page(call: Call) -> func.HttpResponse:
    """The figures as they were taken last: claims by status, stages, opt-outs, mails, and what waits for somebody."""
    words = texts(language_of_page(call.request))
    figures = metrics_json(await reading.read_metrics(call.services, caller=call.caller, now=call.now))
    return page(
        call,
        "review-dashboard.html",
        figures=figures,
        months=[
            {**month, "percent": None if month["rate"] is None else round(month["rate"] * _PERCENT, 1)}
            for month in reversed(figures["optOuts"]["months"])
        ],
        stage_names={name: words.gettext(word) for name, word in _STAGES.items()},
        is_admin=Role.PROGRAM_ADMIN in call.caller.roles,
    )
