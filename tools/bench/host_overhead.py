"""How many requests a second the local host answers when the function behind them does nothing."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from tools import children
from tools.bench.figure import Figure
from tools.embedded import is_healthy, start_host, wait_until

LIMIT = 5_000
CONNECTIONS, SECONDS = 64, 5.0
_APP = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="api/health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("ok")
"""
_HOST_JSON = '{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}'
_BODY = b"\r\n\r\nok"


async def measure() -> list[Figure]:
    """Some seconds of as many requests as the connections carry, each sent when the one before was answered."""
    with tempfile.TemporaryDirectory(prefix="bench-host-") as name, _served(Path(name)) as port:
        await _answered(port, seconds=1.0)
        rate = await _answered(port, seconds=SECONDS) / SECONDS
    return [
        Figure(
            name="host-rate",
            work=f"no-op requests a second by the local host, {CONNECTIONS} connections, the client on the same cores",
            measured=f"{rate:,.0f}/s",
            reference=f"{LIMIT:,}/s",
            ratio=rate,
            limit=LIMIT,
            unit="/s",
            at_most=False,
        )
    ]


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    (folder / "function_app.py").write_text(_APP, encoding="utf-8")
    (folder / "host.json").write_text(_HOST_JSON, encoding="utf-8")
    port, log = children.free_port(), folder / "host.log"
    host = start_host(app=folder, port=port, environment={}, log=log)
    try:
        wait_until(lambda: is_healthy(f"http://127.0.0.1:{port}"), process=host, log=log, name="the local host")
        yield port
    finally:
        children.stop(host, patience=15)


class _Client(asyncio.Protocol):
    """One connection that asks again as soon as it was answered: no HTTP library takes its share of the cores."""

    def __init__(self, port: int) -> None:
        self._request = f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        self._got = b""
        self.answered = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count the answer once it is whole, and ask again."""
        self._got += data
        if self._got.endswith(_BODY):
            if not self._got.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"the host answered {self._got[:80]!r}")
            self._got, self.answered = b"", self.answered + 1
            if self.transport is not None:
                self.transport.write(self._request)


async def _answered(port: int, *, seconds: float) -> int:
    """How many requests were answered in that time."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Client(port), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    before, began = sum(client.answered for _, client in made), time.perf_counter()
    await asyncio.sleep(seconds)
    answered, took = sum(client.answered for _, client in made) - before, time.perf_counter() - began
    for transport, _ in made:
        transport.close()
    return round(answered / took * seconds)
