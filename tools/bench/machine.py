"""What the figures were measured on: facts of the machine, and nothing that names it."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("azure-functions-runtime", "azure-data-tables", "azure-storage-blob", "azure-storage-queue")


def facts() -> list[tuple[str, str]]:
    """Names and values, for a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[1]
    return [
        ("measured on", datetime.now(UTC).date().isoformat()),
        ("cores", str(os.cpu_count())),
        ("processor", _processor()),
        ("memory", f"{memory:.0f} GiB"),
        ("system", platform.system()),
        ("Python", platform.python_version()),
        ("load at the end (5 min)", f"{busy:.1f}"),
        *((name, version(name)) for name in _LIBRARIES),
    ]


def _processor() -> str:
    """The kernel's word for it, where it has one."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
