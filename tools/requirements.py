"""Keep requirements.txt, which Azure installs, in step with uv.lock: `python -m tools.requirements check`."""

import subprocess
import sys
from pathlib import Path

from tools.bootstrap import child_environment, find_uv

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements.txt"
HEADER = (
    "# What Azure installs: the libraries of uv.lock that the deployed app needs, pinned by version and hash.\n"
    "# Written by `make requirements`, checked by `make check`; never edited by hand.\n"
)


class UvError(Exception):
    """uv is missing or refused; the message holds what it said."""


def uv(*arguments: str) -> str:
    """Run uv in the project's root and return what it prints."""
    program = find_uv()
    if program is None:
        raise UvError("uv is missing: run `make setup`.")
    done = subprocess.run(
        [program, *arguments], cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UvError(done.stderr.strip())
    return done.stdout


def exported() -> str:
    """Return the text requirements.txt must have: hashed, so that what is deployed is what was tested."""
    flags = ("--no-dev", "--no-emit-project", "--no-annotate", "--no-header", "--no-emit-index-url")
    return HEADER + uv("export", "--quiet", "--frozen", "--format", "requirements.txt", *flags)


def faults() -> list[str]:
    """Return what is out of step, as sentences; nothing when all is well."""
    found = []
    try:
        uv("lock", "--check", "--offline", "--quiet")
    except UvError as problem:
        found.append(f"uv.lock does not fit pyproject.toml, run `make lock`: {problem}")
    if not REQUIREMENTS.exists() or REQUIREMENTS.read_text(encoding="utf-8") != exported():
        found.append("requirements.txt does not fit uv.lock: run `make requirements`.")
    return found


def main(arguments: list[str]) -> int:
    """Write, check, or lock and write; return the exit code."""
    match arguments:
        case ["check"]:
            found = faults()
            print("\n".join(found) or "requirements.txt, uv.lock and pyproject.toml are in step.")
            return 1 if found else 0
        case ["write"] | ["lock"]:
            if arguments == ["lock"]:
                uv("lock", "--upgrade")
            REQUIREMENTS.write_text(exported(), encoding="utf-8")
            return 0
    print("python -m tools.requirements check|write|lock")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UvError as problem:
        sys.exit(f"requirements: {problem}")
