"""The checks before anything is filed (API.md, POST /api/claims/check)."""

import azure.functions as func

from functions.answers import json_answer, language_of
from functions.bodies import json_of
from functions.problems import faults_json
from functions.routing import Call, new_blueprint, route
from shared.domain.door import door_faults
from shared.forms.parse_claim import parse_claim
from shared.texts import texts
from shared.usecases import pre_check as checking
from shared.usecases.callers import PARTNERS

blueprint = new_blueprint()


@route(blueprint, "api/claims/check", methods=("POST",), roles=PARTNERS)
async def check_claim(call: Call) -> func.HttpResponse:
    """What the claim would meet if it were filed now; nothing is stored of it."""
    catalogue = call.services.catalogue
    parsed = parse_claim(json_of(call.request), complete=False, catalogue=catalogue)
    missing = door_faults(parsed.fields, catalogue=catalogue, complete=True, proofs_count=None) if parsed.fields else ()
    found = await checking.pre_check(
        call.services,
        caller=call.caller,
        fields=parsed.fields,
        mpn_id=parsed.mpn_id,
        faults=parsed.faults,
        missing=missing,
        now=call.now,
    )
    language = language_of(call)
    words = texts(language)
    shown = {
        "valid": found.valid,
        "errors": faults_json(found.errors, words),
        "warnings": faults_json(found.warnings, words),
        "items": [
            {
                "productId": product.product_id,
                "subscriptionId": product.subscription_id,
                "availability": product.availability.value,
            }
            for product in found.products
        ],
    }
    return json_answer(shown, headers={"Content-Language": language, "Vary": "Accept-Language"})
