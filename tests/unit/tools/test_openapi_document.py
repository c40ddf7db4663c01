"""The OpenAPI document says what the app serves, no more and no less, and what is drawn from it is in step."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from shared.forms.form import parse
from tools.openapi import examples
from tools.openapi.__main__ import DOCUMENT, HTTP_FILE, out_of_step
from tools.openapi.answers.claims import Claim
from tools.openapi.answers.problem import Problem
from tools.openapi.client_types import names_in
from tools.openapi.document import api_routes, build, models
from tools.openapi.operation import JsonBody, MultipartBody
from tools.openapi.problems import codes, told
from tools.openapi.registry import OPERATIONS, PENDING
from tools.openapi.schemas import component
from tools.openapi.vendor import VENDORED, VIEWER, digest
from tools.openapi.words import WORDS


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document, as the code says it now."""
    return build()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of all that is described."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix("/"), operation


def test_every_route_is_described(document: dict[str, Any]) -> None:
    """Method, path and roles of every API route are in the document, under the function's name, and no others."""
    described = {
        (method, path): (operation["operationId"], operation["x-roles"])
        for method, path, operation in operations(document)
    }
    served = {
        (method, declared.path): (declared.name, sorted(role.value for role in declared.roles))
        for method, declared in api_routes()
        if declared.name not in PENDING
    }
    assert described == served


def test_nothing_is_described_that_is_not_served() -> None:
    """Each description belongs to a function, and what is said to be pending is served and not described."""
    served = {declared.name for _, declared in api_routes()}
    assert served >= OPERATIONS.keys()
    assert served >= PENDING
    assert not PENDING & OPERATIONS.keys()


def test_all_that_is_drawn_is_in_step() -> None:
    """The committed document, docs/api.http and the client are those that `make openapi` would write."""
    assert out_of_step() == []


def test_every_operation_says_what_it_needs(document: dict[str, Any]) -> None:
    """Nobody but the caller of an open route is let in without signing in, and each refusal of it is described."""
    for _, _, operation in operations(document):
        if operation["x-roles"]:
            assert operation["security"], operation["operationId"]
            assert operation["responses"].keys() >= {"401", "403"}
        else:
            assert operation["security"] == []
        assert operation["description"], operation["operationId"]
        assert operation["summary"], operation["operationId"]


def test_every_code_is_described_somewhere() -> None:
    """Each code of a problem that callers can be told belongs to some operation."""
    described = {
        code
        for method, declared in api_routes()
        if declared.name in OPERATIONS
        for code in codes(OPERATIONS[declared.name], declared, method)
    }
    assert told().keys() - described == UNUSED


UNUSED = {"invalid-identifier"}
"""Codes of the domain that the forms turn into faults before anybody meets them."""


def test_every_name_is_explained(document: dict[str, Any]) -> None:
    """Each property of each schema, and each parameter, has words that say what it is."""
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name
        for field, shape in schema.get("properties", {}).items():
            assert shape.get("description"), f"{name}.{field}"
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])


def test_no_words_are_left_over(document: dict[str, Any]) -> None:
    """Each explanation belongs to a property or a parameter that there is."""
    schemas = document["components"]["schemas"]
    names = {field for schema in schemas.values() for field in schema.get("properties", {})}
    names |= {f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", {})}
    for operation in OPERATIONS.values():
        if operation.query is not None:
            names |= {field.alias or "" for field in operation.query.model_fields.values()}
            names |= {f"{component(operation.query)}.{one.alias}" for one in operation.query.model_fields.values()}
    assert {name for name in WORDS if name not in names} == set()


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """Each $ref names a component that is there, and no schema stands there for nothing."""
    refs = set(re.findall(r'"\$ref": "#/components/(\w+)/([\w-]+)"', json.dumps(document)))
    for kind, name in refs:
        assert name in document["components"][kind], (kind, name)
    used = set(names_in(document["paths"])) | {
        name for schema in document["components"]["schemas"].values() for name in names_in(schema)
    }
    assert document["components"]["schemas"].keys() - used == set()


def test_no_two_schemas_share_a_name() -> None:
    """A model's schema is named as the model, so no two models may be."""

    def held(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        yield model
        for field in model.model_fields.values():
            for inner in re.findall(r"[\w.]+", str(field.annotation)):
                yield from (one for one in _every_model(BaseModel) if f"{one.__module__}.{one.__name__}" == inner)

    found = {one for model in models() for one in held(model)}
    names = [component(model) for model in found]
    assert len(names) == len(set(names))


def _every_model(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _every_model(model)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_examples_are_valid(name: str) -> None:
    """Every example of a request is taken by the form that reads such requests."""
    operation = OPERATIONS[name]
    for body in operation.bodies:
        if isinstance(body, JsonBody) and not body.patch:
            parse(body.form, dict(body.example))
        if isinstance(body, MultipartBody):
            for part in body.parts:
                if part.form is not None:
                    parse(part.form, dict(body.example))


def test_shared_examples_are_valid() -> None:
    """The claim and the problem that the document shows are such as the app answers."""
    Claim.model_validate_json(json.dumps(examples.CLAIM))
    Problem.model_validate_json(json.dumps(examples.PROBLEM))


def test_the_document_is_committed_as_it_is_served() -> None:
    """The file that the app serves is JSON, and of the version that its readers ask for."""
    assert json.loads(DOCUMENT.read_text("utf-8"))["openapi"] == "3.1.0"


def test_viewer_is_what_was_taken_in() -> None:
    """Each file of the viewer that is not ours has the bytes that npm gave."""
    told_files = json.loads(VENDORED.read_text("utf-8"))["files"]
    assert told_files
    assert {name: digest(VIEWER / name) for name in told_files} == told_files


def test_each_operation_is_in_the_file_of_requests_once(document: dict[str, Any]) -> None:
    """docs/api.http asks for each operation once for each kind of body, and tries nothing that cannot be undone."""
    text = HTTP_FILE.read_text("utf-8")
    for _, _, operation in operations(document):
        assert text.count(f"# @name {operation['operationId']}\n") == 1, operation["operationId"]
    asked = re.findall(r"^(GET|POST|PATCH|DELETE) {{baseUrl}}/(api/[^?\s]+)(\S*)$", text, re.MULTILINE)
    assert {path.replace("{{", "{").replace("}}", "}") for _, path, _ in asked} >= {
        path for _, path, _ in operations(document) if "{name}" not in path
    }
    assert [query for _, path, query in asked if path == "api/review/finalization"] == ["?dryRun=true"]
    for name in re.findall(r"^< \./(\S+)$", text, re.MULTILINE):
        assert (HTTP_FILE.parent / name).is_file(), name
