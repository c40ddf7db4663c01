"""The guard that keeps unit tests off the network."""

import asyncio
import socket

import pytest


def test_a_connection_is_refused() -> None:
    """A unit test that connects a socket fails, even to this machine."""
    with socket.socket() as client, pytest.raises(AssertionError, match="must not use the network"):
        client.connect(("127.0.0.1", 9))


def test_a_name_is_not_looked_up() -> None:
    """A unit test that resolves a name fails before anything leaves the process."""
    with pytest.raises(AssertionError, match="must not use the network"):
        socket.getaddrinfo("localhost", 80)


async def test_an_asynchronous_connection_is_refused() -> None:
    """The same holds for connections made through the event loop."""
    with pytest.raises(AssertionError, match="must not use the network"):
        await asyncio.open_connection("127.0.0.1", 9)


def test_the_event_loop_still_works() -> None:
    """A new event loop, which needs a socket pair of its own, can be made and used."""
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
