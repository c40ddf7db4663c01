"""docs/threat-model.md names tests that are there."""

import re
from pathlib import Path

from tests.faults.flows import FLOWS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)(?:\[([\w-]+)-[\w*]+\])?`", PAGE)


def test_every_test_that_is_named_is_there() -> None:
    """Each named test is defined in its file, and each named flow is one of the fault suite's."""
    assert len(NAMED) >= 9
    for file, name, flow in NAMED:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"
        assert not flow or flow in FLOWS, flow


def test_every_suite_that_is_named_is_there() -> None:
    """A path of a test, or a test's file alone, leads somewhere."""
    files = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    for named in re.findall(r"`((?:tests/[\w/]+|test_\w+)(?:\.py)?)`", PAGE):
        assert (ROOT / named).exists() or named in files, named
