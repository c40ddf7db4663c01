"""The start page, whether the service works, and what pages load."""

import azure.functions as func

from functions.page_problems import problem_page, sign_in_path
from functions.page_rendering import page, static_files
from functions.principal import caller_of
from functions.request_errors import NotSignedInError
from functions.routing import ANYONE, Call, new_blueprint, route
from shared.domain.sayings import say
from shared.usecases import check_health as checking
from shared.usecases.callers import NotFoundError

blueprint = new_blueprint()
_A_YEAR = "public, max-age=31536000, immutable"


@route(blueprint, "{ignored:maxlength(0)?}", methods=("GET",), roles=ANYONE, on_problem=problem_page)
async def show_start_page(call: Call) -> func.HttpResponse:
    """What this is, and where to go from here."""
    days = call.services.policy.opt_out_business_days
    try:
        call.signed_in = await caller_of(call.request.headers, services=call.services, settings=call.settings)
    except NotSignedInError:
        return page(call, "home.html", customer_days=days, sign_in=sign_in_path("/"))
    return page(call, "home.html", customer_days=days)


@route(blueprint, "health", methods=("GET",), roles=ANYONE, on_problem=problem_page)
async def show_health_page(call: Call) -> func.HttpResponse:
    """Whether the service works, for people; `api/health` tells machines."""
    await checking.check_health(call.services, now=call.now)
    return page(call, "health.html")


@route(blueprint, "static/{name}", methods=("GET",), roles=ANYONE, on_problem=problem_page)
async def serve_static_file(call: Call) -> func.HttpResponse:
    """One of the few files that pages load; its name changes with its content."""
    found = static_files().get(call.segment("name"))
    if found is None:
        raise NotFoundError(say("There is no such file."))
    content, kind = found
    return func.HttpResponse(content, headers={"Cache-Control": _A_YEAR}, mimetype=kind)
