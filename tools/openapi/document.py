"""The OpenAPI 3.1 document, put together from routes, forms, answer models and words."""

from collections.abc import Iterator
from typing import Any

import azure.functions as func
from pydantic import BaseModel

from functions.registration import register_functions
from functions.routing import DECLARED, Declared
from shared.forms.form import Form
from shared.usecases.callers import PARTNERS, Role
from tools.openapi.answers.problem import Problem
from tools.openapi.bodies import request_body
from tools.openapi.front_matter import HEADERS, INFO, PATH_WORDS, SECURITY, SECURITY_SCHEMES, TAGS
from tools.openapi.operation import Answer, JsonBody, MultipartBody, Operation, Tag
from tools.openapi.problems import problem_answers
from tools.openapi.registry import OPERATIONS
from tools.openapi.schemas import component_schemas, parameter_schemas, ref

type Json = dict[str, Any]

PREFIX = "api/"


def api_routes() -> Iterator[tuple[str, Declared]]:
    """Method (upper case) and route of everything under `api/`, in the order of declaration."""
    functions()
    for declared in DECLARED.values():
        if declared.path.startswith(PREFIX):
            for method in declared.methods:
                yield method, declared


def functions() -> dict[str, Any]:
    """Every function of the app, by name."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register_functions(app)
    return {str(one.get_function_name()): one for one in app.get_functions()}


def build() -> Json:
    """The whole document."""
    served = functions()
    paths: dict[str, Json] = {}
    for method, declared in api_routes():
        operation = OPERATIONS.get(declared.name)
        if operation is not None:
            words = served[declared.name].get_user_function().__doc__ or ""
            item = paths.setdefault("/" + declared.path, {})
            item[method.lower()] = _operation(operation, declared, method, words)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "tags": TAGS,
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _schemas(),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def models() -> list[type[BaseModel]]:
    """Every model that the document shows, requests and answers."""
    found: list[type[BaseModel]] = [Problem]
    for operation in OPERATIONS.values():
        found += [answer.model for answer in operation.answers if answer.model is not None]
        for body in operation.bodies:
            if isinstance(body, JsonBody):
                found += [body.form]
            elif isinstance(body, MultipartBody):
                found += [part.form for part in body.parts if part.form is not None]
    return sorted(set(found), key=lambda model: model.__name__)


def _schemas() -> dict[str, Json]:
    patches: set[type[Form]] = set()
    needed: dict[str, Json] = {}
    for operation in OPERATIONS.values():
        patches |= {body.form for body in operation.bodies if isinstance(body, JsonBody) and body.patch}
        if operation.query is not None:
            needed |= parameter_schemas(operation.query)[1]
    return dict(sorted({**needed, **component_schemas(models(), sorted(patches, key=str))}.items()))


def _operation(operation: Operation, declared: Declared, method: str, words: str) -> Json:
    shown: Json = {
        "operationId": declared.name,
        "tags": [operation.tag or _tag(declared)],
        "summary": operation.summary,
        "description": " ".join(words.split()),
        "x-roles": sorted(role.value for role in declared.roles),
        "security": SECURITY if declared.roles else [],
    }
    parameters = [*_path(declared), *_query(operation), *_headers(operation)]
    if parameters:
        shown["parameters"] = parameters
    if operation.bodies:
        shown["requestBody"] = request_body(operation.bodies)
    answers = {str(answer.status): _answer(answer) for answer in operation.answers}
    shown["responses"] = {**answers, **problem_answers(operation, declared, method)}
    return shown


def _tag(declared: Declared) -> Tag:
    if not declared.roles:
        return "Anyone"
    if declared.roles & PARTNERS:
        return "Partner"
    return "Reviewer" if Role.REVIEWER in declared.roles else "Program admin"


def _path(declared: Declared) -> list[Json]:
    names = [part[1:-1] for part in declared.path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "description": PATH_WORDS[name], "schema": {"type": "string"}}
        for name in names
    ]


def _query(operation: Operation) -> list[Json]:
    found: list[Json] = []
    if operation.query is not None:
        for name, schema in parameter_schemas(operation.query)[0].items():
            if name not in operation.unread:
                words = schema.pop("description", "")
                found.append({"name": name, "in": "query", "description": words, "schema": schema})
    found += [
        {"name": one.name, "in": "query", "description": one.words, "schema": dict(one.schema)}
        for one in operation.parameters
    ]
    return found


def _headers(operation: Operation) -> list[Json]:
    found: list[Json] = []
    if operation.if_match:
        words = "The ETag of what was read: it is changed only if it is still the same."
        found.append(_header("If-Match", words, required=True, example='"3"'))
    if operation.idempotency_key:
        words = "New for each claim, the same for each try: one claim comes of it, however often it is sent."
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        found.append({**_header("Idempotency-Key", words, required=True, example="rollout-1"), "schema": schema})
    if operation.languages:
        found.append(_header("Accept-Language", "The language of texts: `en` or `pl`.", required=False, example="pl"))
    return found


def _header(name: str, words: str, *, required: bool, example: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": words,
        "schema": {"type": "string"},
        "example": example,
    }


def _answer(answer: Answer) -> Json:
    names = ("X-Correlation-Id", *answer.headers)
    shown: Json = {
        "description": answer.words,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
    }
    if answer.model is not None:
        shown["content"] = {"application/json": {"schema": ref(answer.model)}}
    elif answer.files:
        shown["content"] = {media: {} for media in answer.files}
    return shown
