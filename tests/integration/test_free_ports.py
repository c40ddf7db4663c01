"""Ports that tests and runs listen on."""

import socket

from tools.children import free_port, is_port_free


def test_a_free_port_is_not_one_that_the_system_hands_out() -> None:
    """Nobody's outgoing connection can take it before it is listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        assert probe.getsockname()[1] >= 32_000
        assert not is_port_free(probe.getsockname()[1])
    found = {free_port() for _ in range(50)}
    assert max(found) < 32_000
    assert len(found) > 40
    assert all(is_port_free(port) for port in found)
