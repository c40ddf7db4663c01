"""checkov's answer is read, not its exit code."""

from typing import Any

import pytest

from tools.bicep.scan import ACCEPTED, scan_faults


def report(*found: str, parsing: int = 0, resources: int = 9) -> dict[str, Any]:
    """An answer with these findings."""
    failed = [
        {"check_id": name, "check_name": "Ensure", "resource": "one", "file_path": "/storage.bicep"} for name in found
    ]
    return {"summary": {"parsing_errors": parsing, "resource_count": resources}, "results": {"failed_checks": failed}}


def test_accepted_findings_pass() -> None:
    """Every finding that has a reason: nothing is said, in either form of the answer."""
    assert list(scan_faults(report(*ACCEPTED))) == []
    assert list(scan_faults([report(*ACCEPTED)])) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (report(*ACCEPTED, parsing=1), "1 files could not be parsed"),
        (report(*ACCEPTED, resources=0), "looked at nothing"),
        ({"passed": 0}, "looked at nothing"),
        (report(*ACCEPTED, "CKV_AZURE_3"), "CKV_AZURE_3"),
        (report(*list(ACCEPTED)[1:]), "not found any more"),
    ],
)
def test_anything_else_fails(answer: Any, words: str) -> None:
    """Files that could not be parsed, nothing looked at, a new finding, an idle reason: each is a sentence."""
    found = list(scan_faults(answer))
    assert len(found) == 1
    assert words in found[0]
