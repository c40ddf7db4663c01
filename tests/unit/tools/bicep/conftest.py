"""A copy of the infrastructure in which faults can be planted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.bicep.checking import language_faults, project_faults, read_folder
from tools.bicep.code_facts import CodeFacts, code_facts
from tools.bicep.faults import Fault

ROOT = Path(__file__).parents[4]
Plant = Callable[[str, str, str], list[Fault]]


@pytest.fixture(scope="session")
def code() -> CodeFacts:
    """What this working copy's code asks for."""
    return code_facts(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with all that the checker looks at."""
    for folder in ("infra", "tools/azd"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("azure.yaml", "local.settings.example.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def faults_of(root: Path, code: CodeFacts) -> list[Fault]:
    """What `make infra` would say of a folder."""
    files = read_folder(root / "infra", root=root)
    return language_faults(files) or project_faults(files, root, code)


@pytest.fixture
def plant(copy: Path, code: CodeFacts) -> Plant:
    """Replace some text in a file of the copy, once, and say what the checker finds."""

    def planted(name: str, old: str, new: str) -> list[Fault]:
        path = copy / name
        written = path.read_text(encoding="utf-8")
        assert old in written, f"{name} does not hold {old!r}: the fault cannot be planted"
        path.write_text(written.replace(old, new, 1), encoding="utf-8")
        return faults_of(copy, code)

    return planted
