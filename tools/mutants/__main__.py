"""`make mutants`: change the code in small ways, and count the changes that no test notices.

Nothing on disk is changed: each mutant is loaded by a process of its own, which runs the tests until one fails.
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import os
import random
import resource
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.embedded import ROOT
from tools.mutants.operators import Mutant, mutants

PROCESSOR_SECONDS_AT_MOST = 180
"""Far above what the tests take: a change that runs for ever is found by this."""
SECONDS_AT_MOST = 900
"""Of the clock, for a change that waits for ever; other work on the machine is no reason."""
_FAILED = 1
_REWRITING = "ignore::pytest.PytestAssertRewriteWarning"
"""Hypothesis is loaded before the tests are: what it asserts is not rewritten."""
DOMAIN, USECASES = "shared/domain", "shared/usecases"
WRITE_ORDER = (
    "transition",
    "slot_changes",
    "carry_out_effects",
    "dispatch_mail",
    "record_delivery",
    "verify_claim",
    "deadline_work",
    "follow_up",
    "filing",
    "discard_draft",
    "work_queue",
)
"""The use cases that decide in which order things are written, and what is compared."""
_STORIES = (
    "write_order",
    "mail_order",
    "follow_up",
    "story_on_fakes",
    "mail_takeover",
    "late_messages",
    "late_reports",
    "finalization",
    "contests",
    "contest_crashes",
    "draft_submission",
)
TESTS = {
    DOMAIN: (("tests/unit/domain",),),
    USECASES: (
        tuple(f"tests/unit/usecases/test_{one}.py" for one in _STORIES),
        ("tests/simulation/test_schedules.py",),
        ("tests/unit/usecases",),
    ),
}
"""What is run on a mutant, one after the other until a test fails: the write order's stories find most, and soon."""


@dataclass(frozen=True, slots=True)
class Case:
    """A mutant of a module."""

    path: Path
    mutant: Mutant

    @property
    def words(self) -> str:
        """Where it is and what it changes."""
        one = self.mutant
        return f"{self.path.relative_to(ROOT)}:{one.line}: {one.kind}: {one.was}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print a line for each survivor and a table by module. 1 where less than nine in ten were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path, help="the domain and the write order where none is named")
    parser.add_argument("--sample", type=int, help="so many of them, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    os.chdir(ROOT)
    cases = [case for path in asked.modules or _modules() for case in _cases((ROOT / path).resolve())]
    total = len(cases)
    random.Random(asked.seed).shuffle(cases)  # noqa: S311 - a sample, not a secret
    cases = cases[: asked.sample]
    print(f"{len(cases)} of {total} mutants", flush=True)
    import hypothesis  # noqa: F401 - loaded once here, for every process that is forked
    import pytest  # noqa: F401

    early = sorted(name for name in sys.modules if name.split(".")[0] in {"shared", "functions", "tests"})
    if early:
        raise RuntimeError(f"loaded before the mutants could be: {early}")

    unchanged = {case.path.parent: _as_it_is(case.path) for case in cases}
    if any(is_killed for _, is_killed in _run(list(unchanged.values()), 1)):
        raise RuntimeError("the tests fail, with nothing changed")
    killed, seen = Counter[Path](), Counter[Path]()
    for case, is_killed in _run(cases, asked.at_once):
        seen[case.path] += 1
        killed[case.path] += is_killed
        if not is_killed:
            print(f"survived: {case.words}", flush=True)
    return _told(seen, killed)


def _modules() -> list[Path]:
    domain = sorted(path for path in Path(DOMAIN).rglob("*.py") if path.name != "__init__.py")
    return [*domain, *(Path(USECASES) / f"{name}.py" for name in WRITE_ORDER)]


def _cases(path: Path) -> Iterator[Case]:
    for mutant in mutants(path.read_text(encoding="utf-8")):
        yield Case(path, mutant)


def _as_it_is(path: Path) -> Case:
    """The module as it is: its tests must pass, or every mutant would seem to be found."""
    return Case(path, Mutant(0, 0, "nothing", "", ast.parse(path.read_text(encoding="utf-8"))))


def _told(seen: Counter[Path], killed: Counter[Path]) -> int:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, number in sorted(seen.items()):
        print(f"{path.relative_to(ROOT)!s:48} {killed[path]:5} of {number:5} killed")
        area = rows[str(path.relative_to(ROOT).parent)]
        area[0] += killed[path]
        area[1] += number
    for area_name, (dead, number) in rows.items():
        print(f"{area_name}: {dead} of {number} killed, {dead / number:.1%}")
    return int(any(10 * dead < 9 * number for dead, number in rows.values()))


def _run(cases: Sequence[Case], at_once: int) -> Iterator[tuple[Case, bool]]:
    """Each case in a process of its own, so many at a time; true where a test failed or the time was up."""
    running: dict[int, tuple[Case, float]] = {}
    waiting = list(reversed(cases))
    while waiting or running:
        while waiting and len(running) < at_once:
            case = waiting.pop()
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                _child(case)
            running[child] = (case, time.monotonic())
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended in running:
            case, _ = running.pop(ended)
            yield case, os.waitstatus_to_exitcode(status) != 0
            continue
        for child, (_, began) in running.items():
            if time.monotonic() - began > SECONDS_AT_MOST:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        time.sleep(0.02)


def _child(case: Case) -> None:
    """Run the tests on the mutant, and be gone: 0 where it survived."""
    code = _FAILED
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS_AT_MOST, PROCESSOR_SECONDS_AT_MOST))
            sys.meta_path.insert(0, _Finder(case))
            code = _tested(case.path)
    finally:
        os._exit(code)


def _tested(path: Path) -> int:
    import pytest

    area, stages = next((area, stages) for area, stages in TESTS.items() if path.is_relative_to(ROOT / area))
    nearest = ROOT / "tests/unit" / Path(area).name / f"test_{path.stem}.py"
    for tests in ([(str(nearest),)] if nearest.exists() else []) + [*stages]:
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", _REWRITING, *tests]))
        if code != 0:
            return code
    return 0


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutant in the module's place."""

    def __init__(self, case: Case) -> None:
        self._name = ".".join(case.path.relative_to(ROOT).with_suffix("").parts)
        self._path, self._tree = case.path, case.mutant.tree

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Ours, for that module alone."""
        if fullname != self._name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self._path))

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the changed code."""
        module.__file__ = str(self._path)
        exec(compile(ast.unparse(self._tree), str(self._path), "exec"), module.__dict__)  # noqa: S102 - that is it


if __name__ == "__main__":
    sys.exit(main())
