"""Spans where OpenTelemetry is switched on, and nothing at all where it is not."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from functions.tracing import traced
from shared import wiring
from shared.settings import tracing_wanted
from tests.architecture.source import ROOT

ON = {
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=00000000-0000-0000-0000-000000000000",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true",
}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans that were finished."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(wiring, "tracer", lambda: provider.get_tracer("cpor"))
    return exporter


def test_a_span_tells_what_was_done(spans: InMemorySpanExporter) -> None:
    """Its name is the function's, its attributes are the app's own, and what is added later is there too."""
    with traced("verify_claim", claim="c1", tries=2) as span:
        span.set_attribute("cpor.status", 200)
    (found,) = spans.get_finished_spans()
    assert found.name == "verify_claim"
    assert dict(found.attributes or {}) == {"cpor.claim": "c1", "cpor.tries": 2, "cpor.status": 200}


def test_of_an_error_only_its_kind_is_told(spans: InMemorySpanExporter) -> None:
    """An error passes through, and its words, which may hold what somebody wrote, are not sent."""
    with pytest.raises(ValueError, match="canary"), traced("verify_claim"):
        raise ValueError("canary@alpine.example")
    (found,) = spans.get_finished_spans()
    assert dict(found.attributes or {}) == {"cpor.error": "ValueError"}
    assert "canary" not in found.to_json()


def test_switched_off_a_span_is_nothing() -> None:
    """Without the switch the work inside is done, and errors pass through."""
    assert wiring.tracer() is None
    with traced("verify_claim", claim="c1") as span:
        span.set_attribute("cpor.status", 200)
    with pytest.raises(ValueError, match="as it was"), traced("verify_claim"):
        raise ValueError("as it was")


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (ON, True),
        ({**ON, "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "1"}, True),
        ({**ON, "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "false"}, False),
        ({"PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true"}, False),
        ({"APPLICATIONINSIGHTS_CONNECTION_STRING": ON["APPLICATIONINSIGHTS_CONNECTION_STRING"]}, False),
    ],
)
def test_both_settings_switch_it_on(environment: dict[str, str], wanted: bool) -> None:
    """Spans need the platform's switch, without which nobody sends them, and somewhere to send them to."""
    assert tracing_wanted(environment) is wanted


@pytest.mark.parametrize(("environment", "imported"), [({}, "False"), (ON, "True")])
def test_nothing_is_imported_unless_it_is_switched_on(environment: dict[str, str], imported: str) -> None:
    """A cold start without the switch does not load OpenTelemetry, however much of it is installed."""
    code = (
        "import sys, function_app; from functions.tracing import traced\n"
        "with traced('x'): pass\n"
        "print(any(name.split('.')[0] == 'opentelemetry' for name in sys.modules))\n"
        "print(any(name.startswith('azure.monitor') for name in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == [imported, "False"]
