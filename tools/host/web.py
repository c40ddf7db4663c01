"""The raw ASGI edge: requests as the host reads them, answers as it writes them."""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 100 * 1024 * 1024
_NO_BODY = {204, 304}


class BodyTooLargeError(Exception):
    """The request announces more than the host accepts."""


class DisconnectedError(Exception):
    """The caller left before the request was read."""


@dataclass(slots=True)
class Request:
    """One request. Header names are lower case and duplicates joined by a comma, as the worker gets them."""

    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    scheme: str
    server: str
    _receive: Receive
    _query: dict[str, str] | None = field(default=None)

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> "Request":
        """Read a request's head."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        host, port = scope.get("server") or ("localhost", 80)
        return cls(
            method=scope["method"],
            raw_path=scope.get("raw_path", b"/").decode("latin-1") or "/",
            raw_query=scope["query_string"].decode("latin-1"),
            headers=headers,
            scheme=scope["scheme"],
            server=headers.get("host") or f"{host}:{port}",
            _receive=receive,
        )

    @property
    def url(self) -> str:
        """The whole URL, as the caller wrote it."""
        return f"{self.scheme}://{self.server}{self.raw_path}" + (f"?{self.raw_query}" if self.raw_query else "")

    @property
    def query(self) -> dict[str, str]:
        """The query: empty values dropped, duplicates joined by a comma."""
        if self._query is None:
            self._query = {}
            for name, value in parse_qsl(self.raw_query, keep_blank_values=False, errors="replace"):
                self._query[name] = f"{self._query[name]},{value}" if name in self._query else value
        return self._query

    async def body(self) -> bytes:
        """Read the body, only where Content-Length announces one, as the host does; BodyTooLargeError over 100 MiB."""
        announced = self.headers.get("content-length", "0")
        length = int(announced) if announced.isdecimal() else 0
        if length > BODY_LIMIT:
            raise BodyTooLargeError
        if length == 0:
            return b""
        chunks: list[bytes] = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise DisconnectedError
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(chunks)


@dataclass(slots=True)
class Answer:
    """One answer; ``headers`` in the order they are sent, names as given."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    async def send(self, send: Send, custom_headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Write the answer; custom headers of host.json are added where the answer has none of that name."""
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in self.headers]
        if custom_headers:
            present = {name for name, _ in headers}
            headers += [pair for pair in custom_headers if pair[0] not in present]
        body = self.body
        if self.status in _NO_BODY:
            body = b""
        else:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def json_answer(content: object, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return an answer holding JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, [("content-type", "application/json; charset=utf-8"), *headers], body)


def html_answer(page: str, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return an answer holding a page of the host's own, never cached, never framed by others."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'"
    own = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", policy),
    ]
    return Answer(status, [*own, *headers], page.encode())


def redirect(location: str, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return a 302 to the place."""
    return Answer(302, [("location", location), *headers])


def fault(status: int, code: str, message: str) -> Answer:
    """Return an error of the host's own endpoints: the code for programs, the sentence for people."""
    return json_answer({"code": code, "message": message}, status)


def json_object(body: bytes) -> dict[str, Any] | Answer:
    """Read a JSON object from a body; otherwise return the 400 to answer with."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return fault(400, "malformed-json", "The body is not JSON.")
    if not isinstance(content, dict):
        return fault(400, "not-an-object", "The body must be a JSON object.")
    return content
