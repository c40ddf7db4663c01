"""How much is simulated, and the cases that once found something."""

import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.simulation.faulty_ports import COMMIT, Fault, kinds
from tests.simulation.observer import Broken
from tests.simulation.plain_parts import Clockwork
from tests.simulation.schedules import Outcome, run_schedule, run_story

FULL = os.environ.get("SIMULATE") == "full"
REGRESSIONS = Path(__file__).with_name("regressions.json")
ONE_OF = 2
"""In full, one of so many pairs of calls of each story."""


@dataclass(frozen=True)
class Case:
    """One run that can be repeated: a schedule's seed, or a story with faults at its numbered calls."""

    seed: int | None = None
    story: str = ""
    faults: tuple[tuple[int, Fault], ...] = ()

    def run(self, clockwork: Clockwork) -> Outcome:
        """Live through it. Broken, with the case as the regressions keep it."""
        work = run_schedule(self.seed) if self.seed is not None else run_story(self.story, dict(self.faults))
        try:
            return clockwork.run(work)
        except AssertionError as error:
            raise Broken(f"{error}; to keep the case: {json.dumps(self.stored(str(error)))}") from error

    def stored(self, found: str) -> dict[str, Any]:
        """The case as the regressions keep it, with what it found."""
        what: dict[str, Any] = {"seed": self.seed} if self.seed is not None else {"story": self.story}
        return {**what, "faults": dict(self.faults), "found": found}


def regressions() -> list[Case]:
    """Every case that once found something."""
    rows = json.loads(REGRESSIONS.read_text())
    return [
        Case(
            seed=row.get("seed"),
            story=row.get("story", ""),
            faults=tuple((int(at), Fault(fault)) for at, fault in row["faults"].items()),
        )
        for row in rows
    ]


def single_faults(story: str, calls: Sequence[str], *, commits: bool) -> Iterator[Case]:
    """Each fault at each call of the story, or at each commit alone."""
    for at, name in enumerate(calls, start=1):
        if name == COMMIT or not commits:
            yield from (Case(story=story, faults=((at, fault),)) for fault in kinds(name))


def pairs(story: str, calls: Sequence[str], *, at_most: int | None) -> Iterator[Case]:
    """Two faults at two calls of the story: every other pair of calls, or so many chosen by a fixed seed."""
    rng = random.Random(story)
    chosen = [pair for n, pair in enumerate(combinations(range(1, len(calls) + 1), 2)) if n % ONE_OF == 0]
    if at_most is not None:
        chosen = rng.sample(chosen, at_most)
    for first, second in chosen:
        faults = tuple((at, rng.choice(kinds(calls[at - 1]))) for at in (first, second))
        yield Case(story=story, faults=faults)
