"""Start the whole product on this machine and keep it going until Ctrl-C: `make run`.

Reads PORT (default 7071) and LOCAL_DATA (a folder, default `.local`; `memory` keeps nothing). Where AzureWebJobsStorage
names a storage account, that one is used and no emulator is started.
"""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tools import children
from tools.embedded import (
    ROOT,
    Azurite,
    is_healthy,
    start_host,
    wait_until,
)
from tools.local_environment import local_environment
from tools.preparation import Preparation

LOCK_PATIENCE_SECONDS = 10.0
HIGHEST_PORT = 65535


class RunError(Exception):
    """The product cannot be started; the message is for the person at the terminal."""


class StopRequestedError(Exception):
    """The person, or whoever started this process, asked for the end."""


def main() -> int:
    """Run the product and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.run", description="Start the product on this machine.")
    parser.add_argument("--end-with-parent", action="store_true", help="end when the process that started this ends")
    parser.add_argument("--app", type=Path, default=ROOT, help="the folder of the function app (default: this project)")
    wishes = parser.parse_args()
    if wishes.end_with_parent:
        children.end_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores it on purpose
            signal.signal(number, _request_stop)
    try:
        with data_folder(os.environ.get("LOCAL_DATA") or ".local") as (folder, lock):
            port = port_from(os.environ.get("PORT") or "7071")
            return run(app=wishes.app, port=port, folder=folder, lock=lock)
    except StopRequestedError:
        return 0
    except (RunError, children.PartNotStartedError) as problem:
        print(f"cpor: {problem}", file=sys.stderr)
        return 1


def run(*, app: Path, port: int, folder: Path, lock: int | None) -> int:
    """Start storage and host, say where to go, wait for the end, and stop the host before its storage."""
    began = time.monotonic()
    if not children.is_port_free(port):
        raise RunError(f"Port {port} is taken: choose another one, for example `make run PORT={port + 1}`.")
    with contextlib.ExitStack() as parts:
        preparation = Preparation()
        parts.callback(preparation.cancel)
        storage = os.environ.get("AzureWebJobsStorage", "")  # noqa: SIM112 (the platform's own name)
        if not storage:
            emulator = Azurite(folder / "storage", inherit=(lock,)) if lock is not None else Azurite()
            parts.callback(emulator.stop)  # first, so that a stop asked for while it starts ends it too
            storage = emulator.start().connection_string
        environment = local_environment(storage=storage, port=port, folder=folder, base=os.environ)
        preparation.begin(environment)
        host = start_host(app=app, port=port, environment=environment, log=None)
        parts.callback(children.stop, host, patience=15)
        preparation.finish()  # the host, which loads its libraries meanwhile, answers later than this
        base_url = f"http://localhost:{port}"
        wait_until(lambda: is_healthy(f"http://127.0.0.1:{port}"), process=host, log=None, name="the local host")
        print(banner(base_url, seconds=time.monotonic() - began, folder=folder if lock is not None else None))
        sys.stdout.flush()
        code = host.wait()
        raise RunError(f"The local host ended by itself with code {code}.")


def banner(base_url: str, *, seconds: float, folder: Path | None) -> str:
    """Return what a newcomer has to know: where to go, whom to sign in as, how to go on."""
    kept = "in memory, gone at the end" if folder is None else f"kept in {folder}"
    return f"""
  CPOR is running at {base_url} (started in {seconds:.1f} s, data {kept})

    {base_url + "/.auth/login/aad":<42} sign in, as one of:
        contoso, contoso-user, fabrikam   partners: administrator, user, and a rival's administrator
        reviewer, admin                   the programme's people
        nobody                            signed in, no role
    {base_url + "/claims":<42} a partner's claims; /claims/new files one
    {base_url + "/review":<42} what waits for a reviewer
    {base_url + "/.dev/mail":<42} every mail that was sent
    {base_url + "/api/catalogue":<42} the JSON API begins under /api

{moved_clock(folder)}  In another terminal, `make demo` tells the whole story. Ctrl-C ends it.
"""


def moved_clock(folder: Path | None) -> str:
    """Return a line about the app's clock where an earlier run left it moved, else nothing."""
    file = None if folder is None else folder / "clock.json"
    if file is None or not file.exists():
        return ""
    days = json.loads(file.read_text(encoding="utf-8")).get("offsetSeconds", 0) / 86400
    return f"  The app's clock is {days:.1f} days ahead, as the last run left it (/.dev/clock).\n\n" if days else ""


def port_from(text: str) -> int:
    """Return the TCP port a person asked for; 0 asks for any free one."""
    if not text.isdigit() or int(text) > HIGHEST_PORT:
        raise RunError(f"PORT must be a number from 0 to {HIGHEST_PORT}, not {text!r}.")
    return int(text) or children.free_port()


@contextlib.contextmanager
def data_folder(wish: str) -> Iterator[tuple[Path, int | None]]:
    """Yield the folder for the local data and the lock held on it; for `memory` a passing folder and no lock.

    The emulator inherits the lock: while it still saves, after its parent was killed, nobody else opens its files.
    """
    if wish == "memory":
        with tempfile.TemporaryDirectory(prefix="cpor-") as passing:
            yield Path(passing), None
        return
    folder = (ROOT / wish).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise RunError(f"LOCAL_DATA cannot be used: {problem.strerror}: {folder}") from problem
    try:
        _take(lock, folder)
        yield folder, lock
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    # A run that has just been killed needs a moment for its emulator to save and let go; a living one will not.
    patience = 0.0 if holder.isdigit() and Path(f"/proc/{holder}").exists() else LOCK_PATIENCE_SECONDS
    over_at = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= over_at:
                raise RunError(
                    f"Another run uses the data in {folder}: end it, or choose another folder, "
                    "for example `make run PORT=7072 LOCAL_DATA=.local-2` (or LOCAL_DATA=memory)."
                ) from None
            time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    # Once: while everything is being stopped, a second Ctrl-C must not cut the saving short.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise StopRequestedError


if __name__ == "__main__":
    sys.exit(main())
