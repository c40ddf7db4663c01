"""What the security suites found, in a line each at the end of a run.

A test says it by `record_property("security", "AREA")`, and `cases` and `broken` as numbers; `record_property(
"safeguard", …)` is a safeguard that was taken out, and the test that failed then.
"""

from collections import Counter
from typing import Any


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
    safeguards = sorted(one["safeguard"] for one in said if "safeguard" in one)
    if safeguards:
        write("each safeguard taken out, and the test that fails then:")
        for line in safeguards:
            write(f"  {line}")
