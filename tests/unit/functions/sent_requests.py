"""Real requests of the Functions library, and multipart bodies."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import azure.functions as func

BOUNDARY = "----boundary7MA4YWxk"


def request(
    method: str = "GET",
    path: str = "/api/claims",
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    route: Mapping[str, str] | None = None,
) -> func.HttpRequest:
    """A request as the Functions host hands it over."""
    return func.HttpRequest(
        method=method,
        url=f"https://cpor.example{path}",
        headers=headers or {},
        params=params or {},
        route_params=route or {},
        body=body,
    )


def json_request(data: object, *, method: str = "POST", headers: Mapping[str, str] | None = None) -> func.HttpRequest:
    """A request with a JSON body."""
    return request(
        method, body=json.dumps(data).encode(), headers={"content-type": "application/json", **(headers or {})}
    )


def multipart_request(
    parts: Sequence[tuple[str, str | None, bytes]],
    *,
    headers: Mapping[str, str] | None = None,
    route: Mapping[str, str] | None = None,
) -> func.HttpRequest:
    """A multipart request of parts (name, file name or null, content)."""
    body = b""
    for name, file_name, content in parts:
        shown = f'; filename="{file_name}"' if file_name is not None else ""
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'.encode()
        body += content + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return request("POST", body=body, headers={"content-type": kind, **(headers or {})}, route=route)


def principal(tenant_id: str, *roles: str, **changes: Any) -> str:
    """The header that App Service Authentication writes for a person."""
    claims = [
        {"typ": "tid", "val": tenant_id},
        {"typ": "oid", "val": "0b0b0b0b-0000-4000-8000-000000000001"},
        {"typ": "name", "val": "Casey"},
        *({"typ": "roles", "val": role} for role in roles),
    ]
    data = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": claims, **changes}
    return base64.b64encode(json.dumps(data).encode()).decode()
