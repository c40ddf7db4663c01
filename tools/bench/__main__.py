"""Measure, and print each figure beside its reference: `make bench`, `make bench FIGURE=name`.

`--write` also draws docs/performance.md and its picture from the run.
"""

import argparse
import asyncio
import importlib
import sys
import time
import traceback

from tools.bench.figure import Figure

SUBJECTS = (
    *("cold_start", "proof_memory", "host_overhead", "submit", "verification_lag", "finalization"),
    *("life", "idle_tick", "lists", "csv_files"),
)


def main(arguments: list[str] | None = None) -> int:
    """Measure the subjects that are asked for; 1 where a figure is not met, or could not be measured.

    What goes wrong with one subject is told, and costs none of the others.
    """
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the product against bare references.")
    parser.add_argument("figure", nargs="*", help=f"one or more of {', '.join(SUBJECTS)}; all unless given")
    parser.add_argument("--write", action="store_true", help="draw docs/performance.md from this run")
    wishes = parser.parse_args(arguments)
    unknown = set(wishes.figure) - set(SUBJECTS)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    broken: list[str] = []
    for subject in wishes.figure or SUBJECTS:
        began = time.monotonic()
        try:
            found = _measured(subject)
        except Exception:
            traceback.print_exc()
            broken.append(subject)
            continue
        figures += found
        for one in found:
            verdict = "met" if one.met else "NOT MET"
            sign = "≤" if one.at_most else "≥"
            print(f"{one.name:24} {one.ratio:8.2f}{one.unit} ({sign} {one.limit:g}) {verdict:8} {one.measured}", end="")
            print(f"; reference: {one.reference}", flush=True)
        print(f"{subject}: {time.monotonic() - began:.0f} s", flush=True)
    if wishes.write:
        from tools.bench.report import write

        write(figures)
    if broken:
        print(f"not measured: {', '.join(broken)}", flush=True)
    return 0 if not broken and all(one.met for one in figures) else 1


def _measured(subject: str) -> list[Figure]:
    module = importlib.import_module(f"tools.bench.{subject}")
    found: list[Figure] = asyncio.run(module.measure())
    return found


if __name__ == "__main__":
    sys.exit(main())
