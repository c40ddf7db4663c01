"""What can be claimed, and every reason in words (API.md, Partner)."""

import azure.functions as func

from functions.answers import json_answer, language_of
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.catalogue import Catalogue, Named
from shared.domain.reasons import all_reasons
from shared.texts import Texts, texts

blueprint = new_blueprint()


@route(blueprint, "api/catalogue", methods=("GET",), roles=EVERY_ROLE)
async def read_catalogue(call: Call) -> func.HttpResponse:
    """Solution areas, activities, programmes, claim types, products and reasons, in the caller's language."""
    language = language_of(call)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return json_answer(_catalogue_json(call.services.catalogue, texts(language)), headers=headers)


def _catalogue_json(catalogue: Catalogue, words: Texts) -> dict[str, object]:
    def named(rows: tuple[Named, ...]) -> list[dict[str, str]]:
        return [{"id": row.id, "name": words.gettext(row.name)} for row in rows]

    return {
        "solutionAreas": named(catalogue.solution_areas),
        "activities": named(catalogue.activities),
        "programmes": named(catalogue.programmes),
        "claimTypes": [
            {
                "programme": kind.programme.value,
                "solutionArea": kind.solution_area.value,
                "activity": kind.activity.value,
                "proofRequired": kind.poe_required,
                "technicalContact": kind.technical_contact,
                "revenueFields": kind.revenue_fields,
            }
            for kind in catalogue.claim_types
        ],
        "together": [
            {"solutionArea": area, "activities": sorted(activities)}
            for area, activities in sorted(catalogue.together, key=lambda pair: (pair[0], sorted(pair[1])))
        ],
        "products": [
            {"id": product.id, "name": product.name, "solutionArea": product.solution_area.value}
            for product in catalogue.products
        ],
        "reasons": [
            {
                "code": reason.code.value,
                "title": words.gettext(reason.title),
                "explanation": words.gettext(reason.explanation),
                "whatToDo": words.gettext(reason.what_to_do),
            }
            for reason in all_reasons()
        ],
    }
