"""Check the infrastructure: `make infra`, or `python -m tools.bicep`."""

import sys
import time
from pathlib import Path

from tools.bicep.checking import language_faults, project_faults, read_folder

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Print what is wrong; the exit code is 1 where anything is."""
    began = time.monotonic()
    files = read_folder(ROOT / "infra", root=ROOT)
    found = language_faults(files) or project_faults(files, ROOT)
    for fault in found:
        print(fault)
    made = sum(len(file.resources) for file in files.values())
    print(f"{len(files)} Bicep files, {made} resources, {len(found)} faults, {time.monotonic() - began:.1f} s.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
