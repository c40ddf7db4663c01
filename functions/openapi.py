"""The API's own description, and a page to read it with (API.md, The HTTP contract)."""

import asyncio
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import azure.functions as func

from functions.routing import ANYONE, Call, new_blueprint, route
from shared.domain.sayings import say
from shared.usecases.callers import NotFoundError

blueprint = new_blueprint()
_FOLDER = Path(__file__).resolve().parent.parent / "shared" / "openapi"
_DOCUMENT, _PAGE = "openapi.json", "viewer/index.html"
_VIEWER = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_VIEWER |= {"start.js": "text/javascript", "page.css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The viewer loads our own files only, and talks to this site only; it writes style attributes."""

_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
"""An Accept-Encoding that takes gzip (RFC 9110, 12.5.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    content: bytes
    compressed: bytes
    tag: str


@route(blueprint, "api/openapi.json", methods=("GET",), roles=ANYONE)
async def read_openapi(call: Call) -> func.HttpResponse:
    """The OpenAPI 3.1 document of everything under /api."""
    return await _answer(call, _DOCUMENT, "application/json", {})


@route(blueprint, "api/docs", methods=("GET",), roles=ANYONE)
async def show_api_docs(call: Call) -> func.HttpResponse:
    """The document as a page, where requests can be tried."""
    return await _answer(call, _PAGE, "text/html", {"Content-Security-Policy": _POLICY})


@route(blueprint, "api/docs/{name}", methods=("GET",), roles=ANYONE)
async def read_api_docs_file(call: Call) -> func.HttpResponse:
    """One of the files that the page loads."""
    name = call.segment("name")
    if name not in _VIEWER:
        raise NotFoundError(say("There is no such file."))
    return await _answer(call, f"viewer/{name}", _VIEWER[name], {})


async def _answer(call: Call, name: str, media_type: str, headers: dict[str, str]) -> func.HttpResponse:
    """The file, compressed where that is welcome; 304 where the caller has it already (RFC 9110, 13.1.2)."""
    file = await asyncio.to_thread(_file, name)
    compress = _GZIP.search(call.request.headers.get("accept-encoding", "")) is not None
    tag = f'W/"{file.tag}"'
    shown = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding", **headers}
    known = {one.strip() for one in call.request.headers.get("if-none-match", "").split(",")}
    if known & {tag, f'"{file.tag}"', "*"}:
        return func.HttpResponse(status_code=304, headers=shown, mimetype=media_type)
    if compress:
        shown["Content-Encoding"] = "gzip"
    body = file.compressed if compress else file.content
    return func.HttpResponse(body, headers=shown, mimetype=media_type, charset="utf-8")


@cache
def _file(name: str) -> _File:
    content = (_FOLDER / name).read_bytes()
    tag = hashlib.sha256(content).hexdigest()[:32]
    return _File(content=content, compressed=gzip.compress(content, mtime=0), tag=tag)
