"""JSON Schema 2020-12 from the models: one component per model and per enumeration."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.domain.claim import Status
from shared.forms.form import Form
from tools.openapi.examples import EXAMPLES
from tools.openapi.words import WORDS

type Json = dict[str, Any]

REF = "#/components/schemas/"


def component(model: type[BaseModel], *, patch: bool = False) -> str:
    """The name of the model's schema."""
    return component_name(model.__name__, patch=patch)


def component_name(name: str, *, patch: bool = False) -> str:
    """A request's schema is named a request, or a patch."""
    ending = "Patch" if patch else "Request"
    return name.removesuffix("Form") + ending if name.endswith("Form") else name


def ref(model: type[BaseModel], *, patch: bool = False) -> Json:
    """The reference to the model's schema."""
    return {"$ref": REF + component(model, patch=patch)}


def component_schemas(models: Iterable[type[BaseModel]], patches: Iterable[type[Form]]) -> dict[str, Json]:
    """Every schema by its component's name: of the models, of the patches of forms, and of all that they hold."""
    _, found = models_json_schema([(model, "validation") for model in models], ref_template=REF + "{model}")
    raw: dict[str, Json] = found.get("$defs", {})
    shown = {component_name(name): _clean(schema, name) for name, schema in raw.items()}
    for name, example in EXAMPLES.items():
        shown[name]["examples"] = [example]
    for form in patches:
        shown |= _patches(raw, form.__name__)
    return dict(sorted(shown.items()))


def parameter_schemas(form: type[Form]) -> tuple[dict[str, Json], dict[str, Json]]:
    """The schema of each query parameter of a form by name, and the components that they need."""
    schema = form.model_json_schema(ref_template=REF + "{model}")
    needed = {name: _clean(one, name) for name, one in schema.get("$defs", {}).items()}
    found = {name: _without_null(_property(form.__name__, name, one)) for name, one in schema["properties"].items()}
    return found, needed


def _without_null(schema: Json) -> Json:
    choices = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    shown = {**schema, **choices[0]} if choices else schema
    if shown.get("enum") == ["true", "false"]:
        shown = {**shown, "type": "boolean", "default": shown.get("default") == "true"}
        del shown["enum"]
    if shown.get("enum") == [status.value for status in Status]:
        words = {"description": shown["description"]} if "description" in shown else {}
        return {"$ref": REF + Status.__name__, **words}
    return shown


def _clean(schema: Mapping[str, Any], owner: str) -> Json:
    """Without pydantic's titles and empty defaults; answers may grow, requests hold no unknown names."""
    is_request = owner.endswith("Form")
    shown: Json = {}
    for name, value in schema.items():
        if name == "title" or (name == "additionalProperties" and value is False and not is_request):
            continue
        if name == "default" and value in (None, "", [], {}):
            continue
        if name == "properties":
            shown[name] = {field: _property(owner, field, one) for field, one in value.items()}
            if is_request:
                _let_null_be_nothing(shown[name], schema.get("required", ()))
        elif name == "$ref":
            shown[name] = REF + component_name(value.removeprefix(REF))
        else:
            shown[name] = _plain(value, owner)
    return shown


def _let_null_be_nothing(properties: Json, required: Iterable[str]) -> None:
    """Null is the same as leaving the name out (`shared.forms.form`)."""
    for name, schema in properties.items():
        if name not in required:
            properties[name] = _or_null(schema)


def _plain(value: Any, owner: str) -> Any:
    if isinstance(value, dict):
        return _clean(value, owner)
    if isinstance(value, list):
        return [_plain(one, owner) for one in value]
    return value


def _property(owner: str, field: str, schema: Mapping[str, Any]) -> Json:
    shown = _clean(schema, owner)
    words = WORDS.get(f"{component_name(owner)}.{field}") or WORDS.get(field)
    return {**shown, "description": words} if words else shown


def _patches(raw: Mapping[str, Json], name: str) -> dict[str, Json]:
    """The form's schema with nothing required and everything to be removed by null, and so all objects in it."""
    shown: dict[str, Json] = {}
    waiting = [name]
    while waiting:
        owner = waiting.pop()
        schema = _clean(copy.deepcopy(raw[owner]), owner)
        needed = schema.pop("required", ())
        schema["description"] = f"Changes to {component_name(owner)}: null removes, what is left out stays."
        for field, one in schema.get("properties", {}).items():
            for choice in (one, *one.get("anyOf", ())):
                held = str(choice.get("$ref", "")).removeprefix(REF).removesuffix("Request") + "Form"
                if held in raw:
                    choice["$ref"] = REF + component_name(held, patch=True)
                    waiting.append(held)
            schema["properties"][field] = one if field in needed else _or_null(one)
        shown[component_name(owner, patch=True)] = schema
    return shown


def _or_null(schema: Json) -> Json:
    if {"type": "null"} in schema.get("anyOf", ()):
        return schema
    words = {"description": schema.pop("description")} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "null"}], **words}
