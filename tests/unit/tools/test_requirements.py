"""The check that requirements.txt, uv.lock and pyproject.toml are in step."""

from pathlib import Path

import pytest

from tools import requirements


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A requirements file to compare, with uv answering for a lock file of one library."""
    path = tmp_path / "requirements.txt"
    monkeypatch.setattr(requirements, "REQUIREMENTS", path)
    monkeypatch.setattr(requirements, "uv", lambda *_: "idna==3.20\n")
    path.write_text(requirements.exported(), encoding="utf-8")
    return path


def test_in_step_is_no_fault(file: Path) -> None:
    """A file as uv exports it is accepted."""
    assert file.exists()
    assert requirements.faults() == []


@pytest.mark.parametrize("planted", [None, "", "idna==3.19\n"])
def test_out_of_step_is_a_fault(file: Path, planted: str | None) -> None:
    """A missing, empty or different file is a fault that says what to run."""
    if planted is None:
        file.unlink()
    else:
        file.write_text(planted, encoding="utf-8")
    assert requirements.faults() == ["requirements.txt does not fit uv.lock: run `make requirements`."]


def test_a_lock_that_does_not_fit_is_a_fault(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When uv refuses the lock file, the check passes on why."""

    def refuse(command: str, *_: str) -> str:
        if command == "lock":
            raise requirements.UvError("the lock file needs to be updated")
        return "idna==3.20\n"

    monkeypatch.setattr(requirements, "uv", refuse)
    assert file.exists()
    (fault,) = requirements.faults()
    assert "uv.lock does not fit pyproject.toml, run `make lock`" in fault
    assert "needs to be updated" in fault
