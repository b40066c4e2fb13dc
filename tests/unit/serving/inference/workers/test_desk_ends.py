"""Requests whose end is another than their answer: who leaves, whose time is over, whose worker ends."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.errors import Unavailable, Unprocessable
from jupyter_crispdm.serving.inference.errors import DeadlineExceeded, WorkerDied
from jupyter_crispdm.serving.inference.tensors import RawTensor

from .room import Played, Room, numbers, turn


@pytest.mark.proves("engine.cancel")
async def test_who_leaves_is_out_of_the_line_and_their_work_is_not_begun() -> None:
    worker = Played(1)
    room = Room(worker)
    working, gone, here = room.ask(1), room.ask(2), room.ask(3)
    await turn()
    gone.cancel()
    assert room.desk.waiting == 1
    worker.answer(2)
    assert worker.given == [[1], [3]]
    assert [numbers(working), numbers(here)] == [[2], [6]]


@pytest.mark.proves("engine.cancel")
async def test_who_leaves_while_being_worked_on_is_told_to_the_worker() -> None:
    worker = Played()
    room = Room(worker)
    future = room.ask(1)
    await turn()
    future.cancel()
    assert worker.dropped == [future]
    worker.answer()
    await turn()
    assert room.desk.idle_since is not None


@pytest.mark.proves("engine.deadline")
async def test_whose_time_is_over_is_told_and_not_worked_on() -> None:
    worker = Played(1)
    room = Room(worker)
    now = asyncio.get_running_loop().time()
    working, late, patient = room.ask(1, deadline=now - 1), room.ask(2, deadline=now - 1), room.ask(3)
    await turn()
    room.desk._alarm.ring()
    for future in (working, late):
        assert isinstance(future.exception(), DeadlineExceeded)
    if worker.batch:
        worker.answer()
    await turn()
    while worker.batch:
        worker.answer()
    assert [2.0] not in worker.given
    assert numbers(patient) == [6]
    room.desk.close(Unavailable("over"))


@pytest.mark.proves("engine.waits-for-a-worker")
async def test_who_asks_while_no_worker_is_ready_waits_for_one() -> None:
    room = Room()
    future = room.ask(1)
    await turn()
    worker = Played()
    room.desk.add(worker)  # type: ignore[arg-type]
    worker.answer()
    assert numbers(future) == [2]


async def test_who_waits_for_a_model_that_has_failed_is_told() -> None:
    room = Room()
    future = room.ask(1)
    room.desk.refuse(Unavailable("it cannot be loaded"))
    room.desk.clear(Unavailable("it cannot be loaded"))
    assert str(future.exception()) == "it cannot be loaded"
    assert str(room.ask(2).exception()) == "it cannot be loaded"
    room.desk.refuse(None)
    assert not room.ask(3).done()
    room.desk.close(Unavailable("over"))


async def test_a_process_that_ends_loses_what_it_was_at_alone() -> None:
    worker = Played(1)
    room = Room(worker)
    lost, waiting = room.ask(1), room.ask(2)
    await turn()
    room.lose(worker)
    error = lost.exception()
    assert isinstance(error, WorkerDied)
    assert (error.status, error.details, error.code) == (503, {"retry_after": 1}, "worker_died")
    assert "ended with exit code 3 while it worked on this" in str(error)
    assert not waiting.done()
    room.desk.close(Unavailable("over"))


@pytest.mark.proves("engine.deadly")
async def test_a_request_that_ends_processes_is_found_in_its_batch_and_not_tried_a_third_time() -> None:
    room = Room()

    def come() -> Played:
        worker = Played()
        room.desk.add(worker)  # type: ignore[arg-type]
        return worker

    worker = come()
    good, deadly, other = (room.ask(number) for number in (1, 666, 3))
    await turn()
    room.lose(worker)
    worker = come()
    worker.answer()
    assert worker.given == [[1], [666]]
    room.lose(worker)
    assert isinstance(deadly.exception(), WorkerDied)
    worker = come()
    worker.answer()
    assert [numbers(good), numbers(other)] == [[2], [6]]
    again = room.ask(666)
    await turn()
    room.lose(worker)
    assert isinstance(again.exception(), WorkerDied)
    come()
    refused = room.ask(666).exception()
    assert isinstance(refused, Unprocessable)
    assert "not tried again" in str(refused)
    assert not room.ask(667).done()
    room.desk.close(Unavailable("over"))


@pytest.mark.proves("engine.deadly")
@pytest.mark.parametrize("innocent", ["killed from outside", "answered between"])
async def test_a_request_is_not_blamed_for_what_others_did(innocent: str) -> None:
    room = Room()
    for _ in range(3):
        worker = Played()
        worker.is_to_blame = innocent != "killed from outside"
        room.desk.add(worker)  # type: ignore[arg-type]
        future = room.ask(1)
        await turn()
        if innocent == "answered between":
            worker.answer()
            assert numbers(future) == [2]
            future = room.ask(1)
            await turn()
        room.lose(worker)
        assert isinstance(future.exception(), WorkerDied)
    room.desk.close(Unavailable("over"))


async def test_what_cannot_be_sent_is_refused_and_the_worker_is_free() -> None:
    worker = Played()
    room = Room(worker)
    future = room.desk.infer([RawTensor("x", "FP32", (1,), None)], "ada", None, "")  # type: ignore[arg-type]
    await turn()
    assert isinstance(future.exception(), Unprocessable)
    fine = room.ask(2)
    await turn()
    worker.answer()
    assert numbers(fine) == [4]
