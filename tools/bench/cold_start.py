"""What a cold start pays for: importing the app, against importing the libraries that it cannot do without."""

import asyncio
import subprocess
import sys

from tools.bench.figure import Figure, median, milliseconds
from tools.embedded import ROOT

LIMIT = 1.25
ROUNDS = 5
SDKS = (
    *("azure.functions", "azure.core.pipeline.transport", "azure.data.tables.aio"),
    *("azure.storage.blob.aio", "azure.storage.queue.aio", "aiohttp", "werkzeug.http", "itsdangerous"),
    *("pydantic.main", "pydantic.fields", "pydantic.types", "pydantic.functional_validators", "pydantic.type_adapter"),
)
"""What the app is made of; the mail's, the PDF's and the templates' libraries are not needed to start."""
HEAVY = ("pypdf", "docx", "reportlab", "PIL", "lxml", "holidays", "babel", "jinja2", "email_validator")
HEAVY_SDKS = ("azure.communication.email", "azure.identity", "azure.monitor.opentelemetry", "opentelemetry")
_TIMED = "import time; began = time.process_time(); {work}; print(time.process_time() - began)"
"""Processor time: neighbours on the machine do not lengthen it."""
_LOADED = "import function_app, sys; print(' '.join(sorted(sys.modules)))"


async def measure() -> list[Figure]:
    """The middle of several starts of each kind, taken in turns; every process is a fresh one."""
    app, sdks = "import function_app", "; ".join(f"import {name}" for name in SDKS)
    ready = f"{app}; from shared.wiring import composition"
    times: dict[str, list[float]] = {app: [], ready: [], sdks: []}
    for turn in range(ROUNDS + 1):
        for work, found in times.items():
            seconds = float(await asyncio.to_thread(_said, _TIMED.format(work=work)))
            if turn:  # the first one warms the disk's cache
                found.append(seconds)
    loaded = set((await asyncio.to_thread(_said, _LOADED)).split())
    heavy = [name for name in (*HEAVY, *HEAVY_SDKS) if name in loaded]
    mine, whole, theirs = (median(times[work]) for work in (app, ready, sdks))
    return [
        Figure(
            name="cold-start",
            work="import of function_app, processor time",
            measured=f"{milliseconds(mine)}; {milliseconds(whole)} with what the first request loads for storage",
            reference=f"{milliseconds(theirs)} for importing its libraries alone",
            ratio=mine / theirs,
            limit=LIMIT,
        ),
        Figure(
            name="cold-start-heavy",
            work="heavy libraries loaded before their first use",
            measured=", ".join(heavy) or "none",
            reference=f"{len(HEAVY) + len(HEAVY_SDKS)} looked for",
            ratio=len(heavy),
            limit=0,
            unit="",
        ),
    ]


def _said(program: str) -> str:
    """What a fresh Python prints when it runs the program in the app's folder."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout
