"""A finished package of the app: its libraries for Linux, and everything compiled. `make package`.

Azure can build the app itself, but compiles nothing of it then, and with the wrong Python where the remote builder is
behind. This package needs no building: compiled by the Python that the app runs on, with the source's hash instead of
its time, for times do not survive the way (INFRA.md, Facts).
"""

import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from tools.bootstrap import TOOLS, child_environment, find_uv

ROOT = Path(__file__).parents[1]
FOLDER = TOOLS / "package"
PACKAGE = TOOLS / "app.zip"
SOURCES = ("function_app.py", "host.json", "functions", "shared")
LIBRARIES = Path(".python_packages") / "lib" / "site-packages"
_THERE = "/home/site/wwwroot"
_LEFT_OUT = ("__pycache__", "*.po", "*.pot", "*.md")
_SAME_TIME = (2020, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """The package could not be made; the message says why."""


def make_package(folder: Path = FOLDER, package: Path = PACKAGE) -> Path:
    """Make the package anew: copy, install, compile, pack. PackageError."""
    shutil.rmtree(folder, ignore_errors=True)
    copy_sources(folder)
    install_libraries(folder / LIBRARIES)
    compile_all(folder)
    pack(folder, package)
    return package


def copy_sources(folder: Path) -> None:
    """Copy what the app is made of, and nothing else of the repository."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        else:
            shutil.copy(source, folder / name)


def install_libraries(folder: Path) -> None:
    """Install requirements.txt, by hash, as for the machine in Azure. PackageError."""
    uv = find_uv() or shutil.which("uv")
    if uv is None:
        raise PackageError("uv is missing: run `make setup`.")
    command = [uv, "pip", "install", "--quiet", "--target", str(folder), "--python", sys.executable]
    command += ["--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13"]
    command += ["--require-hashes", "--requirements", str(ROOT / "requirements.txt")]
    if subprocess.run(command, env=child_environment(), check=False).returncode != 0:
        raise PackageError("The libraries could not be installed: see above.")


def compile_all(folder: Path) -> None:
    """Compile every module; the paths in it are those in Azure. PackageError."""
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", _THERE, str(folder)]
    if subprocess.run(command, check=False).returncode != 0:
        raise PackageError("A module could not be compiled: see above.")


def pack(folder: Path, package: Path) -> None:
    """Put the folder into a zip file that is the same for the same content."""
    package.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), date_time=_SAME_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())


def main() -> None:
    """Make the package and say where it is."""
    if sys.version_info[:2] != (3, 13):
        raise PackageError("The app runs on Python 3.13: run `make package`.")
    began = time.monotonic()
    package = make_package()
    size = package.stat().st_size / 2**20
    print(f"{package.relative_to(ROOT)}: {size:.0f} MiB, made in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    try:
        main()
    except PackageError as error:
        sys.exit(str(error))
