"""Check the GitHub workflows: `python -m tools.workflows`.

They are held to their published schemas, and zizmor looks for what is unsafe. Nothing is fetched: the schemas come
with check-jsonschema, and zizmor looks at the files alone.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


def faults(folder: Path = ROOT / ".github") -> list[str]:
    """What is wrong with the workflows and the update settings in the folder, a report per checker; nothing if fine."""
    workflows = sorted(str(path) for path in (folder / "workflows").glob("*.yml"))
    commands = [
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.dependabot", str(folder / "dependabot.yml")],
        ["zizmor", "--offline", "--no-progress", "--color=never", str(folder)],
    ]
    return [report for command in commands if (report := _refusal(command))]


def _refusal(command: list[str]) -> str:
    """What the checker says where it is not content, else nothing."""
    done = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else f"{command[0]} (exit code {done.returncode}):\n{done.stdout}{done.stderr}"


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    found = faults()
    print("\n".join(found) or "The workflows are sound.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
