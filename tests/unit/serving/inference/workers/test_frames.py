"""Frames put together from bytes in any portions, without a socket."""

from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.tensors import Buffer
from jupyter_crispdm.serving.inference.workers.frames import (
    MOST_BODY,
    MOST_HEADER,
    START,
    BadFrame,
    FrameProtocol,
    Reader,
)

Frame = tuple[int, float, bytes, bytes]


class Heard:
    """What a reader hands over."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.reader = Reader(self.received)

    def received(self, number: int, seconds: float, header: bytes, body: Buffer) -> None:
        self.frames.append((number, seconds, header, bytes(body)))

    def feed(self, data: bytes, portions: list[int]) -> None:
        """Let bytes come in portions of these sizes, over and over."""
        start = turn = 0
        while start < len(data):
            room = self.reader.room()
            size = min(len(room), len(data) - start, portions[turn % len(portions)])
            room[:size] = data[start : start + size]
            self.reader.filled(size)
            start, turn = start + size, turn + 1


def frame(number: int, header: bytes, body: bytes) -> bytes:
    return START.pack(len(header), len(body), number, 0.5) + header + body


@pytest.mark.proves("engine.frames")
@given(
    st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=200)), max_size=12),
    st.lists(st.integers(1, 97), min_size=1, max_size=5),
)
def test_frames_are_whole_however_they_are_cut(sent: list[tuple[bytes, bytes]], portions: list[int]) -> None:
    heard = Heard()
    heard.feed(b"".join(frame(number, *one) for number, one in enumerate(sent)), portions)
    assert heard.frames == [(number, 0.5, *one) for number, one in enumerate(sent)]


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 300_000])
@pytest.mark.parametrize("portion", [7, 4096, 1 << 20])
def test_long_frames_between_short_ones(size: int, portion: int) -> None:
    heard = Heard()
    sent = [(b"{}", b"a"), (b"{}", b"b" * size), (b"h" * size, b"c"), (b"{}", b"")]
    heard.feed(b"".join(frame(number, *one) for number, one in enumerate(sent)), [portion])
    assert heard.frames == [(number, 0.5, *one) for number, one in enumerate(sent)]


def test_what_is_handed_over_stays_as_it_was() -> None:
    heard: list[Buffer] = []
    reader = Reader(lambda number, seconds, header, body: heard.append(body))
    for text in (b"first", b"other"):
        data = frame(1, b"{}", text)
        reader.room()[: len(data)] = data
        reader.filled(len(data))
    assert [bytes(body) for body in heard] == [b"first", b"other"]


@pytest.mark.proves("engine.frames")
@pytest.mark.parametrize("lengths", [(MOST_HEADER + 1, 0), (0, MOST_BODY + 1), (2**32 - 1, 2**64 - 1)])
def test_an_absurd_length_is_no_frame(lengths: tuple[int, int]) -> None:
    heard = Heard()
    with pytest.raises(BadFrame, match="was announced"):
        heard.feed(START.pack(*lengths, 1, 0.0), [100])


@pytest.mark.parametrize("size", [10, 1_000_000])
async def test_frames_over_a_real_socket(size: int) -> None:
    loop = asyncio.get_running_loop()
    came: asyncio.Future[Frame] = loop.create_future()
    ours, theirs = socket.socketpair()

    def received(number: int, seconds: float, header: bytes, body: Buffer) -> None:
        came.set_result((number, seconds, header, bytes(body)))

    _, one = await loop.create_unix_connection(lambda: FrameProtocol(lambda *_: None), sock=ours)
    _, other = await loop.create_unix_connection(lambda: FrameProtocol(received), sock=theirs)
    one.send(7, {"do": "infer"}, [b"a" * size, memoryview(b"b")], 1.5)
    assert await came == (7, 1.5, b'{"do":"infer"}', b"a" * size + b"b")
    one.close()
    assert await other.closed == ""
    other.send(8, {})
    one.send(9, {})
    other.close()
    await asyncio.sleep(0)


async def test_a_receiver_that_cannot_read_an_answer_ends_the_connection() -> None:
    def received(number: int, seconds: float, header: bytes, body: Buffer) -> None:
        raise KeyError("id")

    protocol = FrameProtocol(received)
    data = frame(1, b"{}", b"")
    protocol.get_buffer(0)[: len(data)] = data
    protocol.buffer_updated(len(data))
    assert "no reply" in await protocol.closed
