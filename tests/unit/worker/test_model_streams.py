"""Streams of a model take turns, wait for their readers, and tell their end once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.worker.model.frames import Connection, TooLong
from jupyter_crispdm.worker.model.streams import MOST_PIECE, Streams


class Wire:
    """What was sent, in its order; a header that is `refused` is too long."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, dict[str, Any]]] = []

    def send(self, number: int, header: Mapping[str, Any], arrays: Sequence[Any] = (), time: float = 0.0) -> None:
        if header.get("piece") == {"refused": True}:
            raise TooLong("too long")
        self.sent.append((number, dict(header)))

    def of(self, number: int) -> list[dict[str, Any]]:
        return [header for sender, header in self.sent if sender == number]


class Counting:
    """Pieces 0, 1, …; remembers that it was closed, and may be unable to."""

    def __init__(self, count: int, trouble: Exception | None = None) -> None:
        self._numbers, self._trouble, self.closed = iter(range(count)), trouble, 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return self

    def __next__(self) -> Mapping[str, Any]:
        return {"n": next(self._numbers)}

    def close(self) -> None:
        self.closed += 1
        if self._trouble is not None:
            raise self._trouble


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def streams(wire: Wire) -> Streams:
    return Streams(cast("Connection", wire))


def run(streams: Streams, most: int = 1000) -> None:
    """Step until no reader waits."""
    for _ in range(most):
        if not streams.runnable:
            return
        streams.step()
    raise AssertionError("it never rests")


def test_each_stream_makes_one_piece_a_turn(streams: Streams, wire: Wire) -> None:
    for number in (1, 2, 3):
        streams.begin(number, Counting(2), 9)
    run(streams)
    assert [number for number, _ in wire.sent] == [1, 2, 3] * 3
    assert wire.of(2) == [{"piece": {"n": 0}}, {"piece": {"n": 1}}, {"end": True}]


def test_who_has_no_room_is_passed_over_and_goes_on_later(streams: Streams, wire: Wire) -> None:
    streams.begin(1, Counting(3), 1)
    streams.begin(2, Counting(1), 9)
    run(streams)
    assert wire.of(1) == [{"piece": {"n": 0}}]
    assert wire.of(2)[-1] == {"end": True}
    streams.grant(1, 1)
    run(streams)
    assert len(wire.of(1)) == 2
    streams.grant(1, 9)
    run(streams)
    assert wire.of(1)[2:] == [{"piece": {"n": 2}}, {"end": True}]


def test_nothing_is_made_where_nobody_reads(streams: Streams, wire: Wire) -> None:
    streams.step()
    streams.begin(1, Counting(1), 0)
    assert not streams.runnable
    streams.step()
    assert wire.sent == []


def test_a_reader_who_leaves_gets_the_end_and_the_work_is_closed_once(streams: Streams, wire: Wire) -> None:
    pieces = Counting(5)
    streams.begin(1, pieces, 2)
    streams.step()
    for _ in range(2):
        streams.cancel(1)
        streams.grant(1, 5)
    run(streams)
    assert wire.of(1) == [{"piece": {"n": 0}}, {"end": True}]
    assert pieces.closed == 1


def test_trouble_at_the_end_is_told_to_who_leaves_and_disturbs_nobody(streams: Streams, wire: Wire) -> None:
    streams.begin(1, Counting(5, RuntimeError("the cache is locked")), 1)
    streams.begin(2, iter([{"n": 0}]), 9)  # an iterator has no `close`
    streams.cancel(1)
    assert wire.of(1) == [{"end": True, "error": {"message": "RuntimeError: the cache is locked", "request": False}}]
    run(streams)
    assert wire.of(2) == [{"piece": {"n": 0}}, {"end": True}]
    streams.begin(3, iter([{"n": 0}]), 9)
    streams.cancel(3)
    assert wire.of(3) == [{"end": True}]


@pytest.mark.parametrize(
    ("piece", "message", "blamed"),
    [
        ("a text", "TypeError: a piece of a stream must be a dict, not str", False),
        (None, "TypeError: a piece of a stream must be a dict, not NoneType", False),
        ({"text": "a" * (MOST_PIECE + 1)}, "A piece of the stream is longer than 1048576 characters", True),
        ({"refused": True}, "too long", True),
    ],
)
def test_a_piece_that_cannot_be_told_is_the_last(
    piece: Any, message: str, blamed: bool, streams: Streams, wire: Wire
) -> None:
    closed: list[bool] = []

    def pieces() -> Iterator[Any]:
        try:
            yield {"n": 0}
            yield piece
            raise AssertionError("it is asked for no more")
        finally:
            closed.append(True)

    streams.begin(1, pieces(), 9)
    run(streams)
    first, last = wire.of(1)
    assert first == {"piece": {"n": 0}}
    assert last["end"] is True
    assert last["error"]["message"].startswith(message)
    assert last["error"]["request"] is blamed
    assert closed == [True]


def test_a_piece_may_be_as_long_as_is_allowed(streams: Streams, wire: Wire) -> None:
    streams.begin(1, iter([{"text": "a" * MOST_PIECE}]), 9)
    run(streams)
    assert len(wire.of(1)[0]["piece"]["text"]) == MOST_PIECE


WISHES = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 4), st.integers(0, 3)),
        st.tuples(st.just("grant"), st.integers(0, 4), st.integers(1, 3)),
        st.tuples(st.just("cancel"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("step"), st.just(0), st.just(0)),
    ),
    max_size=40,
)


@given(WISHES)
def test_whatever_is_wished_nobody_gets_more_than_their_room_and_one_end(wishes: list[tuple[str, int, int]]) -> None:
    wire = Wire()
    streams, room, begun = Streams(cast("Connection", wire)), dict[int, int](), set[int]()
    for what, number, amount in wishes:
        if what == "begin" and number not in begun:
            begun.add(number)
            room[number] = amount
            streams.begin(number, Counting(number), amount)
        elif what == "grant":
            room[number] = room.get(number, 0) + amount
            streams.grant(number, amount)
        elif what == "cancel":
            streams.cancel(number)
        elif what == "step":
            streams.step()
    for number in range(5):
        told = wire.of(number)
        pieces = [header["piece"]["n"] for header in told if "piece" in header]
        assert pieces == list(range(len(pieces)))
        assert len(pieces) <= min(room.get(number, 0), number)
        assert sum("end" in header for header in told) <= (number in begun)
        assert all("end" not in header for header in told[:-1])
