"""A transport under the real SDK clients that numbers every request and can fail at one of them."""

import asyncio
import json
import re
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from azure.core.exceptions import ServiceRequestTimeoutError, ServiceResponseError, ServiceResponseTimeoutError
from azure.core.pipeline.transport import AioHttpTransport


class ProcessDied(BaseException):
    """The worker is gone in the middle of its work; no code may catch this and go on."""


class Fault(Enum):
    """What happens at the chosen request."""

    DIE_BEFORE = "crash before"
    DIE_AFTER = "crash after commit"
    REPLY_LOST = "reply lost"
    BUSY = "503 before, and again"
    BROKEN_BEFORE = "500 before"
    BROKEN_AFTER = "500 after commit"
    TIMEOUT = "timeout"
    TIMEOUT_AFTER = "timeout after commit"
    DELAY = "delay"
    EMPTY_PAGE = "empty page with a token"


_REFUSED = {Fault.BUSY: 503, Fault.BROKEN_BEFORE: 500}
OUTAGE = 3
"""Requests that a busy service refuses one after the other: the SDK gives up then."""
_QUERY = re.compile(r"/[A-Za-z]+\(\)$")
_TOKENS = ("NextPartitionKey", "NextRowKey")
_NOWHERE = "1!empty-page"
OVERTAKEN = 0.03
"""Seconds that a delayed request waits: whatever was sent beside it is done by then."""


class FaultyTransport(AioHttpTransport):  # type: ignore[misc]  # the SDK loads it lazily
    """Counts requests; at number `at` (from 1) the fault happens. A dead process sends nothing more.

    An empty page can only happen to a query of a table: `at` counts those alone for that fault.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.seen: list[str] = []
        self._at: int | None = None
        self._fault = Fault.DIE_BEFORE
        self._dead = False

    def plan(self, at: int | None, fault: Fault = Fault.DIE_BEFORE) -> None:
        """Start counting anew, with this fault ahead (null: none)."""
        self.count, self.seen, self._at, self._fault, self._dead = 0, [], at, fault, False

    @property
    def happened(self) -> bool:
        """Whether the fault was reached."""
        return self._at is not None and self.count >= self._at

    async def sleep(self, duration: float) -> None:
        """Retry at once: the wait before a retry proves nothing here."""

    async def send(self, request: Any, **options: Any) -> Any:
        """Send the request, unless it is the one that fails."""
        if self._dead:
            raise ProcessDied
        if self._fault is Fault.EMPTY_PAGE:
            return await self._paged(request, **options)
        self.count += 1
        self.seen.append(f"{request.method} {request.url.split('?')[0].rsplit('/devstoreaccount1/', 1)[-1]}")
        if self._at is None or not self._at <= self.count < self._at + (OUTAGE if self._fault is Fault.BUSY else 1):
            return await super().send(request, **options)
        return await self._failed(request, **options)

    async def _failed(self, request: Any, **options: Any) -> Any:
        """What the chosen request comes to."""
        if self._fault is Fault.DIE_BEFORE:
            self._dead = True
            raise ProcessDied
        if self._fault is Fault.TIMEOUT:
            raise ServiceRequestTimeoutError("the connection could not be made in time")
        if self._fault is Fault.DELAY:
            await asyncio.sleep(OVERTAKEN)
        if self._fault in _REFUSED:
            return await self._refused(request, **options)
        answer = await super().send(request, **options)
        if self._fault is Fault.DIE_AFTER:
            self._dead = True
            raise ProcessDied
        if self._fault is Fault.REPLY_LOST:
            raise ServiceResponseError("the reply was lost")
        if self._fault is Fault.TIMEOUT_AFTER:
            raise ServiceResponseTimeoutError("the reply did not come in time")
        if self._fault is Fault.BROKEN_AFTER:
            answer.status_code = 500
        return answer

    async def _refused(self, request: Any, **options: Any) -> Any:
        """An answer that the service gives without having done anything: that of a request for nothing, made 5xx."""
        parts = urlsplit(request.url)
        nothing = type(request)("GET", urlunsplit((parts.scheme, parts.netloc, "/nobody", "", "")))
        answer = await super().send(nothing, **options)
        answer.status_code = _REFUSED[self._fault]
        return answer

    async def _paged(self, request: Any, **options: Any) -> Any:
        """A query's first page may come empty, with a token that leads to the rest, as the service's sometimes does."""
        parts = urlsplit(request.url)
        if request.method != "GET" or not _QUERY.search(parts.path):
            return await super().send(request, **options)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if (_TOKENS[0], _NOWHERE) in query:
            rest = urlencode([(name, value) for name, value in query if name not in _TOKENS])
            request.url = urlunsplit((*parts[:3], rest, parts.fragment))
            return await super().send(request, **options)
        self.count += 1
        if self.count != self._at or _TOKENS[0] in dict(query):
            return await super().send(request, **options)
        answer = await super().send(request, **options)
        await answer.load_body()
        answer._body = json.dumps({"value": []}).encode()
        headers = dict(answer.headers)
        headers |= {f"x-ms-continuation-{token}": _NOWHERE for token in _TOKENS}
        answer.headers = type(answer.headers)(headers) if isinstance(answer.headers, dict) else headers
        return answer
