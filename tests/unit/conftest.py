"""Unit tests reach nothing outside their own process."""

import asyncio
import socket
from typing import Any, NoReturn

import pytest


class NetworkUsedInUnitTestError(AssertionError):
    """A unit test, or the code under it, tried to open a connection."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and name look-up; the event loop's own socket pairs go on working."""

    def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
        raise NetworkUsedInUnitTestError("A unit test must not use the network: put it under tests/integration.")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    for name in ("sock_connect", "getaddrinfo"):
        monkeypatch.setattr(asyncio.BaseEventLoop, name, refuse, raising=False)
