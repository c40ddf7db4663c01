"""One method for each operation and kind of body, for the client in tools/client."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.openapi.client_types import NOTE, PACKAGE, imports, names_in, type_of
from tools.openapi.operation import CSV, JSON, MERGE_PATCH, MULTIPART

type Json = dict[str, Any]

_ENDINGS = {MULTIPART: "_with_files", CSV: "_csv"}


@dataclass(slots=True)
class _Method:
    """One method on its way: its arguments, and those of the request that it sends."""

    name: str
    operation: Json
    answer: str
    positional: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def source(self, method: str, path: str) -> str:
        arguments = ", ".join(["self", *self.positional, *(["*", *self.named] if self.named else [])])
        request = ", ".join([repr(method.upper()), f'f"{path}"' if "{" in path else f'"{path}"', *self.sent])
        return (
            f"    def {self.name}({arguments}) -> Answer[{self.answer}]:\n"
            f'        """{self.operation["summary"]}."""\n'
            f"        return Answer(self.send({request}))\n"
        )


def call_module(subject: str, names: Sequence[str], document: Json, home: Mapping[str, str]) -> str:
    """The source of the module with the calls of a subject: those of these operations."""
    found = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["operationId"] in names
    ]
    methods = "\n".join(
        one.source(method, _python_path(path)) for path, method, operation in found for one in _methods(operation, path)
    )
    used = {
        name for _, _, operation in found for name in names_in(_told(operation)) if re.search(rf"\b{name}\b", methods)
    }
    session = [name for name in ("Answer", "File", "Session", "files") if name in methods or name == "Session"]
    standard = ["import json"] if "json.dumps" in methods else []
    standard += ["from collections.abc import Sequence"] if "Sequence[" in methods else []
    typing = [name for name in ("Any", "Literal") if re.search(rf"\b{name}\b", methods)]
    standard += [f"from typing import {', '.join(typing)}"] if typing else []
    own = [f"from {PACKAGE}.session import {', '.join(session)}", *imports(used, dict(home))]
    about = f"Calls: {subject.replace('_', ' ')}."
    head = [f'"""{about} {NOTE}"""', "", *standard, "", *own, "", ""]
    return "\n".join([*head, f"class {class_name(subject)}(Session):", f'    """{about}"""', "", methods])


def class_name(subject: str) -> str:
    """The name of the class with a subject's calls."""
    return "".join(word.capitalize() for word in subject.split("_")) + "Calls"


def _told(operation: Json) -> Json:
    return {name: operation.get(name, {}) for name in ("requestBody", "responses", "parameters")}


def _methods(operation: Json, path: str) -> Iterator[_Method]:
    bodies = operation.get("requestBody", {}).get("content", {})
    kinds: list[str | None] = [kind for kind in bodies if not (kind == JSON and MERGE_PATCH in bodies)] or [None]
    answer = _answer(operation)
    for kind in kinds:
        alone = len(kinds) == 1
        name = operation["operationId"] + ("" if alone else _ENDINGS.get(kind or "", ""))
        method = _Method(name=name, operation=operation, answer=answer)
        method.positional += [f"{_snake(part)}: str" for part in re.findall(r"{(\w+)}", path)]
        headers: list[str] = []
        if kind is not None:
            _add_body(method, kind, bodies[kind], headers, required=operation["requestBody"]["required"])
        _add_parameters(method, operation, headers)
        if headers:
            method.sent.append(f"headers={{{', '.join(headers)}}}")
        yield method


def _answer(operation: Json) -> str:
    for status, told in operation["responses"].items():
        if status.startswith("2"):
            schema = told.get("content", {}).get(JSON, {}).get("schema")
            return type_of(schema) if schema else "Any" if JSON in told.get("content", {}) else "None"
    return "None"


def _add_body(method: _Method, kind: str, body: Json, headers: list[str], *, required: bool) -> None:
    if kind == MULTIPART:
        _add_parts(method, body["schema"])
        return
    headers.append(f'"Content-Type": "{kind}"')
    if kind in (JSON, MERGE_PATCH):
        annotation = type_of(body["schema"])
        method.positional.append(f"body: {annotation}" if required else f"body: {annotation} | None = None")
        method.sent.append("content=json.dumps(body)" if required else "content=json.dumps(body or {})")
    else:
        method.positional.append("body: str | bytes")
        method.sent.append("content=body")


def _add_parts(method: _Method, schema: Json) -> None:
    sent: list[str] = []
    for name, part in schema["properties"].items():
        needed = name in schema["required"]
        if "$ref" in part:
            method.positional.append(f"{_snake(name)}: {type_of(part)}")
            sent.append(f'("{name}", (None, json.dumps({_snake(name)}).encode(), "{JSON}"))')
        elif part["type"] == "array":
            method.positional.append(f"{_snake(name)}: Sequence[File]" + ("" if needed else " = ()"))
            sent.append(f'*files("{name}", {_snake(name)})')
        elif needed:
            method.positional.append(f"{_snake(name)}: File")
            sent.append(f'*files("{name}", [{_snake(name)}])')
        else:
            method.positional.append(f"{_snake(name)}: File | None = None")
            sent.append(f'*files("{name}", [{_snake(name)}] if {_snake(name)} else [])')
    method.sent.append(f"parts=[{', '.join(sent)}]")


def _add_parameters(method: _Method, operation: Json, headers: list[str]) -> None:
    query: list[str] = []
    for one in operation.get("parameters", ()):
        name = _snake(one["name"])
        if one["in"] == "header":
            method.named.append(f"{name}: str" if one["required"] else f"{name}: str | None = None")
            headers.append(f'"{one["name"]}": {name}')
        elif one["in"] == "query":
            kind = type_of(one["schema"])
            method.named.append(f"{name}: {kind}" if one.get("required") else f"{name}: {kind} | None = None")
            query.append(f'"{one["name"]}": {name}')
    if query:
        method.sent.append(f"query={{{', '.join(query)}}}")


def _python_path(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: "{" + _snake(found[1]) + "}", path)


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()
    return f"{words}_" if words in {"from", "to", "id", "format"} else words
