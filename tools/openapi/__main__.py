"""Writes everything that is drawn from the API's description, or checks that it is in step: `--check`."""

import json
import subprocess
import sys
from pathlib import Path

from tools.openapi.client_calls import call_module, class_name
from tools.openapi.client_types import NOTE, PACKAGE, homes, shape_modules
from tools.openapi.document import build
from tools.openapi.http_file import http_file
from tools.openapi.registry import SUBJECTS

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "shared" / "openapi" / "openapi.json"
HTTP_FILE = ROOT / "docs" / "api.http"
CLIENT = ROOT / "tools" / "client"


def drawn() -> dict[Path, str]:
    """The text of every drawn file."""
    document = build()
    schemas = document["components"]["schemas"]
    home = homes(schemas)
    found = {
        DOCUMENT: json.dumps(document, indent=1, ensure_ascii=False) + "\n",
        HTTP_FILE: http_file(document),
        CLIENT / "client.py": _formatted(_client()),
        CLIENT / "shapes" / "__init__.py": f'"""What requests and answers look like. {NOTE}"""\n',
        CLIENT / "calls" / "__init__.py": f'"""What can be asked. {NOTE}"""\n',
    }
    for module, source in shape_modules(schemas).items():
        found[CLIENT / "shapes" / f"{module}.py"] = _formatted(source)
    for subject, operations in SUBJECTS.items():
        source = call_module(subject, tuple(operations), document, home)
        found[CLIENT / "calls" / f"{subject}.py"] = _formatted(source)
    return found


def _client() -> str:
    lines = [f'"""The client: a method for each operation of the API. {NOTE}"""', ""]
    lines += [f"from {PACKAGE}.calls.{subject} import {class_name(subject)}" for subject in sorted(SUBJECTS)]
    bases = ", ".join(class_name(subject) for subject in sorted(SUBJECTS))
    words = "Every operation of the API; `http` knows the site's address, and who is signed in."
    return "\n".join([*lines, "", "", f"class Client({bases}):", f'    """{words}"""', ""])


def _formatted(source: str) -> str:
    for arguments in (["check", "--quiet", "--select=I", "--fix"], ["format", "--quiet"]):
        program = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename=tools/client/drawn.py", "-"]
        done = subprocess.run(program, input=source, capture_output=True, text=True, check=True, cwd=ROOT)
        source = done.stdout
    return source


def out_of_step() -> list[str]:
    """The drawn files that are not as they would be drawn now, and those that nobody draws any more."""
    wanted = drawn()
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    return [path.relative_to(ROOT).as_posix() for path in (*changed, *_left_over(wanted))]


def _left_over(wanted: dict[Path, str]) -> list[Path]:
    folders = (CLIENT / "shapes", CLIENT / "calls")
    return [path for folder in folders for path in sorted(folder.glob("*.py")) if path not in wanted]


def write() -> None:
    """Write every drawn file, and remove those that nobody draws any more."""
    wanted = drawn()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in _left_over(wanted):
        path.unlink()


def main(arguments: list[str]) -> int:
    """Write, or check; return the exit code."""
    if arguments == ["--check"]:
        found = out_of_step()
        print("\n".join(f"{path} is not in step: run `make openapi`" for path in found) or "All in step.")
        return 1 if found else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
