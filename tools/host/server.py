"""Puts the host together, serves until told to stop, and stops gracefully."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from tools.host.admin import Admin
from tools.host.asgi import FrontDoor
from tools.host.authority import Authority
from tools.host.clock import AppClock
from tools.host.console import set_up_console
from tools.host.delivery_reports import DeliveryReports
from tools.host.easy_auth import EasyAuth
from tools.host.email_service import EmailService
from tools.host.errors import StartError
from tools.host.functions import FunctionSet, read_functions
from tools.host.host_json import HostJson, read_host_json
from tools.host.http_functions import HttpFunctions
from tools.host.joined_writes import JoiningProtocol
from tools.host.keys import Keys
from tools.host.mailbox import Mailbox
from tools.host.route_table import RouteTable
from tools.host.runtime import Runtime
from tools.host.storage_calls import StorageCalls
from tools.host.triggers import Triggers

_LOG = logging.getLogger("tools.host")
# As the platform's own server: shorter, idle clients would now and then write into a closing connection.
_KEEP_ALIVE_SECONDS = 130


class _Server(uvicorn.Server):
    """Leaves the signals to the host, which has more to stop than connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so; also where it failed, for then `serve` ends with the reason."""
        try:
            await super().startup(sockets)
        finally:
            self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


class Host:
    """One app, served on one socket."""

    def __init__(self, app: Path, listening: socket.socket) -> None:
        self._app = app
        self._socket = listening
        self._runtime = Runtime()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Start, serve until SIGTERM or SIGINT, stop; StartError when the app cannot be run."""
        set_up_console(self._runtime.running)
        os.environ.setdefault("WEBSITE_AUTH_ENABLED", "true")
        host_json = read_host_json(self._app / "host.json")
        calls = StorageCalls()
        calls.install()
        functions = read_functions(await self._runtime.index(self._app), route_prefix=host_json.route_prefix)
        clock = AppClock(path_setting("HOST_CLOCK_FILE"))
        clock.restore()
        triggers = Triggers(functions, host_json.queues, self._runtime, calls)
        reports = DeliveryReports(clock)
        front_door = self._front_door(functions, host_json, triggers, calls, clock, reports)
        server = server_for(front_door)
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        await server.up.wait()
        triggers.start()
        self._announce(functions)
        await asyncio.wait({asyncio.create_task(self._stop.wait()), serving}, return_when=asyncio.FIRST_COMPLETED)
        await self._wind_down(server, serving, triggers, reports)

    def stop(self) -> None:
        """Begin to stop; a second call ends the process at once."""
        if self._stop.is_set():
            os._exit(1)
        self._stop.set()

    def _front_door(
        self,
        functions: FunctionSet,
        host_json: HostJson,
        triggers: Triggers,
        calls: StorageCalls,
        clock: AppClock,
        reports: DeliveryReports,
    ) -> FrontDoor:
        table = RouteTable(functions.http)
        for overlap in table.overlaps():
            _LOG.warning("%s", overlap)
        mailbox = Mailbox()
        queues = {function.name: function for function in functions.queues}
        return FrontDoor(
            functions=HttpFunctions(self._runtime, table, Keys.from_environment()),
            auth=EasyAuth(os.environ.get("HOST_SESSION_KEY") or secrets.token_urlsafe(32)),
            admin=Admin(self._runtime, triggers.timers, queues, {one.name for one in functions.http}),
            email=EmailService(mailbox, reports, clock),
            mailbox=mailbox,
            clock=clock,
            calls=calls,
            authority=Authority(),
            custom_headers=host_json.custom_headers,
        )

    def _announce(self, functions: FunctionSet) -> None:
        host, port = self._socket.getsockname()[:2]
        _LOG.info("functions: %s", ", ".join(functions.names()))
        _LOG.info("listening on http://%s:%s", host, port)

    async def _wind_down(
        self, server: _Server, serving: "asyncio.Task[None]", triggers: Triggers, reports: DeliveryReports
    ) -> None:
        """Stop accepting, take no message, let what runs end within the grace."""
        _LOG.info("stopping: %d running", len(self._runtime.running))
        triggers.stop()
        server.should_exit = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds()):
                await asyncio.gather(serving, triggers.drain(), self._runtime.running.quiet())
        if len(self._runtime.running):
            _LOG.warning("given up after %d s: %d running", grace_seconds(), len(self._runtime.running))
        await reports.close()
        await triggers.close()
        _LOG.info("stopped")


def server_for(front_door: FrontDoor) -> _Server:
    """Return what serves the front door, signals left to whoever asks."""
    config = uvicorn.Config(
        front_door,
        http=JoiningProtocol,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=grace_seconds(),
    )
    return _Server(config)


def grace_seconds() -> int:
    """Return how long a stop waits for what runs: ten seconds, or HOST_GRACE_SECONDS."""
    return int(os.environ.get("HOST_GRACE_SECONDS", "10"))


def path_setting(name: str) -> Path | None:
    """Return the path that a setting names, null where it is not set."""
    value = os.environ.get(name)
    return Path(value) if value else None


def listen_on(address: str, port: int) -> socket.socket:
    """Return a socket that listens there, port 0 meaning any free one. StartError where that cannot be."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # With the protocol named: asyncio sets TCP_NODELAY only then, without which each answer waits 40 ms for an ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise StartError([f"cannot listen on {address}:{port}: {error.strerror or error}"]) from error
    return listening


async def serve(app: Path, address: str, port: int) -> None:
    """Serve the app in the folder on the address; port 0 means any free one. StartError when it cannot be."""
    listening = listen_on(address, port)
    with listening:
        host = Host(app, listening)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, host.stop)
        await host.run()
