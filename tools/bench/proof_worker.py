"""The app's functions alone, without a host: files and checks a proof, and says what that took of memory.

`python -m tools.bench.proof_worker HEADERS SMALL LARGE`: three files, the sign-in's headers as JSON and two requests'
bodies. Prints the bytes of the idle process and the bytes above it at the peak, as JSON.
"""

import asyncio
import gc
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.functions as func

import function_app

BOUNDARY = "edge"
_KIB = 1024


class _Message(func.QueueMessage):
    """A message as the worker hands it over, on its first try."""

    @property
    def dequeue_count(self) -> int:
        """The first."""
        return 1


async def main(headers: Path, small: Path, large: Path) -> None:
    """The small one first, so that libraries are loaded; then the peak of the large one."""
    functions: dict[str | None, Any] = {
        one.get_function_name(): one.get_user_function() for one in function_app.app.get_functions()
    }
    signed_in: dict[str, str] = json.loads(_read(headers))

    async def run(path: Path) -> None:
        await _check(functions["verify_claim"], await _file(functions["create_claim"], signed_in, path))

    await run(small)
    gc.collect()
    _begin_anew()
    idle = _memory("VmRSS")
    await run(large)
    print(json.dumps({"idle": idle, "peak": _memory("VmHWM") - idle}), flush=True)
    os._exit(0)  # the clients are the process's own: nobody closes them


async def _file(create_claim: Any, signed_in: dict[str, str], path: Path) -> str:
    """File the claim of the request whose body that is; gives its ID."""
    body = _read(path)
    headers = {
        **signed_in,
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "content-length": str(len(body)),
        "idempotency-key": str(uuid.uuid4()),
    }
    url = f"{os.environ['PUBLIC_URL']}/api/claims"
    request = func.HttpRequest(method="POST", url=url, headers=headers, params={}, route_params={}, body=body)
    answer = await create_claim(request)
    if answer.status_code != 202:  # noqa: PLR2004 - accepted
        raise RuntimeError(f"the claim was not taken: {answer.get_body()!r}")
    return str(json.loads(answer.get_body())["claimId"])


async def _check(verify_claim: Any, claim_id: str) -> None:
    work = {"schema_version": 1, "claim_id": claim_id, "step": "submitted", "sent_at": datetime.now(UTC).isoformat()}
    await verify_claim(_Message(id=uuid.uuid4().hex, body=json.dumps(work)))


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _begin_anew() -> None:
    """Have the kernel forget the peak so far."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(name: str) -> int:
    """Bytes of one of the kernel's figures of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * _KIB
    raise RuntimeError(f"no {name}: Linux is needed")


if __name__ == "__main__":
    asyncio.run(main(*(Path(name) for name in sys.argv[1:4])))
