"""The check of the GitHub workflows finds what is planted, and nothing in ours."""

import re
import shutil
from pathlib import Path

import pytest

from tools import workflows

OURS = workflows.ROOT / ".github"
CHECKOUT = "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"


def test_our_workflows_are_sound() -> None:
    """Every workflow keeps to its schema, and nothing unsafe is found in it."""
    assert workflows.faults() == []


def test_every_action_is_pinned() -> None:
    """What runs is named by its commit, with the version beside it for people."""
    for path in sorted((OURS / "workflows").glob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "./" not in line:
                assert re.fullmatch(r"\s*(- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), (
                    f"{path.name}: {line}"
                )


@pytest.mark.parametrize(
    ("name", "planted", "instead", "word"),
    [
        ("ci.yml", CHECKOUT, "uses: actions/checkout@v4", "unpinned-uses"),
        ("ci.yml", "runs-on:", "runs-om:", "runs-om"),
        ("ci.yml", "run: .ci/run", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        ("ci.yml", "pull_request:", "pull_request_target:", "dangerous-triggers"),
    ],
    ids=[
        "an action that is not pinned",
        "a misspelt key",
        "a title run as a command",
        "a stranger's code with our rights",
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, name: str, planted: str, instead: str, word: str) -> None:
    """Each fault is refused by its name."""
    folder = tmp_path / ".github"
    shutil.copytree(OURS, folder)
    file = folder / "workflows" / name
    text = file.read_text(encoding="utf-8")
    assert planted in text
    file.write_text(text.replace(planted, instead, 1), encoding="utf-8")
    found = "\n".join(workflows.faults(folder))
    assert word in found
