"""Request bodies of the document."""

from collections.abc import Iterable, Mapping
from typing import Any

from tools.openapi.operation import CSV, JSON, MERGE_PATCH, MULTIPART, Body, CsvBody, JsonBody, MultipartBody, Part
from tools.openapi.schemas import ref

type Json = dict[str, Any]


def request_body(bodies: Iterable[Body]) -> Json:
    """One of these bodies, told apart by its media type."""
    content: Json = {}
    required = True
    for body in bodies:
        match body:
            case JsonBody():
                required = required and body.required
                shown = {"schema": ref(body.form, patch=body.patch), "example": dict(body.example)}
                content |= {MERGE_PATCH: shown, JSON: shown} if body.patch else {JSON: shown}
            case MultipartBody():
                content[MULTIPART] = _multipart(body)
            case CsvBody():
                content[CSV] = {"schema": {"type": "string", "description": body.words}, "example": body.example}
    return {"required": required, "content": content}


def _multipart(body: MultipartBody) -> Json:
    parts = {part.name: _part(part, body.example) for part in body.parts}
    encoding = {part.name: {"contentType": JSON if part.form else part.media} for part in body.parts}
    schema = {
        "type": "object",
        "properties": parts,
        "required": [part.name for part in body.parts if part.required],
        "additionalProperties": False,
    }
    return {"schema": schema, "encoding": encoding}


def _part(part: Part, example: Mapping[str, Any]) -> Json:
    if part.form is not None:
        return {**ref(part.form), "description": part.words, "examples": [dict(example)]}
    if part.many:
        return {"type": "array", "items": _file(), "minItems": 1 if part.required else 0, "description": part.words}
    return {**_file(), "description": part.words}


def _file() -> Json:
    return {"type": "string", "contentMediaType": "application/octet-stream"}
