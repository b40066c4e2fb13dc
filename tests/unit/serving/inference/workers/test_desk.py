"""Callers on one side and workers that the test plays on the other: no process, no sleep."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Unavailable, Unprocessable
from jupyter_crispdm.serving.inference.errors import DeadlineExceeded, WorkerDied
from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers.desk import Desk
from jupyter_crispdm.serving.inference.workers.requests import Batch, Request
from jupyter_crispdm.serving.inference.workers.streams import Stream

Future = asyncio.Future[Any]


class Played:
    """A worker that answers when the test says so: each number doubled, and -13 is refused."""

    def __init__(self, batch: int = 8) -> None:
        self.description = {"batch": batch}
        self.batch: Batch | None = None
        self.streams: dict[int, Stream] = {}
        self.given: list[list[float]] = []
        self.dropped: list[Any] = []
        self.is_to_blame = True
        self.answered: Any = None
        self.freed: Any = None

    @property
    def is_free(self) -> bool:
        return self.batch is None

    def give(self, batch: Batch) -> None:
        self.batch = batch
        self.given.append(list(self._numbers(batch)))

    def begin(self, stream: Stream) -> None:
        self.streams[stream.parameters.get("n", 0)] = stream

    def drop(self, wanted: Request | Stream) -> None:
        self.dropped.append(wanted)

    def answer(self, times: int = 1) -> None:
        for _ in range(times):
            batch, self.batch = self.batch, None
            assert batch is not None
            numbers = self._numbers(batch)
            refused: dict[str, Any] | None = {"error": {"message": "-13 is unlucky."}} if -13 in numbers else None
            told: dict[str, Any] = refused or {"outputs": [["y", "FP32", [len(numbers)], 4 * len(numbers)]]}
            body = b"" if refused else struct.pack(f"<{len(numbers)}f", *(2 * number for number in numbers))
            self.answered(self, batch, 0.1, msgspec.json.encode(told), body)

    @staticmethod
    def _numbers(batch: Batch) -> tuple[float, ...]:
        body = b"".join(batch.frame()[1])
        return struct.unpack(f"<{len(body) // 4}f", body)


class Room:
    """A desk, its workers, and who asks."""

    def __init__(self, *workers: Played, batch: int = 32, **limits: int) -> None:
        self.desk = Desk("the lamp", RequestLimits(**limits), 300.0, batch)
        self.workers = workers
        for worker in workers:
            self.desk.add(worker)  # type: ignore[arg-type]

    def ask(self, *numbers: float, caller: str = "ada", deadline: float | None = None) -> Future:
        data = struct.pack(f"<{len(numbers)}f", *numbers)
        return self.desk.infer([RawTensor("x", "FP32", (len(numbers),), data)], caller, deadline, "")

    def lose(self, worker: Played) -> None:
        self.desk.remove(worker, "ended with exit code 3")  # type: ignore[arg-type]


def numbers(future: Future) -> list[float]:
    [tensor] = future.result()
    return list(struct.unpack(f"<{tensor.shape[0]}f", tensor.data))


async def turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


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


async def test_streams_have_places_and_wait_for_them_in_turn() -> None:
    worker = Played()
    room = Room(worker, streams=2)
    streams = [room.desk.stream({"n": number}, "ada") for number in range(4)]
    await turn()
    assert list(worker.streams.values()) == streams[:2]
    assert room.desk.waiting == 2
    streams[2].leave()
    assert room.desk.waiting == 1
    del worker.streams[0]
    worker.freed()
    assert list(worker.streams.values()) == [streams[1], streams[3]]
    assert room.desk.streams == 2


async def test_a_process_s_end_is_the_end_of_its_streams() -> None:
    worker = Played()
    room = Room(worker)
    stream = room.desk.stream({}, "ada")
    await turn()
    stream.came({"text": "a"})
    room.lose(worker)
    assert await stream.next() == {"text": "a"}
    with pytest.raises(WorkerDied):
        await stream.next()


async def test_streams_are_refused_when_too_many_wait() -> None:
    room = Room(waiting=1, waiting_each=1)
    room.desk.stream({}, "ada")
    with pytest.raises(Unavailable, match="1 requests wait"):
        room.desk.stream({}, "ada")


async def test_who_waits_too_long_for_a_place_is_told() -> None:
    worker = Played()
    room = Room(worker, streams=1)
    open_, waiting, patient = (room.desk.stream({"n": number}, "ada") for number in range(3))
    await turn()
    waiting.deadline = 0.0
    room.desk._alarm.ring()
    with pytest.raises(Unavailable, match="Try again in"):
        await waiting.next()
    assert room.desk.waiting == 1
    del worker.streams[0]
    worker.freed()
    assert list(worker.streams.values()) == [patient]
    room.desk.close(Unavailable("over"))
    assert open_.room


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
