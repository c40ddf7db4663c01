"""HTTP triggers: a request becomes an invocation, its return value an answer (HOST.md, Faithful where it matters)."""

import uuid
from email.utils import formatdate
from urllib.parse import quote

from tools.host.functions import HttpFunction
from tools.host.invocations import log_end
from tools.host.keys import Keys
from tools.host.protos import RpcHttp, RpcHttpCookie, TypedData
from tools.host.route_table import RouteTable
from tools.host.runtime import Outcome, Runtime, new_trace_parent
from tools.host.web import Answer, BodyTooLargeError, Request

_SAME_SITE = {1: "lax", 2: "strict", 3: "none"}
_LOWEST, _HIGHEST = 200, 599
# The connection's own headers are the server's business.
_CONNECTION = {"connection", "transfer-encoding", "content-length"}


class HttpFunctions:
    """Answers the requests that the app's functions are there for."""

    def __init__(self, runtime: Runtime, table: RouteTable, keys: Keys) -> None:
        self._runtime = runtime
        self._table = table
        self._keys = keys

    async def answer(self, request: Request) -> Answer:
        """Answer by the first function that fits: 404 without one, 401 without its key, 413 over 100 MiB."""
        found = self._table.find(request.method, request.raw_path)
        if found is None:
            return Answer(404)
        function, params = found
        if not self._keys.admit(function.auth_level, request.headers, request.query):
            return Answer(401)
        try:
            body = await request.body()
        except BodyTooLargeError:
            return Answer(413, [("connection", "close")])
        return await self._invoke(function, params, request, body)

    async def _invoke(self, function: HttpFunction, params: dict[str, str], request: Request, body: bytes) -> Answer:
        data = TypedData(
            http=RpcHttp(
                method=request.method,
                url=request.url,
                headers=request.headers,
                query=request.query,
                params=params,
                body=TypedData(bytes=body),
            )
        )
        trace_parent = request.headers.get("traceparent") or new_trace_parent()
        with self._runtime.running.entered(str(uuid.uuid4()), function.name) as invocation:
            outcome = await self._runtime.invoke(
                invocation, function.function_id, {function.parameter: data}, {}, trace_parent
            )
            answer = _answer(outcome)
            log_end(invocation, str(answer.status), outcome.stack_trace)
            return answer


def _answer(outcome: Outcome) -> Answer:
    """Translate a return value; an exception, nothing at all and what is no response are an empty 500."""
    value = None if outcome.failed else outcome.value
    kind = value.WhichOneof("data") if value is not None else None
    if value is None or kind not in {"http", "string"}:
        return Answer(500)
    if kind == "string":
        return Answer(200, [("content-type", "text/plain; charset=utf-8")], str(value.string).encode())
    response: RpcHttp = value.http
    status = int(response.status_code) if response.status_code.isdecimal() else 0
    if not _LOWEST <= status <= _HIGHEST:
        return Answer(500)
    headers = [(name, text) for name, text in response.headers.items() if name.lower() not in _CONNECTION]
    headers += [("set-cookie", _cookie(cookie)) for cookie in response.cookies or []]
    return Answer(status, headers, response.body.bytes)


def _cookie(cookie: RpcHttpCookie) -> str:
    """Write a cookie as ASP.NET does: the value percent-encoded, the attributes in its order."""
    parts = [f"{cookie.name}={quote(cookie.value, safe='')}"]
    if cookie.expires is not None:
        parts.append(f"expires={formatdate(cookie.expires.value.seconds, usegmt=True)}")
    if cookie.max_age is not None:
        parts.append(f"max-age={int(cookie.max_age.value)}")
    if cookie.domain is not None and cookie.domain.value:
        parts.append(f"domain={cookie.domain.value}")
    if cookie.path is not None and cookie.path.value:
        parts.append(f"path={cookie.path.value}")
    if cookie.secure is not None and cookie.secure.value:
        parts.append("secure")
    if cookie.same_site in _SAME_SITE:
        parts.append(f"samesite={_SAME_SITE[cookie.same_site]}")
    if cookie.http_only is not None and cookie.http_only.value:
        parts.append("httponly")
    return "; ".join(parts)
