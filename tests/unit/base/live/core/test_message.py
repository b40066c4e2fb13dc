"""A message is encoded once, and its frame is what a WebSocket expects."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from jupyter_crispdm.base.live.core.message import Message, text_frame
from jupyter_crispdm.base.wire import encode


def test_it_reads_as_one_object() -> None:
    message = Message('odd "topic"/ü', 12, {"a": 1}, "e-1.2")
    expected = {"topic": 'odd "topic"/ü', "seq": 12, "epoch": "e-1.2", "data": {"a": 1}}
    assert json.loads(message.json) == expected
    assert json.loads(Message("t", 1, None).json) == {"topic": "t", "seq": 1, "data": None}


def test_its_fact_is_encoded_once() -> None:
    encoded: list[Any] = []

    def counted(fact: Any) -> bytes:
        encoded.append(fact)
        return encode(fact)

    message = Message("t", 1, {"a": 1}, encode=counted)
    assert encoded == []
    assert message.frame is message.frame
    assert (message.json, message.data) == (b'{"topic":"t","seq":1,"data":{"a":1}}', b'{"a":1}')
    assert json.loads(message.after_gap().json)["data"] == {"gap": True, "a": 1}
    assert encoded == [{"a": 1}]


def test_an_empty_fact_after_a_gap() -> None:
    assert Message("t", 1, {}).after_gap().data == b'{"gap":true}'


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10), (1_000_000, 10)],
)
def test_a_frame_says_its_length(size: int, header: int) -> None:
    frame = text_frame(b"x" * size)
    assert (frame[0], len(frame)) == (0x81, header + size)
    told = frame[1] if header == 2 else struct.unpack(">H" if header == 4 else ">Q", frame[2:header])[0]
    assert told == size
