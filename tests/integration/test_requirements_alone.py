"""What Azure installs is enough: the app in an environment made from requirements.txt and nothing else."""

import ast
import json
import subprocess
import sys

import pytest

from tests.architecture.source import PRODUCT, ROOT, modules
from tools.bootstrap import child_environment, find_uv

OWN = ("functions", "shared")
IMPORTABLE = """
import importlib.util, json, sys
def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
print(json.dumps([name for name in json.load(sys.stdin) if not is_there(name)]))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of an environment made from requirements.txt, every hash verified."""
    uv = find_uv()
    assert uv is not None, "run `make setup`"
    folder = tmp_path_factory.mktemp("azure") / "venv"
    python = folder / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(python), "-r", "requirements.txt"],
    ):
        done = subprocess.run(command, cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return str(python)


def missing(python: str, names: list[str]) -> list[str]:
    """Those of the module names that the environment cannot import."""
    done = subprocess.run(
        [python, "-I", "-c", IMPORTABLE], input=json.dumps(names), capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


def imported_modules() -> list[str]:
    """Every module of others that the product imports anywhere, also inside functions."""
    found = set()
    for module in modules(*PRODUCT):
        for node, name in module.imports():
            package = name if isinstance(node, ast.Import) else name.rpartition(".")[0]
            if package and not name.startswith(".") and package.split(".")[0] not in OWN:
                found.add(package if package.startswith("azure.") else package.split(".")[0])
    return sorted(found)


def test_every_library_the_product_imports_is_installed(python: str) -> None:
    """Each import in functions and shared, the late ones too, finds its library among the requirements."""
    names = imported_modules()
    assert len(names) > 5
    assert missing(python, names) == []


def test_development_tools_are_not_installed(python: str) -> None:
    """The environment is really apart from the development one: pytest is not in it."""
    assert missing(python, ["pytest", "azure_functions_runtime", "uvicorn"]) == [
        "pytest",
        "azure_functions_runtime",
        "uvicorn",
    ]


def test_the_app_is_indexed(python: str) -> None:
    """The app can be imported there, without any setting, and has functions."""
    program = "import sys; sys.path.insert(0, '.'); import function_app; print(len(function_app.app.get_functions()))"
    done = subprocess.run([python, "-I", "-c", program], cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
