"""Whatever happens at the desk in any order, each is answered once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unavailable

from .room import Future, Played, Room, numbers, turn

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from("abc"), st.integers(-14, -1)),
        st.tuples(st.sampled_from(["cancel", "expire"]), st.just(""), st.integers(0, 1000)),
        st.tuples(st.sampled_from(["answer", "lose", "come", "turn", "refuse"]), st.just(""), st.just(0)),
    ),
    max_size=40,
)


@pytest.mark.proves("engine.cancel", "engine.one-bad")
@given(EVENTS)
def test_whatever_happens_in_any_order_each_is_answered_once_with_their_own_answer(
    events: list[tuple[str, str, int]],
) -> None:
    asyncio.run(_story(events))


async def _story(events: list[tuple[str, str, int]]) -> None:
    """Callers come and leave, time passes, workers answer, die and come, at every moment."""
    room, workers = Room(waiting=12, waiting_each=6), list[Played]()
    asked: list[tuple[int, Future]] = []
    for event, caller, number in events:
        if event == "ask":
            asked.append((number, room.ask(float(number), caller=caller)))
        elif event == "cancel" and asked:
            asked[number % len(asked)][1].cancel()
        elif event == "expire" and asked:
            request: Any = asked[number % len(asked)][1]
            request.deadline = 0.0
            room.desk._alarm.ring()
        elif event == "turn":
            await turn()
        elif event == "refuse":
            room.desk.clear(Unavailable("cleared"))
        else:
            _do(room, workers, event)
        _check(room, workers)
    _do(room, workers, "come")
    while room.desk.waiting or any(worker.batch for worker in workers):
        await turn()
        _do(room, workers, "answer")
    await turn()
    assert room.desk.idle_since is not None
    for number, future in asked:
        assert future.done()
        if not future.cancelled() and future.exception() is None:
            assert numbers(future) == [2.0 * number]
            assert number != -13
    room.desk.close(Unavailable("over"))


def _do(room: Room, workers: list[Played], event: str) -> None:
    busy = [worker for worker in workers if worker.batch]
    if event == "come" and len(workers) < 3:
        workers.append(Played())
        room.desk.add(workers[-1])  # type: ignore[arg-type]
    elif event == "answer" and busy:
        busy[0].answer()
    elif event == "lose" and workers:
        room.lose(workers.pop())


def _check(room: Room, workers: list[Played]) -> None:
    assert room.desk.waiting <= 12 + 32
    for worker in workers:
        assert worker.batch is None or len(worker.batch.requests) in range(1, 9)
