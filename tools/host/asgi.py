"""The host's front door as a raw ASGI application: own endpoints first, then the app's functions."""

import logging
from typing import Protocol

from tools.host.authority import PREFIX as AUTHORITY
from tools.host.authority import Authority
from tools.host.clock import AppClock
from tools.host.easy_auth import EasyAuth
from tools.host.email_service import EmailService
from tools.host.mailbox import Mailbox
from tools.host.storage_calls import StorageCalls
from tools.host.web import Answer, BodyTooLargeError, DisconnectedError, Receive, Request, Scope, Send

_LOG = logging.getLogger("tools.host.web")


class Answering(Protocol):
    """Whatever answers requests: the app's functions, the admin's endpoints, or another host for both."""

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""


class FrontDoor:
    """Dispatches requests."""

    def __init__(
        self,
        *,
        functions: Answering,
        auth: EasyAuth,
        admin: Answering,
        email: EmailService,
        mailbox: Mailbox,
        clock: AppClock,
        calls: StorageCalls,
        authority: Authority,
        custom_headers: dict[str, str],
    ) -> None:
        self._functions = functions
        self._auth = auth
        self._admin = admin
        self._email = email
        self._mailbox = mailbox
        self._clock = clock
        self._calls = calls
        self._authority = authority
        self._custom = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in custom_headers.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan and web sockets are none of the host's."""
        if scope["type"] != "http":
            return
        request = Request.of(scope, receive)
        own = self._own_endpoint(request.raw_path)
        try:
            if own:
                answer = await self._answer_own(request)
            else:
                self._auth.vouch(request)
                answer = await self._functions.answer(request)
        except BodyTooLargeError:
            answer = Answer(413, [("connection", "close")])
        except DisconnectedError:
            return
        except Exception:
            # The last resort: a fault of the host itself, told apart from the app's in the log.
            _LOG.exception("the host failed to answer %s %s", request.method, request.raw_path)
            answer = Answer(500)
        # customHeaders belong to the app's answers.
        await answer.send(send, () if own else self._custom)

    def _own_endpoint(self, raw_path: str) -> bool:
        return raw_path.startswith(("/.auth/", "/.dev/", "/admin/")) or self._email.serves(raw_path)

    async def _answer_own(self, request: Request) -> Answer:
        path = request.raw_path
        if path.startswith("/.auth/"):
            answer = self._auth.answer(request)
        elif path.startswith("/admin/"):
            answer = await self._admin.answer(request)
        elif self._email.serves(path):
            answer = await self._email.answer(request)
        elif path == AUTHORITY or path.startswith(AUTHORITY + "/"):
            answer = await self._authority.answer(request)
        elif path == "/.dev/mail":
            answer = self._mailbox.answer(request)
        elif path == "/.dev/clock":
            answer = await self._clock.answer(request)
        elif path == "/.dev/storage-calls":
            answer = self._calls.answer(request)
        else:
            answer = Answer(404)
        return answer
