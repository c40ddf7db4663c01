"""What the security suites found, in a line each at the end of a run.

A test says it by `record_property("security", "AREA")`, and `cases` and `broken` as numbers; `record_property(
"safeguard", …)` is a safeguard that was taken out, and the test that failed then.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.product import FakeProduct
from tests.security.world import World, new_world, opened


@pytest.fixture(scope="session")
async def everything() -> World:
    """One product with a claim in every state; use it by `world`, which leaves it as it was."""
    return await new_world(FakeProduct())


@pytest.fixture
def world(everything: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The product behind the app's functions; what the test did to it is undone."""
    opened(monkeypatch, everything)
    put_back = everything.checkpoint()
    yield everything
    put_back()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line an area, and what they come to: cases, and what is broken."""
    reports = [one for found in terminalreporter.stats.values() for one in found if getattr(one, "when", "") == "call"]
    said = [
        properties
        for report in reports
        if "tests/security/" in report.nodeid
        for properties in [dict(report.user_properties)]
    ]
    cases, broken = Counter[str](), Counter[str]()
    for one in said:
        if "security" in one:
            cases[one["security"]] += one["cases"]
            broken[one["security"]] += one["broken"]
    write = terminalreporter.write_line
    if cases:
        write("")
        for area in sorted(cases):
            write(f"{area:34} {cases[area]:7} cases {broken[area]:4} broken")
        write(f"security: {len(cases)} areas, {cases.total()} cases, {broken.total()} broken")
    for line in sorted(one["operation"] for one in said if "operation" in one and os.environ.get("FUZZ")):
        write(line)
    safeguards = sorted(one["safeguard"] for one in said if "safeguard" in one)
    if safeguards:
        write("each safeguard taken out, and the test that fails then:")
        for line in safeguards:
            write(f"  {line}")
