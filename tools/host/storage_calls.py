"""Storage requests counted on the wire, for the app and the listeners alike (API.md, ``/.dev/storage-calls``)."""

import functools
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.host.storage_accounts import KINDS, authority, endpoints
from tools.host.web import Answer, Request, json_answer

# What the host itself sends in place of Azure (delivery reports) is no request of the app's.
UNCOUNTED: ContextVar[bool] = ContextVar("uncounted", default=False)

type Listener = Callable[[str, float], None]
_CREATED = 201


class StorageCalls:
    """Counts each request that azure-core puts on the wire, retries included.

    ``on_message`` is told the queue's URL and the delay in seconds of every message this process sends, so that
    a listener need not sleep out its interval: the Functions host does the same for queues it writes to.
    """

    def __init__(self) -> None:
        self._kinds = endpoints()
        self._counts: Counter[str] = Counter()
        self.on_message: Listener = lambda _queue, _delay: None

    def install(self) -> None:
        """Wrap the transports of azure-core. Call it once, before the app is indexed.

        Without any storage in the environment there is nothing to count, nor a reason to load them.
        """
        if not self._kinds:
            return
        from azure.core.pipeline.transport import AioHttpTransport, RequestsTransport

        send = AioHttpTransport.send
        send_sync = RequestsTransport.send

        @functools.wraps(send)
        async def counted(transport: AioHttpTransport, request: Any, **options: Any) -> Any:
            self._note(request.url)
            call: Awaitable[Any] = send(transport, request, **options)
            response = await call
            self._tell(request, response.status_code)
            return response

        @functools.wraps(send_sync)
        def counted_sync(transport: RequestsTransport, request: Any, **options: Any) -> Any:
            self._note(request.url)
            return send_sync(transport, request, **options)

        AioHttpTransport.send = counted
        RequestsTransport.send = counted_sync

    def note_empty_poll(self) -> None:
        """Count a listener's request that brought no message; it is among the queue requests, too."""
        self._counts["emptyPolls"] += 1

    def answer(self, request: Request) -> Answer:
        """Serve ``/.dev/storage-calls``."""
        if request.method == "DELETE":
            self._counts.clear()
            return Answer(204)
        if request.method != "GET":
            return Answer(405, [("allow", "GET, DELETE")])
        return json_answer({name: self._counts[name] for name in (*KINDS, "emptyPolls")})

    def _note(self, url: str) -> None:
        kind = self._kinds.get(authority(url))
        if kind is not None and not UNCOUNTED.get():
            self._counts[kind] += 1

    def _tell(self, request: Any, status: int) -> None:
        if request.method != "POST" or status != _CREATED:
            return
        split = urlsplit(request.url)
        if split.path.endswith("/messages") and self._kinds.get(authority(request.url)) == "queue":
            delay = parse_qs(split.query).get("visibilitytimeout", ["0"])[0]
            queue_url = f"{authority(request.url)}{split.path.removesuffix('/messages')}"
            self.on_message(queue_url, float(delay) if delay.isdecimal() else 0.0)
