"""Writes of one turn of the event loop leave together, and none after the client has left."""

import asyncio

from ece_entrypoints.server.coalesced_writes import _CoalescingTransport


class Wire(asyncio.Transport):
    """Keeps what is written to it, and can be closing."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_left = False

    def write(self, data) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.is_left

    def close(self) -> None:
        self.is_left = True


async def test_head_and_body_leave_in_one_write():
    wire = Wire()
    coalescing = _CoalescingTransport(wire, asyncio.get_running_loop())
    coalescing.write(b"head")
    coalescing.write(b"body")
    await asyncio.sleep(0)
    coalescing.write(b"next")
    coalescing.close()

    assert wire.written == [b"headbody", b"next"]
    assert wire.is_left


async def test_nothing_is_written_to_a_client_that_has_left():
    wire = Wire()
    coalescing = _CoalescingTransport(wire, asyncio.get_running_loop())
    coalescing.write(b"too late")
    wire.is_left = True
    await asyncio.sleep(0)

    assert wire.written == []
