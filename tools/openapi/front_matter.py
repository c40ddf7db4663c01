"""What stands at the head of the document, and what all operations share."""

from typing import Any

type Json = dict[str, Any]

INFO: Json = {
    "title": "CPOR",
    "version": "1.0.0",
    "summary": "Customer associations: claimed, proven, consented.",
    "description": (
        "A partner claims that it does a customer's work, with a proof of execution; the claim is checked, where "
        "needed reviewed, and the customer is asked; it becomes official when the customer agrees, or says nothing in "
        "the time to answer.\n"
        "\n"
        "- Names are camelCase; times are RFC 3339 in UTC; languages are chosen by `Accept-Language` (`en`, `pl`).\n"
        "- What goes wrong is told as `application/problem+json` (RFC 9457), every fault of the request at once.\n"
        "- Claims carry an `ETag`; changes of fields and decisions need it back in `If-Match`.\n"
        "- Creating a claim needs an `Idempotency-Key`: the same key and payload again give the same claim.\n"
        "- Lists are read page by page: hand in `continuation` until it is null; a short page need not be the last.\n"
        "- A changing request that a browser sends from another site is refused with 403."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}
TAGS: list[Json] = [
    {"name": "Partner", "description": "Claims of the caller's own organisation."},
    {"name": "Reviewer", "description": "The claims of all partners, and the decisions on them."},
    {"name": "Program admin", "description": "Registries and operation."},
    {"name": "Customer", "description": "The customer's answer, by the link in the mail."},
    {"name": "Anyone", "description": "What needs no sign-in."},
]
SECURITY_SCHEMES: Json = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "AppServiceAuthSession",
        "description": (
            "App Service Authentication: sign in at `/.auth/login/aad` and send the cookie. The roles are app roles of "
            "Microsoft Entra ID; `x-roles` of an operation names those of which the caller needs one."
        ),
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of Microsoft Entra ID for this app, in the Authorization header.",
    },
}
SECURITY: list[Json] = [{"session": []}, {"bearer": []}]
HEADERS: Json = {
    "ETag": {"description": "The revision, to be sent back in If-Match.", "schema": {"type": "string"}},
    "Location": {"description": "Where it is read.", "schema": {"type": "string", "format": "uri-reference"}},
    "Content-Language": {"description": "The language of the texts.", "schema": {"type": "string"}},
    "Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}},
    "Link": {"description": "Where the rest is read (`rel=next`).", "schema": {"type": "string"}},
    "Retry-After": {"description": "Try again after so many seconds.", "schema": {"type": "integer", "minimum": 0}},
    "X-Correlation-Id": {"description": "Finds the request in the logs.", "schema": {"type": "string"}},
}
PATH_WORDS: dict[str, str] = {
    "claimId": "The claim's ID.",
    "proofId": "The proof's ID.",
    "name": "The file's name.",
    "letterId": "The dead letter's ID, as the list names it.",
}
