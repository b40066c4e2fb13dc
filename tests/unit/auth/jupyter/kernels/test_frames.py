"""Kernel messages, read strictly."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)

from jupyter_crispdm.auth.jupyter.kernels.frames import PROTOCOL_V1, Frame, parse

HEADER = {
    "msg_id": "1",
    "session": "s",
    "username": "",
    "date": "2026-11-21T13:00:00Z",
    "msg_type": "comm_msg",
    "version": "5.3",
}


def v1(
    header: Any = HEADER,
    channel: str = "shell",
    rest: Sequence[bytes] = (b"{}", b"{}", b"{}"),
    buffers: Sequence[bytes] = (),
) -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return bytes(serialize_msg_to_ws_v1([raw, *rest, *buffers], channel))  # type: ignore[no-untyped-call]


def binary(message: dict[str, Any]) -> bytes:
    return bytes(serialize_binary_message(message))  # type: ignore[no-untyped-call]


def read(data: bytes | str, protocol: str | None) -> Frame:
    frame = parse(data, protocol)
    assert frame is not None
    return frame


def legacy(**changes: Any) -> dict[str, Any]:
    return {
        "header": HEADER,
        "parent_header": {},
        "metadata": {},
        "content": {},
        "channel": "shell",
        "buffers": [],
        **changes,
    }


@pytest.mark.proves("door.viewer-messages")
def test_well_formed_frames_of_both_protocols() -> None:
    for frame in (
        parse(v1(buffers=[b"abc"]), PROTOCOL_V1),
        parse(json.dumps(legacy()), None),
        parse(binary(legacy(buffers=[b"abc"])), None),
    ):
        assert frame is not None
        assert (frame.channel, frame.kind) == ("shell", "comm_msg")


def test_the_legacy_channel_defaults_to_shell() -> None:
    assert read(json.dumps(legacy(channel=None)), None).channel == "shell"


@pytest.mark.proves("door.malformed-frames")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x00" * 8,
        b"\xff" * 8,
        b"\xff" * 64,
        v1()[:-1],
        v1() + b"x",
        v1()[:20],
        "text",
        (2**63).to_bytes(8, "little") + v1()[8:],
        (5).to_bytes(8, "little") + v1()[8:],
        v1()[:8] + (10**9).to_bytes(8, "little") + v1()[16:],
        v1()[:16] + (10**9).to_bytes(8, "little") + v1()[24:],
        v1(b"[]"),
        v1(b"null"),
        v1(b"{"),
        v1(b"\xff"),
        v1({}),
        v1({**HEADER, "msg_type": 5}),
        v1({**HEADER, "msg_id": None}),
        v1(b'{"msg_id": "1", "msg_type": "comm_msg", "msg_type": "execute_request"}'),
        v1(channel="iopub"),
        v1(channel=""),
        v1(channel="\xfc"),
        v1(rest=(b"", b"{}", b"{}")),
        v1(rest=(b"{}", b"{}")),
        v1(rest=(b"[]", b"{}", b"{}")),
        v1(b"[" * 100_000),
        v1(rest=(b"{}", b"{}", b'{"a":' * 100_000)),
    ],
)
def test_malformed_v1_frames(data: Any) -> None:
    assert parse(data, PROTOCOL_V1) is None


@pytest.mark.proves("door.malformed-frames")
@pytest.mark.parametrize(
    "data",
    [
        "",
        "{}",
        "[]",
        "null",
        "5",
        "\x00",
        "[" * 100_000,
        b"",
        b"\x00\x00\x00\x01",
        b"\xff\xff\xff\xff" * 4,
        struct.pack("!II", 1, 4) + b"{}",
        struct.pack("!II", 1, 10**6) + b"{}",
        struct.pack("!III", 2, 12, 4) + b"{}",
        json.dumps(legacy(header=[])),
        json.dumps(legacy(header={})),
        json.dumps(legacy(content=None)),
        json.dumps(legacy(channel="iopub")),
        json.dumps(legacy(channel=["shell"])),
        json.dumps(legacy(channel={})),
        json.dumps(legacy(buffers=["abc"])),
        json.dumps(legacy(buffers="abc")),
        '{"header": {"msg_id": "1", "msg_type": "comm_msg", "msg_type": "x"}, "parent_header": {}, '
        '"metadata": {}, "content": {}}',
    ],
)
def test_malformed_legacy_frames(data: Any) -> None:
    assert parse(data, None) is None


@pytest.mark.proves("door.viewer-messages")
def test_the_plain_form_has_only_the_fields_of_the_protocol() -> None:
    odd = {**HEADER, "MSG_TYPE": "execute_request", "subshell_id": "x"}
    _, (header, *rest) = deserialize_msg_from_ws_v1(  # type: ignore[no-untyped-call]
        read(v1(odd, buffers=[b"abc"]), PROTOCOL_V1).plain()
    )
    assert json.loads(header) == HEADER
    assert rest == [b"{}", b"{}", b"{}", b"abc"]
    text = json.loads(read(json.dumps(legacy(header=odd, extra=1)), None).plain() or "")
    assert text == legacy()
    assert read(binary(legacy(buffers=[b"abc"])), None).plain() is None


@pytest.mark.proves("door.malformed-frames")
@given(st.binary(max_size=300) | st.text(max_size=300), st.sampled_from([PROTOCOL_V1, None]))
def test_nothing_that_arrives_raises(data: Any, protocol: str | None) -> None:
    assert parse(data, protocol) is None


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_flipped_byte_never_raises(position: int, value: int) -> None:
    data = bytearray(v1(buffers=[b"abc"]))
    data[position % len(data)] = value
    parse(bytes(data), PROTOCOL_V1)
