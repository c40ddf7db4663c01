"""The driven product of a worker, and the figures of the faults at the end of a run."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.faults.product import DrivenProduct, new_product
from tools.embedded import Azurite


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """An emulator that no other test sends messages to: the stories wait until every queue is empty."""
    with Azurite() as emulator:
        yield emulator.connection_string


@pytest.fixture(scope="session")
async def driven(storage: str) -> AsyncIterator[DrivenProduct]:
    """A product on storage of its own."""
    product = await new_product(storage)
    yield product
    await product.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line a flow, and what they come to: flows, points, cases, and what is broken."""
    reports = [one for found in terminalreporter.stats.values() for one in found if getattr(one, "when", "") == "call"]
    said = [dict(report.user_properties) for report in reports]
    flows = _figures([one for one in said if "flow" in one])
    safeguards = sorted(one["safeguard"] for one in said if "safeguard" in one)
    write = terminalreporter.write_line
    if flows:
        write("")
        for flow, figures in sorted(flows.items()):
            write(f"{flow:22} {figures[0]:4} points {figures[1]:6} cases {figures[2]:4} broken")
        points, cases, broken = (sum(figures[place] for figures in flows.values()) for place in range(3))
        write(f"faults: {len(flows)} flows, {points} points, {cases} cases, {broken} broken")
    if safeguards:
        write("each safeguard taken out, and the test that fails then:")
        for line in safeguards:
            write(f"  {line}")


def _figures(said: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """By flow: the most points of any fault, all cases, and what was broken."""
    points, cases, broken = Counter[str](), Counter[str](), Counter[str]()
    for one in said:
        flow = one["flow"]
        points[flow] = max(points[flow], one["points"])
        cases[flow] += one["cases"]
        broken[flow] += one["broken"]
    return {flow: (points[flow], cases[flow], broken[flow]) for flow in cases}
