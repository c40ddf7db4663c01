"""The state diagram in the docs is the transition table's."""

import re
from pathlib import Path

import pytest

from shared.domain.claim import Status
from shared.domain.claim_states import TRANSITIONS
from tools import state_diagram
from tools.state_diagram import DIAGRAM, document, main, mermaid, table

ARROWS_OF_THE_PROCESS = {
    "[*]": {"Draft", "Submitted", "Approved"},
    "Draft": {"Submitted", "[*]"},
    "Submitted": {"PendingCustomer", "UnderReview", "Rejected", "Withdrawn"},
    "UnderReview": {"PendingCustomer", "ActionRequired", "Rejected", "Withdrawn"},
    "ActionRequired": {"Submitted", "Rejected", "Withdrawn"},
    "PendingCustomer": {"OptedOut", "Approved", "ActionRequired", "Withdrawn"},
    "Approved": {"Ended"},
    "Rejected": {"UnderReview"},
    "OptedOut": {"[*]"},
    "Withdrawn": {"[*]"},
    "Ended": {"[*]"},
}


def test_the_committed_diagram_is_in_step() -> None:
    """docs/state-diagram.md is what the table draws now; `make diagrams` writes it again."""
    assert DIAGRAM.read_text(encoding="utf-8") == document()


def test_the_arrows_are_those_of_the_process() -> None:
    """Between any two states there is an arrow exactly where PROCESS.md's state table has a way out."""
    drawn: dict[str, set[str]] = {}
    for source, target in re.findall(r"^ {4}(\S+) --> ([^\s:]+)", mermaid(), flags=re.MULTILINE):
        drawn.setdefault(source, set()).add(target)
    assert drawn == ARROWS_OF_THE_PROCESS


def test_labels_break_no_diagram() -> None:
    """A label holds no colon, semicolon or line break, which would end it."""
    labels = [line.split(": ", 1)[1] for line in mermaid().splitlines() if ": " in line]
    assert labels
    assert not [label for label in labels if set(label) & set(":;\n")]


def test_the_table_lists_every_rule() -> None:
    """There is one row for each rule of each state and event, and the final states are named."""
    rules = sum(len(rules) for events in TRANSITIONS.values() for rules in events.values())
    rows = [line for line in table().splitlines() if line.startswith("|")]
    assert len(rows) == rules + 2  # the head and the line below it
    for status in (Status.OPTED_OUT, Status.WITHDRAWN, Status.ENDED):
        assert status.value in table().splitlines()[-1]


def test_check_tells_whether_the_file_is_in_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing or changed file is told by the exit code, and only a run without --check writes."""
    monkeypatch.setattr(state_diagram, "DIAGRAM", tmp_path / "docs" / "diagram.md")
    assert main(["--check"]) == 1
    assert not (tmp_path / "docs").exists()
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "docs" / "diagram.md").write_text("changed by hand", encoding="utf-8")
    assert main(["--check"]) == 1
