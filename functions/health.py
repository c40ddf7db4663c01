"""Whether the app can do its work (API.md, Pages)."""

import azure.functions as func

from functions.answers import json_answer
from functions.routing import ANYONE, Call, new_blueprint, route
from shared.usecases import check_health as checking

blueprint = new_blueprint()


@route(blueprint, "api/health", methods=("GET",), roles=ANYONE)
async def check_health(call: Call) -> func.HttpResponse:
    """200 once storage answers."""
    await checking.check_health(call.services, now=call.now)
    return json_answer({"status": "ok", "storage": "ok"})
