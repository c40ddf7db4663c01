"""Set-up decisions: which Python, which uv, what is already done."""

import ast
import sys
from pathlib import Path

import pytest

from tools import bootstrap


def script(path: Path, *lines: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_set_up_is_written_for_an_old_python() -> None:
    """The file parses under the grammar of Python 3.9, the oldest it promises to start from."""
    text = Path(bootstrap.__file__).read_text(encoding="utf-8")
    assert ast.parse(text, feature_version=(3, 9))
    with pytest.raises(SyntaxError):
        ast.parse("match 1:\n    case 1: pass\n", feature_version=(3, 9))


def test_a_shim_that_fails_is_not_a_python(tmp_path: Path) -> None:
    """A python3.13 that is found and only prints an error is passed over."""
    shim = script(tmp_path / "python3.13", "echo 'command not found' >&2", "exit 127")
    assert bootstrap.really_runs(str(shim)) is None


def test_another_version_is_not_the_python_wanted(tmp_path: Path) -> None:
    """An interpreter that answers with another version, or is another implementation, is passed over."""
    older = script(tmp_path / "older", "echo cpython 3 12", f"echo {sys.executable}")
    other = script(tmp_path / "other", "echo pypy 3 13", f"echo {sys.executable}")
    assert bootstrap.really_runs(str(older)) is None
    assert bootstrap.really_runs(str(other)) is None


def test_the_interpreter_behind_a_candidate_is_returned() -> None:
    """A candidate that runs is answered with the interpreter's own path."""
    assert bootstrap.really_runs(sys.executable) == sys.executable


def test_pyenvs_folder_is_searched_after_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a failing shim on PATH, the interpreter in pyenv's versions folder is found."""
    script(tmp_path / "shims" / "python3.13", "exit 127")
    script(tmp_path / "versions" / "3.13.9" / "bin" / "python3.13", "echo cpython 3 13", "echo /found/python3.13")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert bootstrap.find_python() == "/found/python3.13"


def test_the_newest_patch_of_pyenv_is_taken(tmp_path: Path) -> None:
    """Versions are compared as numbers: 3.13.10 comes before 3.13.9."""
    paths = [tmp_path / version / "bin" / "python3.13" for version in ("3.13.9", "3.13.10", "3.13.0")]
    assert [path.parts[-3] for path in bootstrap.newest_first(paths)] == ["3.13.10", "3.13.9", "3.13.0"]


def test_pyenv_is_found_beside_its_shims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the shims on PATH, pyenv's folder is known although neither PYENV_ROOT nor HOME names it."""
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setenv("HOME", "/nowhere")
    assert bootstrap.pyenv_roots([tmp_path / "pyenv" / "shims"])[0] == tmp_path / "pyenv"


def test_no_python_ends_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any 3.13 and without a download, the set-up ends with one clear sentence."""
    uv = script(tmp_path / "uv", '[ "$1" = --version ] && echo uv 99.0.0 && exit 0', "exit 1")
    monkeypatch.setattr(bootstrap, "find_python", lambda: None)
    monkeypatch.setattr(bootstrap, "find_uv", lambda: str(uv))
    with pytest.raises(bootstrap.SetUpError, match=r"Python 3\.13 is needed .*install it"):
        bootstrap.make_environment()


def test_an_old_uv_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A uv too old for the lock file is as good as none; a new one on PATH is used."""
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path / "no-tools")
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path / "uv", "echo uv 0.2.0 '(abc 2024-01-01)'")
    assert bootstrap.find_uv() is None
    script(tmp_path / "uv", "echo uv 99.1.0 '(abc 2030-01-01)'")
    assert bootstrap.find_uv() == str(tmp_path / "uv")


def test_a_stamp_holds_for_its_inputs_only(tmp_path: Path) -> None:
    """A folder counts as complete while its inputs are the same, and no longer when they changed or are unreadable."""
    assert not bootstrap.is_stamped(tmp_path, {"lock": "1"})
    bootstrap.stamp(tmp_path, {"lock": "1"})
    assert bootstrap.is_stamped(tmp_path, {"lock": "1"})
    assert not bootstrap.is_stamped(tmp_path, {"lock": "2"})
    (tmp_path / ".set-up.json").write_text("{", encoding="utf-8")
    assert not bootstrap.is_stamped(tmp_path, {"lock": "1"})


def test_an_environment_whose_python_is_gone_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stamp does not help an environment whose interpreter was removed."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    bootstrap.stamp(tmp_path, {"lock": "1"})
    assert not bootstrap.is_stamped(tmp_path, {"lock": "1"})
    script(tmp_path / "bin" / "python")
    assert bootstrap.is_stamped(tmp_path, {"lock": "1"})


@pytest.mark.parametrize(("text", "numbers"), [("0.13.9", (0, 13)), ("20.20.2\n", (20, 20)), ("nonsense", ())])
def test_versions_are_read(text: str, numbers: tuple[int, ...]) -> None:
    """The two leading numbers of a version are compared as numbers."""
    assert bootstrap.version_of(text) == numbers


def test_certificates_of_the_machine_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both uv and Node are told to trust the machine's authorities, and another virtual environment is forgotten."""
    monkeypatch.setenv("VIRTUAL_ENV", "/another")
    environment = bootstrap.child_environment()
    assert (environment["UV_SYSTEM_CERTS"], environment["NODE_USE_SYSTEM_CA"]) == ("1", "1")
    assert "VIRTUAL_ENV" not in environment
