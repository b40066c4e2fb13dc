"""Frames over a real pair of sockets: what is sent arrives as it was, and what is no frame ends the connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.worker.model import frames
from jupyter_crispdm.worker.model.frames import FOREVER, MOST_HEADER, START, Connection, Gone, TooLong, plain

VALUES = st.integers() | st.text(max_size=20) | st.lists(st.floats(-1, 1), max_size=5)
HEADERS = st.dictionaries(st.text(max_size=5), VALUES, max_size=3)
SENT = st.tuples(st.integers(0, 2**64 - 1), HEADERS, st.binary(max_size=300))


class Pair(NamedTuple):
    near: Connection
    far: Connection
    raw: socket.socket


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield Pair(Connection(one), Connection(other), one)


@given(st.lists(SENT, max_size=8))
def test_all_that_is_sent_together_arrives_in_its_order(sent: list[tuple[int, dict[str, Any], bytes]]) -> None:
    one, other = socket.socketpair()
    with one, other:
        near, far = Connection(one), Connection(other)
        for number, header, body in sent:
            near.send(number, header, [np.frombuffer(body, np.uint8)] if body else [], time=number / 7)
        near.flush()
        for place, (number, header, body) in enumerate(sent):
            found = far.receive(wait=False)
            assert found is not None
            assert (found.id, found.header, bytes(found.body), found.time) == (number, header, body, number / 7)
            assert far.has_more == (place + 1 < len(sent))
        assert far.receive(wait=False) is None


def test_nothing_is_on_its_way_before_it_is_flushed(pair: Pair) -> None:
    pair.near.send(1, {"do": "infer"})
    assert pair.far.receive(wait=False) is None
    pair.near.flush()
    assert pair.far.receive() is not None
    pair.near.flush()
    assert pair.far.receive(wait=False) is None, "what was flushed is not sent twice"


def test_arrays_follow_each_other_and_empty_ones_take_no_room(pair: Pair) -> None:
    pair.near.send(1, {}, [np.array([1, 2], "<u2"), np.empty((0, 3)), np.array(7, np.uint8)])
    pair.near.flush()
    found = pair.far.receive()
    assert found is not None
    assert bytes(found.body) == b"\1\0\2\0\7"


def test_numbers_of_numpy_are_told_as_numbers(pair: Pair) -> None:
    pair.near.send(1, {"a": np.float32(0.5), "b": np.arange(2), "c": np.bool_(True)})
    pair.near.flush()
    found = pair.far.receive()
    assert found is not None
    assert found.header == {"a": 0.5, "b": [0, 1], "c": True}
    with pytest.raises(AttributeError):
        plain(object())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float64("-inf"), np.array([1, np.nan])])
def test_what_json_has_not_is_refused_and_nothing_of_it_is_sent(value: Any, pair: Pair) -> None:
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        pair.near.send(1, {"value": value}, [np.zeros(3)])
    pair.near.send(2, {})
    pair.near.flush()
    found = pair.far.receive()
    assert found is not None
    assert (found.id, bytes(found.body)) == (2, b"")


@pytest.mark.parametrize(("name", "header", "body"), [("MOST_HEADER", {"a": "b" * 99}, 1), ("MOST_BODY", {}, 100)])
def test_what_is_too_long_for_a_frame_is_refused_before_it_is_sent(
    name: str, header: dict[str, Any], body: int, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, name, 50)
    with pytest.raises(TooLong, match="bytes long, more than can be sent at once") as refused:
        pair.near.send(1, header, [np.zeros(body, np.uint8)])
    assert refused.value.status == 413
    pair.near.flush()
    assert pair.far.receive(wait=False) is None


@pytest.mark.parametrize(
    ("length", "header", "why"),
    [
        (MOST_HEADER + 1, b"", "a frame of 16777217 and 0 bytes was announced"),
        (5, b"\xff\xfe{}\xff", "a header is no JSON"),
        (4, b"null", "a header is no object"),
        (0, b"", "a header is no JSON"),
    ],
)
def test_a_header_that_is_no_object_is_the_end(length: int, header: bytes, why: str, pair: Pair) -> None:
    pair.raw.sendall(START.pack(length, 0, 1, FOREVER) + header)
    with pytest.raises(Gone, match=why):
        pair.far.receive()


def test_a_header_that_comes_again_is_read_once_and_one_with_a_trace_never_kept(pair: Pair) -> None:
    def read(header: dict[str, Any]) -> Any:
        pair.near.send(1, header)
        pair.near.flush()
        found = pair.far.receive()
        assert found is not None
        assert found.header == header
        return found.header

    asked = {"do": "infer", "inputs": [["x", "FP32", [1], 4]]}
    assert read(asked) is read(asked)
    for other in ({**asked, "trace": ["a"]}, {"do": "predict"}, {"do": "infer", "long": "x" * 2000}):
        assert read(other) is not read(other)
    for number in range(300):
        read({"do": "infer", "n": number})
    assert len(pair.far._headers) <= 256


def test_who_writes_to_one_that_is_gone_is_told(pair: Pair) -> None:
    pair.near.send(1, {"do": "infer"})
    pair.far._socket.close()
    with pytest.raises(Gone):
        pair.near.flush()
    with pytest.raises(Gone):
        pair.near.receive()
