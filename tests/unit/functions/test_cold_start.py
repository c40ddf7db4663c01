"""What an instance may not load before anybody asks it for something: a person waits for its start."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ("azure.core", "azure.data", "azure.storage", "azure.identity", "azure.communication", "aiohttp", "requests")
"""Loaded with the first request that needs a service, by shared/wiring/composition.py."""
DOCUMENTS = ("pypdf", "docx", "reportlab", "PIL", "lxml", "fontTools")
WORDS = ("jinja2", "babel", "holidays", "email_validator", "dns")
TRACES = ("azure.monitor", "opentelemetry")
LATER = (*SERVICES, *DOCUMENTS, *WORDS, *TRACES)


def loaded_by(program: str) -> set[str]:
    """The names of the modules that a fresh Python has after it ran the program."""
    asked = f"{program}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def too_early(loaded: Iterable[str]) -> list[str]:
    """What of it is loaded later than at the start."""
    return sorted({late for late in LATER for name in loaded if name == late or name.startswith(f"{late}.")})


def test_the_start_loads_nothing_that_only_some_requests_need() -> None:
    """Importing the app loads no service's library, and none for documents, templates, calendars or traces."""
    loaded = loaded_by("import function_app")
    assert "functions.registration" in loaded
    assert too_early(loaded) == []


@pytest.mark.parametrize(("module", "found"), [("shared.wiring.composition", "azure.storage"), ("babel.core", "babel")])
def test_what_is_loaded_early_is_seen(module: str, found: str) -> None:
    """The list finds what it looks for, where it is loaded."""
    assert found in too_early(loaded_by(f"import {module}"))
