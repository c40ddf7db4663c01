"""What the process that serves a 25 MB proof needs at its peak, beyond what it needs without one."""

import asyncio
import os
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.ground import KIB, Ground, ground

LIMIT = 3.0
SIZE = 25 * KIB * KIB
_PEAK, _NOW = "VmHWM", "VmRSS"


async def measure() -> list[Figure]:
    """Submit a small proof first, so that libraries are loaded; then the largest that is taken, and verify it."""
    async with ground() as where:
        small, large = await where.buyers(2)
        await where.submit(small, small.proof())
        await where.quiet(delayed=False)
        proof = await asyncio.to_thread(large.proof, SIZE)
        _reset(where)
        before = _memory(where, _NOW)
        await where.submit(large, proof)
        await where.quiet(delayed=False)
        peak = _memory(where, _PEAK) - before
    return [
        Figure(
            name="proof-memory",
            work="peak memory of filing and checking a proof of 25 MB",
            measured=f"{peak / KIB / KIB:.0f} MiB above the {before / KIB / KIB:.0f} MiB of the idle process",
            reference=f"{SIZE / KIB / KIB:.0f} MiB, the file; the local host's own copy of the request is in it",
            ratio=peak / SIZE,
            limit=LIMIT,
        )
    ]


def _process(where: Ground) -> Path:
    """Where the kernel tells about the host's process: the one that listens on the product's port."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"tools.host" in words and str(where.product.port).encode() in words:
                return folder
    raise RuntimeError("the host's process cannot be looked at here: Linux is needed")


def _memory(where: Ground, name: str) -> int:
    """Bytes of one of the kernel's figures."""
    for line in (_process(where) / "status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * KIB
    raise RuntimeError(f"no {name}")


def _reset(where: Ground) -> None:
    """Have the peak begin anew."""
    (_process(where) / "clear_refs").write_text("5", encoding="ascii")
