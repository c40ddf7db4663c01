"""OpenTelemetry as the platform's runtime sets it up: what really leaves the machine for Application Insights."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.architecture.source import ROOT

CODE = """
import function_app
from azure_functions_runtime.otel import initialize_azure_monitor, otel_manager
initialize_azure_monitor()
assert otel_manager.get_azure_monitor_available()
from functions.tracing import traced
try:
    with traced("verify_claim", claim="c1", tries=2):
        raise ValueError("canary@alpine.example")
except ValueError:
    pass
from opentelemetry import trace
assert trace.get_tracer_provider().force_flush(20_000)
import os
os._exit(0)
"""


@pytest.fixture
def ingestion() -> Iterator[tuple[str, list[Any]]]:
    """An ingestion endpoint of our own: its address, and the items that were sent to it."""
    taken: list[Any] = []

    class Ingestion(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            items = [json.loads(line) for line in body.decode().splitlines() if line.startswith(("{", "["))]
            taken.extend(item for found in items for item in (found if isinstance(found, list) else [found]))
            answer = json.dumps({"itemsReceived": 1, "itemsAccepted": 1, "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ingestion)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", taken
    server.shutdown()
    server.server_close()
    thread.join()


def test_spans_reach_application_insights_without_anybody_s_words(ingestion: tuple[str, list[Any]]) -> None:
    """With both settings the runtime sends a function's span, with the app's attributes and of an error its kind."""
    address, taken = ingestion
    environment = {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": (
            f"InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint={address};LiveEndpoint={address}"
        ),
        "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true",
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
        "OTEL_METRICS_EXPORTER": "none",
    }
    ran = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=90
    )
    assert ran.returncode == 0, ran.stderr
    spans = [
        item["data"]["baseData"] for item in taken if item.get("data", {}).get("baseType", "").startswith("Remote")
    ]
    (span,) = [one for one in spans if one["name"] == "verify_claim"]
    assert (span["properties"]["cpor.claim"], span["properties"]["cpor.error"]) == ("c1", "ValueError")
    assert "canary" not in json.dumps(taken)
