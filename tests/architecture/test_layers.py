"""The import contracts of pyproject.toml find a planted breach."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder, without its cache."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product to plant breaches in."""
    folder = tmp_path_factory.mktemp("product")
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(
    ("path", "text", "contract"),
    [
        ("shared/domain/planted.py", "import shared.usecases", "Inside shared, imports point one way BROKEN"),
        (
            "shared/usecases/planted.py",
            "import functions",
            "Functions stand on shared, never the other way round BROKEN",
        ),
        ("shared/domain/planted.py", "import aiohttp", "The domain is pure, use cases know no service BROKEN"),
        ("shared/planted.py", "", "Inside shared, imports point one way BROKEN"),
    ],
    ids=["upwards", "to-the-triggers", "to-a-service", "a-module-in-no-layer"],
)
def test_planted_import_breaks_its_contract(copy: Path, path: str, text: str, contract: str) -> None:
    """An import against the layers, or a module outside them, breaks the contract that forbids it."""
    planted = copy / path
    planted.write_text(f'"""Planted."""\n\n{text}\n', encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        planted.unlink()
    assert done.returncode != 0
    assert contract in " ".join(done.stdout.split()), done.stdout
