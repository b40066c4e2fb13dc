"""A source that breaks is opened again, and each item comes once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streaming import Event, NothingToResume, StageFailed, Stream
from jupyter_crispdm.streaming.events import written
from jupyter_crispdm.streaming.retrying import Plan

NOW: dict[str, Any] = {"pause": 0.0}


class Upstream:
    """Events with ids, which break off where they are told to: after so many bytes of an answer."""

    def __init__(self, end: int, cuts: list[int], *, ids: bool = True) -> None:
        self.whole = [written(Event(f"{n}", f"{n}" if ids else "")) for n in range(1, end + 1)]
        self.cuts, self.asked, self.open = [*cuts], list[str | None](), 0

    def after(self, last_id: str | None) -> Iterator[bytes]:
        self.asked.append(last_id)
        left = self.cuts.pop(0) if self.cuts else None
        return self._sent(b"".join(self.whole[int(last_id or 0) :]), left)

    def _sent(self, whole: bytes, left: int | None) -> Iterator[bytes]:
        self.open += 1
        try:
            for at in range(0, len(whole[:left]), 7):
                yield whole[:left][at : at + 7]
            if left is not None:
                raise ConnectionResetError("cut")
        finally:
            self.open -= 1


def ids(event: Event) -> str:
    return event.id


@pytest.mark.proves("streaming.retry")
@given(st.lists(st.integers(0, 200), max_size=9))
def test_wherever_it_is_cut_each_event_comes_once(cuts: list[int]) -> None:
    upstream = Upstream(20, cuts)
    stream = Stream.opening(upstream.after).events().retry(10, resume=ids, **NOW)
    assert [event.data for event in stream] == [f"{n}" for n in range(1, 21)]
    assert upstream.open == 0


def test_the_source_is_asked_to_go_on_after_the_last_that_was_given() -> None:
    upstream = Upstream(3, [30])
    list(Stream.opening(upstream.after).events().retry(resume=ids, **NOW))
    assert upstream.asked == [None, "2"]


def test_items_of_a_batch_that_was_cut_come_once() -> None:
    upstream = Upstream(20, [99, 50, 40])
    stream = Stream.opening(upstream.after).events().batch(3).retry(resume=lambda batch: batch[-1].id, **NOW)
    assert [event.data for batch in stream for event in batch] == [f"{n}" for n in range(1, 21)]


def test_attempts_are_those_in_a_row() -> None:
    random = Random(5)
    upstream = Upstream(50, [random.randrange(30, 60) for _ in range(12)])
    assert len(list(Stream.opening(upstream.after).events().retry(2, resume=ids, **NOW))) == 50
    for attempts in (1, 3):
        upstream = Upstream(5, [0] * 9)
        with pytest.raises(ConnectionResetError):
            list(Stream.opening(upstream.after).events().retry(attempts, resume=ids, **NOW))
        assert len(upstream.asked) == attempts


@pytest.mark.parametrize("options", [{}, {"resume": ids}])
def test_nothing_comes_twice_where_nothing_says_where_to_go_on(options: Any) -> None:
    upstream = Upstream(5, [30], ids=False)
    stream = iter(Stream.opening(upstream.after).events().retry(**options, **NOW))
    for _ in range(3):
        next(stream)
    with pytest.raises(NothingToResume, match="without an id") as refused:
        next(stream)
    assert isinstance(refused.value.__cause__, ConnectionResetError)


def test_before_anything_has_come_no_id_is_needed() -> None:
    upstream = Upstream(5, [3, 0], ids=False)
    assert len(list(Stream.opening(upstream.after).events().retry(**NOW))) == 5


def test_an_empty_id_is_none_to_go_on_from() -> None:
    def after(last_id: str | None) -> Iterator[bytes]:
        yield b"id: 1\ndata: a\n\nid:\ndata: b\n\n"
        raise ConnectionResetError

    with pytest.raises(NothingToResume):
        list(Stream.opening(after).events().retry(resume=ids, **NOW))


def test_other_errors_end_it() -> None:
    def broken(last_id: str | None) -> Iterator[bytes]:
        raise RuntimeError("not a matter of the line")

    with pytest.raises(RuntimeError):
        list(Stream.opening(broken).retry(**NOW))
    with pytest.raises(StageFailed, match="retry: KeyError"):
        list(Stream.opening(lambda last: [{"a": "b"}]).retry(resume=lambda row: row["id"], **NOW))


def test_what_cannot_be_opened_again_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Stream\.opening"):
        Stream([1]).retry()


def test_one_may_begin_in_the_middle() -> None:
    upstream = Upstream(5, [])
    assert [event.id for event in Stream.opening(upstream.after, after="3").events()] == ["4", "5"]


async def test_opening_may_be_awaited_and_its_source_be_async() -> None:
    tries = 0

    async def connect(last_id: str | None) -> AsyncIterator[int]:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries < 3:
            raise ConnectionRefusedError
        return numbers()

    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2

    assert [number async for number in Stream.opening(connect).retry(**NOW)] == [1, 2]


def test_the_pauses_double_up_to_a_bound() -> None:
    plan = Plan(pause=0.5)
    assert [plan.pause_after(failures) for failures in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert plan.pause_after(10_000) == 30.0
