"""The desk: who is worked on with whom, in which order, and how many may wait."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.errors import Unavailable, Unprocessable

from .room import Played, Room, numbers, turn


async def test_what_comes_in_one_turn_of_the_loop_is_one_batch_and_what_comes_meanwhile_the_next() -> None:
    worker = Played()
    room = Room(worker)
    first = [room.ask(1), room.ask(2, 3)]
    await turn()
    later = [room.ask(number) for number in range(4, 9)]
    await turn()
    assert worker.given == [[1, 2, 3]]
    worker.answer()
    assert worker.given[1:] == [[4, 5, 6, 7, 8]]
    worker.answer()
    assert [numbers(future) for future in first + later] == [[2], [4, 6], [8], [10], [12], [14], [16]]
    assert room.desk.batch_rows == {3: 1, 5: 1}
    assert room.desk.idle_since is not None


@pytest.mark.proves("engine.batch")
@pytest.mark.parametrize(("declared", "asked", "frames"), [(1, 32, 40), (8, 32, 5), (64, 16, 3), (64, 1, 40)])
async def test_never_more_frames_than_without_batching(declared: int, asked: int, frames: int) -> None:
    worker = Played(declared)
    room = Room(worker, batch=asked)
    futures = [room.ask(number) for number in range(40)]
    await turn()
    while worker.batch:
        worker.answer()
    assert len(worker.given) == frames
    assert [numbers(future) for future in futures] == [[2 * number] for number in range(40)]


async def test_a_batch_is_bounded_in_bytes_too() -> None:
    worker = Played()
    room = Room(worker, batch_bytes=12)
    for number in range(5):
        room.ask(number)
    await turn()
    worker.answer(2)
    assert worker.given == [[0, 1, 2], [3, 4]]


async def test_two_free_workers_share_what_waits() -> None:
    one, other = Played(), Played()
    room = Room(one, other)
    for number in range(6):
        room.ask(number)
    await turn()
    assert [one.given, other.given] == [[[0, 1, 2]], [[3, 4, 5]]]


@pytest.mark.proves("engine.one-bad")
async def test_a_bad_request_spoils_no_other_of_its_batch() -> None:
    worker = Played()
    room = Room(worker)
    futures = [room.ask(number) for number in (1, -13, 3)]
    await turn()
    worker.answer()
    await turn()
    worker.answer(3)
    assert worker.given == [[1, -13, 3], [1], [-13], [3]]
    assert [numbers(futures[0]), numbers(futures[2])] == [[2], [6]]
    with pytest.raises(Unprocessable, match="-13 is unlucky"):
        await futures[1]


async def test_a_model_whose_answers_have_other_rows_is_asked_one_by_one_from_then_on() -> None:
    worker = Played()
    room = Room(worker)
    futures = [room.ask(number) for number in (1, 2)]
    await turn()
    batch, worker.batch = worker.batch, None
    worker.answered(worker, batch, 0.1, b'{"outputs": [["sum", "FP32", [1], 4]]}', bytes(4))
    futures += [room.ask(3), room.ask(4)]
    await turn()
    worker.answer(4)
    assert worker.given == [[1, 2], [1], [2], [3], [4]]
    assert [numbers(future) for future in futures] == [[2], [4], [6], [8]]


@pytest.mark.proves("floods.predictions")
async def test_callers_take_turns_in_batches_too() -> None:
    worker = Played()
    room = Room(worker, batch=3)
    for number in range(6):
        room.ask(number, caller="greedy")
    room.ask(10, caller="modest")
    room.ask(11, caller="modest")
    await turn()
    worker.answer(2)
    assert worker.given[:2] == [[0, 10, 1], [11, 2, 3]]


async def test_a_full_line_is_a_503_with_a_time_and_lets_a_modest_caller_in() -> None:
    worker = Played()
    room = Room(worker, waiting=4, waiting_each=4)
    room.ask(0)
    await turn()
    waiting = [room.ask(number, caller="greedy") for number in range(1, 6)]
    error = waiting[-1].exception()
    assert isinstance(error, Unavailable)
    assert error.details["retry_after"] >= 1
    modest = room.ask(9, caller="modest")
    displaced = [future for future in waiting[:-1] if future.done()]
    assert [type(future.exception()) for future in displaced] == [Unavailable]
    await turn()
    worker.answer(2)
    assert numbers(modest) == [18]


async def test_quiet_is_when_everybody_has_their_answer() -> None:
    worker = Played(1)
    room = Room(worker)
    future, gone = room.ask(1), room.ask(2)
    await turn()
    quiet = asyncio.create_task(room.desk.quiet())
    await turn()
    assert not quiet.done()
    worker.answer()
    gone.cancel()
    await turn()
    assert not quiet.done()
    worker.answer()
    await asyncio.wait_for(quiet, 60)
    assert numbers(future) == [2]
