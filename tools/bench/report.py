"""docs/performance.md and its picture, drawn from a run."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from tools.bench import machine, plot
from tools.bench.figure import Figure
from tools.embedded import ROOT

PAGE, PICTURE = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
RUN = ROOT / "docs" / "performance.json"
NOTES = ROOT / "tools" / "bench" / "notes.md"


def write(figures: Sequence[Figure]) -> None:
    """Draw the page, the picture and the run; figures that this run left out are kept from the one before."""
    measured = {one.name: one for one in (*_before(), *figures)}
    shown = list(measured.values())
    RUN.write_text(json.dumps([asdict(one) for one in shown], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    PICTURE.write_text(plot.drawn(shown), encoding="utf-8")
    PAGE.write_text(page(shown), encoding="utf-8")


def _before() -> list[Figure]:
    if not RUN.exists():
        return []
    return [Figure(**row) for row in json.loads(RUN.read_text(encoding="utf-8"))]


def page(figures: Sequence[Figure]) -> str:
    """The page as Markdown."""
    rows = [
        "| figure | work | measured | reference | is | has to be | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in figures:
        sign = "≤" if one.at_most else "≥"
        value = f"{one.ratio:.2f}".rstrip("0").rstrip(".")
        verdict = "met" if one.met else "**not met**"
        rows.append(
            f"| `{one.name}` | {one.work} | {one.measured} | {one.reference} "
            f"| {value}{one.unit} | {sign} {one.limit:g}{one.unit} | {verdict} |"
        )
    facts = ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in machine.facts())]
    return "\n".join(
        [
            "# How fast it is",
            "",
            "Drawn by `make bench ARGS=--write` from a run; do not edit. Times on a busy machine say little, so that",
            "each stands beside a reference that was measured in the same run: the bare SDK calls that the work cannot",
            "do without, against the same storage emulator. `make bench FIGURE=name` measures one subject.",
            "",
            *rows,
            "",
            "![How much of its limit each figure uses](performance.svg)",
            "",
            "## Measured on",
            "",
            *facts,
            "",
            NOTES.read_text(encoding="utf-8").rstrip(),
            "",
        ]
    )
