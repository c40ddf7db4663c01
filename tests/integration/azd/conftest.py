"""A stand-in for an app that is deployed: it answers what it is told, and keeps what it was sent."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class DeployedApp:
    """Answers by path, `(status, body)`; anything else is 401. `requests` are `(method, path, headers, body)`."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: {"X-Content-Type-Options": "nosniff"})


@pytest.fixture
def app() -> Iterator[DeployedApp]:
    """An app that is well: healthy, described, closed, and open to customers."""
    deployed = DeployedApp(
        answers={
            "/api/health": (200, b'{"status": "ok"}'),
            "/api/openapi.json": (200, b'{"openapi": "3.1.0"}'),
            "/respond/no-such-claim": (404, b"no such request"),
        }
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            deployed.requests.append((self.command, self.path, dict(self.headers), body))
            status, answer = deployed.answers.get(self.path) or deployed.answers.get(
                self.path.partition("?")[0], (401, b"{}")
            )
            self.send_response(status)
            for name, value in deployed.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        deployed.url = f"http://127.0.0.1:{server.server_port}"
        yield deployed
        server.shutdown()
        thread.join()
