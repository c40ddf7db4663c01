"""What the app's process needs at its peak for a 25 MB proof, beyond what it needs without one.

The functions are called as the platform's worker calls them, in a process of their own. The local host would be one
process with the app, whose own copies of the request are none of the app's.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.ground import KIB, Buyer, Ground, ground
from tools.bench.proof_worker import BOUNDARY
from tools.embedded import ROOT
from tools.host.personas import PERSONAS

LIMIT = 3.0
SIZE = 25 * KIB * KIB
MIB = KIB * KIB
WORKERS = ("verify_claim", "carry_out_effects")
"""The process that is measured does the checks; the host only prepares the ground."""


async def measure() -> list[Figure]:
    """File and check a small proof, so that libraries are loaded; then the largest that is taken."""
    async with ground(without=WORKERS) as where:
        small, large = await where.buyers(2)
        found = await asyncio.to_thread(_worked, where, small, large)
    return [
        Figure(
            name="proof-memory",
            work="peak memory of the app's process, filing and checking a proof of 25 MB, the request's body included",
            measured=f"{found['peak'] / MIB:.0f} MiB above the {found['idle'] / MIB:.0f} MiB of the idle process",
            reference=f"{SIZE / MIB:.0f} MiB, the file",
            ratio=found["peak"] / SIZE,
            limit=LIMIT,
        )
    ]


def _worked(where: Ground, small: Buyer, large: Buyer) -> dict[str, int]:
    """What the process says of itself."""
    with tempfile.TemporaryDirectory(prefix="bench-proof-") as name:
        folder = Path(name)
        (folder / "headers").write_text(json.dumps(PERSONAS["contoso"].headers()), encoding="utf-8")
        (folder / "small").write_bytes(_body(small, small.proof()))
        (folder / "large").write_bytes(_body(large, large.proof(SIZE)))
        done = subprocess.run(
            [sys.executable, "-m", "tools.bench.proof_worker", *(str(folder / one) for one in _FILES)],
            cwd=ROOT,
            env={**os.environ, **where.product.environment},
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


_FILES = ("headers", "small", "large")


def _body(buyer: Buyer, proof: bytes) -> bytes:
    """A request's body as a client sends it."""
    edge, form = f"--{BOUNDARY}\r\n", "Content-Disposition: form-data; name"
    claim = f'{edge}{form}="claim"\r\nContent-Type: application/json\r\n\r\n{json.dumps(buyer.claim())}\r\n'
    file = f'{edge}{form}="proof"; filename="proof.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return b"".join((claim.encode(), file.encode(), proof, f"\r\n--{BOUNDARY}--\r\n".encode()))
