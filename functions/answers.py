"""Answers in JSON; those about a claim carry its ETag."""

import json
from collections.abc import Mapping

import azure.functions as func

from functions.bodies import JSON, etag
from functions.presenters import claim_json
from functions.routing import Call
from functions.status_text import wished_language
from shared.domain.claim import Claim

OK, CREATED, ACCEPTED, NO_CONTENT = 200, 201, 202, 204


def language_of(call: Call) -> str:
    """The language that the caller would like to read."""
    return wished_language(call.request.headers.get("accept-language"))


def json_answer(data: object, *, status: int = OK, headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    """The value as `application/json`."""
    return func.HttpResponse(
        json.dumps(data, ensure_ascii=False), status_code=status, headers=dict(headers or {}), mimetype=JSON
    )


def claim_answer(
    call: Call, claim: Claim, *, status: int = OK, located: bool = False, more: Mapping[str, object] | None = None
) -> func.HttpResponse:
    """The claim as the caller may see it, with what `more` adds; `located` says where it is."""
    call.claim = claim.claim_id
    language = language_of(call)
    headers = {"ETag": etag(claim), "Content-Language": language, "Vary": "Accept-Language"}
    if located:
        headers["Location"] = claim_path(claim)
    shown = claim_json(claim, language=language, for_programme=call.caller.is_programme)
    return json_answer({**shown, **(more or {})}, status=status, headers=headers)


def claim_path(claim: Claim) -> str:
    """Where the claim is read."""
    return f"/api/claims/{claim.claim_id}"
