"""The finished package of the app: only the app, compiled so that it counts in Azure, the same for the same content."""

import importlib.util
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from tools import deployment_package
from tools.deployment_package import SOURCES, compile_all, copy_sources, pack

UNCHECKED_HASH = 0b01


def test_only_the_app_is_copied(tmp_path: Path) -> None:
    """What is deployed is the app's own files: no test, no tool, no catalogue's source, nobody's cache."""
    copy_sources(tmp_path / "package")
    names = {path.relative_to(tmp_path / "package").as_posix() for path in (tmp_path / "package").rglob("*")}
    assert {name.partition("/")[0] for name in names} == set(SOURCES)
    assert "shared/locale/pl/LC_MESSAGES/messages.mo" in names
    assert not [name for name in names if name.endswith((".po", ".pyc", ".md"))]


def test_compiled_by_hash_and_unchecked(tmp_path: Path) -> None:
    """A compiled module is taken without a look at its source, whatever time its file has, and names Azure's paths."""
    folder = tmp_path / "package"
    (folder / "functions").mkdir(parents=True)
    source = folder / "functions" / "one.py"
    source.write_text("VALUE = 1\n", encoding="utf-8")
    compile_all(folder)
    compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
    assert compiled[:4] == importlib.util.MAGIC_NUMBER
    assert struct.unpack("<I", compiled[4:8])[0] == UNCHECKED_HASH
    assert b"/home/site/wwwroot/functions/one.py" in compiled
    assert str(tmp_path).encode() not in compiled


def test_a_module_that_cannot_be_compiled_ends_it(tmp_path: Path) -> None:
    """A package is not made of code that the app's Python cannot read."""
    (tmp_path / "one.py").write_text("def\n", encoding="utf-8")
    with pytest.raises(deployment_package.PackageError):
        compile_all(tmp_path)


def test_packed_the_same_twice(tmp_path: Path) -> None:
    """The same content gives the same bytes, whenever it is packed."""
    folder = tmp_path / "package"
    (folder / ".python_packages").mkdir(parents=True)
    (folder / "host.json").write_text("{}", encoding="utf-8")
    (folder / ".python_packages" / "one.py").write_text("", encoding="utf-8")
    pack(folder, tmp_path / "first.zip")
    (folder / "host.json").touch()
    pack(folder, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "first.zip") as packed:
        assert packed.namelist() == [".python_packages/one.py", "host.json"]


def test_another_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled by another Python than the app's the package would be slower than none."""
    monkeypatch.setattr(sys, "version_info", (3, 12, 0))
    with pytest.raises(deployment_package.PackageError, match=r"3\.13"):
        deployment_package.main()
