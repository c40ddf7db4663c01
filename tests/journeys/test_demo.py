"""The demo tells the truth, and says so when it would not."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.journeys.client import LocalHost
from tools.embedded import ROOT, LocalProduct


def demo(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the demo as `make demo` does, its output piped."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PORT", "NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run(
        [sys.executable, "-m", "tools.demo", *arguments],
        cwd=ROOT,
        env={**kept, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock the demo may move, and where 300 seats are too few for a claim to pass."""
    with LocalProduct(tmp_path_factory.mktemp("demo"), environment={"POLICY_MINIMUM_SEATS": "301"}) as running:
        yield running


def test_all_is_as_told_on_a_product_of_its_own() -> None:
    """Without a product at hand the demo starts one, tells all five stories with real calls, and ends with 0."""
    run = demo()
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    for words in (
        "Subject: Please answer: association request CPOR-",
        "not official yet",
        "official: Approved at",
        "OptedOut, at once",
        "422 with all 12 faults at once",
        "Rejected, with every reason",
        "UnderReview: contested",
        "ActionRequired: contact-unreachable",
        "resubmitted: 202, in round 2",
        "200: Ended",
        "All as told",
    ):
        assert words in run.stdout
    assert "\x1b" not in run.stdout
    assert "✗" not in run.stdout


def test_what_is_not_as_told_is_a_failure(product: LocalProduct, host: LocalHost) -> None:
    """A product that behaves differently ends the demo with 1, what was seen instead, and nothing left open."""
    run = demo("--url", product.base_url, "--yes")
    assert run.returncode == 1
    assert "✗ all" in run.stdout
    assert "seats-below-minimum" in run.stderr
    with host.person("contoso") as contoso:
        assert {contoso.read(row["claimId"])["status"] for row in contoso.listed()} == {"Withdrawn"}


def test_a_running_products_clock_is_not_moved_unasked(product: LocalProduct, host: LocalHost) -> None:
    """Where nobody can be asked and nobody said yes, nothing happens: exit code 2, the clock as it was."""
    before = host.http.get("/.dev/clock").json()["offset"]
    run = demo(environment={"PORT": str(product.port)})
    assert run.returncode == 2
    assert "--yes" in run.stderr
    assert host.http.get("/.dev/clock").json()["offset"] == before


def test_a_product_that_is_not_there_is_named(tmp_path: Path) -> None:
    """An address where nothing answers is said to be one, with exit code 2."""
    run = demo("--url", "http://127.0.0.1:9")
    assert run.returncode == 2
    assert "No product answers at http://127.0.0.1:9." in run.stderr
