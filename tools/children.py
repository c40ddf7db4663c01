"""Child processes that never outlive their parent, and the ports they listen on."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_PORTS = range(11_000, 32_000)
_TRIES = 200


class PartNotStartedError(Exception):
    """A part of the embedded product ended or stayed silent while starting; the message holds its last words."""


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on at this moment.

    It lies below those that the system hands out by itself: one of these could become the near end of somebody's
    connection before it is listened on. OSError where none is free.
    """
    for _ in range(_TRIES):
        port = secrets.choice(_PORTS)
        if is_port_free(port):
            return port
    raise OSError(f"no free port found between {_PORTS.start} and {_PORTS.stop - 1}")


def is_port_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def end_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process a signal when its parent dies, however it dies (Linux only)."""
    _death_signal(number)()


def _death_signal(number: signal.Signals) -> Callable[[], None]:
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # loaded before the fork: nothing is imported in the child
    parent = os.getpid()

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getpid() != parent and os.getppid() != parent:  # the parent died before the kernel was told
            os.kill(os.getpid(), number)

    return arrange


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path | None,
    inherit: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, so that Ctrl-C in a terminal reaches the parent alone.

    The output goes to the end of the file `log`, or to this process's own output where it is None. `inherit` names
    file descriptors that the child keeps open. On Linux the child is ended when the parent dies; the kernel watches
    the starting *thread*, so a child started from another thread than the main one goes without that.
    """
    on_main_thread = threading.current_thread() is threading.main_thread()
    with contextlib.ExitStack() as stack:
        output = None if log is None else stack.enter_context(log.open("ab"))
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            start_new_session=True,
            pass_fds=inherit,
            preexec_fn=_death_signal(signal.SIGTERM) if on_main_thread else None,  # noqa: PLW1509 (see above)
        )


def stop(child: subprocess.Popen[bytes], *, patience: float) -> int:
    """Ask a child to end (SIGTERM), wait `patience` seconds, then end its whole group; return its exit code."""
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    return kill(child)


def kill(child: subprocess.Popen[bytes]) -> int:
    """End a child and all it started at once (SIGKILL) and return its exit code."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait()
