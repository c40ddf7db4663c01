"""The platform's surroundings alone, for an app that another host serves: `python -m tools.host --forward URL`.

Sign-in, mailbox, clock and the identity platform as the local host has them; everything else is handed on. The other
host's app finds the moved clock in the file that HOST_CLOCK_FILE names.
"""

import asyncio
import logging
import os
import secrets
import signal

from tools.host.asgi import FrontDoor
from tools.host.authority import Authority
from tools.host.clock import AppClock
from tools.host.delivery_reports import DeliveryReports
from tools.host.easy_auth import EasyAuth
from tools.host.email_service import EmailService
from tools.host.forwarding import Forwarding
from tools.host.mailbox import Mailbox
from tools.host.server import listen_on, path_setting, server_for
from tools.host.storage_calls import StorageCalls

_LOG = logging.getLogger("tools.host")


async def serve_front(origin: str, address: str, port: int) -> None:
    """Serve in front of the origin until SIGTERM or SIGINT. StartError where the address cannot be listened on."""
    clock = AppClock(path_setting("HOST_CLOCK_FILE"))
    clock.restore()
    reports, mailbox, forwarding = DeliveryReports(clock), Mailbox(), Forwarding(origin)
    front_door = FrontDoor(
        functions=forwarding,
        auth=EasyAuth(os.environ.get("HOST_SESSION_KEY") or secrets.token_urlsafe(32)),
        admin=forwarding,
        email=EmailService(mailbox, reports, clock),
        mailbox=mailbox,
        clock=clock,
        calls=StorageCalls(),
        authority=Authority(),
        custom_headers={},
    )
    with listen_on(address, port) as listening:
        server = server_for(front_door)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        _LOG.info("in front of %s", origin)
        await server.serve(sockets=[listening])
    await reports.close()
    await forwarding.close()
