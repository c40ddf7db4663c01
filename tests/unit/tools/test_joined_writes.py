"""The local host writes an answer's head and body together."""

import asyncio

from tools.host.joined_writes import JoinedWrites

LARGE = bytes(64 * 1024)


class Wire(asyncio.Transport):
    """A transport that notes what is done with it."""

    def __init__(self) -> None:
        super().__init__({"peername": "somebody"})
        self.done: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Note the write."""
        self.done.append(bytes(data))

    def close(self) -> None:
        """Note the close."""
        self.done.append("closed")

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return "closed" in self.done


def joined() -> tuple[Wire, JoinedWrites]:
    """A wire, and the joined writes to it."""
    wire = Wire()
    return wire, JoinedWrites(wire, asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_goes_together() -> None:
    """Head and body are one write; the next answer is another; everything else is the transport's own."""
    wire, writes = joined()
    writes.write(b"head ")
    writes.write(b"body")
    assert wire.done == []
    await asyncio.sleep(0)
    assert wire.done == [b"head body"]
    writes.write(b"next")
    await asyncio.sleep(0)
    assert wire.done == [b"head body", b"next"]
    assert writes.get_extra_info("peername") == "somebody"


async def test_what_is_large_is_not_kept() -> None:
    """A large body is written with its head at once, and in order with what follows."""
    wire, writes = joined()
    writes.write(b"head")
    writes.write(LARGE)
    assert wire.done == [b"head" + LARGE]
    writes.write(b"tail")
    await asyncio.sleep(0)
    assert wire.done[1:] == [b"tail"]


async def test_nothing_is_lost_or_written_behind_a_close() -> None:
    """What is held goes before the close; a wire that the other side has closed gets no more."""
    wire, writes = joined()
    writes.write(b"last")
    writes.close()
    await asyncio.sleep(0)
    assert wire.done == [b"last", "closed"]
    writes.write(b"too late")
    await asyncio.sleep(0)
    assert wire.done == [b"last", "closed"]
