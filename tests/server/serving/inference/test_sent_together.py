"""Requests that a model's process is sent together: each has its own answer, and none its neighbour's fate."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.serving.inference.errors import DeadlineExceeded, WorkerDied
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers.pool import WorkerPool
from tests.support import eventually

from .inside import Inside, inside

TOGETHER: dict[str, Any] = {"metadata": {"batch": 32}}


def infer(client: httpx.AsyncClient, number: float) -> asyncio.Task[httpx.Response]:
    tensor = {"name": "x", "shape": [1], "datatype": "FP32", "data": [number]}
    return asyncio.create_task(client.post("/v2/models/lamp/infer", json={"inputs": [tensor]}))


def ask(pool: WorkerPool, *numbers: float, deadline: float | None = None) -> asyncio.Future[list[RawTensor]]:
    data = struct.pack(f"<{len(numbers)}f", *numbers)
    return pool.infer([RawTensor("x", "FP32", (len(numbers),), data)], "ada", deadline=deadline)


def doubled(tensors: list[RawTensor]) -> list[float]:
    found = {tensor.name: tensor for tensor in tensors}["double"]
    return list(struct.unpack(f"<{found.shape[0]}f", found.data))


def hold(pool: WorkerPool) -> list[int]:
    """Let the processes of a model stand still."""
    for pid in pool.pids:
        os.kill(pid, signal.SIGSTOP)
    return pool.pids


async def behind_one(running: Inside, pool: WorkerPool, numbers: list[float]) -> list[asyncio.Task[httpx.Response]]:
    """So many requests that wait while the process, which stands still, is at another."""
    (pid,) = hold(pool)
    first = infer(running.client("first"), 1000)
    await eventually(lambda: pool.working == 1)
    tasks = [infer(running.client(f"person{number}"), number) for number in numbers]
    await eventually(lambda: pool.waiting == len(numbers))
    os.kill(pid, signal.SIGCONT)
    return [first, *tasks]


@pytest.mark.proves("engine.batch")
async def test_what_waits_when_the_process_is_free_goes_together_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy(**TOGETHER)
        tasks = await behind_one(running, pool, [float(number) for number in range(8)])
        outputs = [(await task).json()["outputs"] for task in tasks]
        assert [one[0]["data"] for one in outputs[1:]] == [[2.0 * number] for number in range(8)]
        assert [one[1]["data"] for one in outputs] == [[1], *[[8]] * 8]
        assert dict(pool.batch_rows) == {1: 1, 8: 1}
        assert (pool.working, pool.waiting) == (0, 0)
        assert pool.idle_since is not None


@pytest.mark.proves("engine.batch")
async def test_a_model_that_does_not_batch_is_asked_one_by_one(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        tasks = await behind_one(running, pool, [1.0, 2.0, 3.0])
        assert [(await task).json()["outputs"][1]["data"] for task in tasks] == [[1000.0], [1.0], [2.0], [3.0]]
        assert dict(pool.batch_rows) == {1: 4}


@pytest.mark.proves("engine.one-bad")
async def test_a_bad_request_spoils_no_other(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy(**TOGETHER)
        tasks = await behind_one(running, pool, [1.0, 13.0, 3.0])
        answers = [await task for task in tasks]
        assert [answer.status_code for answer in answers] == [200, 200, 422, 200]
        assert answers[2].json()["message"] == "13 is unlucky."
        assert answers[3].json()["outputs"][0]["data"] == [6.0]


@pytest.mark.proves("engine.deadly")
async def test_a_deadly_request_takes_nobody_along_and_is_refused_in_the_end(tmp_path: Path) -> None:
    async with inside(tmp_path, first_pause=0.01) as running:
        pool = await running.deploy(**TOGETHER)
        good, deadly, other = ask(pool, 1), ask(pool, 666), ask(pool, 3)
        assert doubled(await good) + doubled(await other) == [2, 6]
        with pytest.raises(WorkerDied):
            await deadly
        with pytest.raises(WorkerDied):
            await ask(pool, 666)
        await eventually(lambda: pool.ready)
        (pid,) = pool.pids
        with pytest.raises(Unprocessable, match="not tried again"):
            await ask(pool, 666)
        assert doubled(await ask(pool, 4)) == [8]
        assert pool.pids == [pid]


@pytest.mark.proves("engine.waits-for-a-worker")
async def test_a_process_that_is_killed_costs_nobody_who_waited_or_was_in_company(tmp_path: Path) -> None:
    async with inside(tmp_path, first_pause=0.01) as running:
        pool = await running.deploy(**TOGETHER)
        (pid,) = hold(pool)
        futures = [ask(pool, number) for number in range(4)]
        await eventually(lambda: pool.working == 4)
        waiting = ask(pool, 9)
        os.kill(pid, signal.SIGKILL)
        assert [doubled(await future) for future in [*futures, waiting]] == [[0], [2], [4], [6], [18]]
        assert pool.pids != [pid]


@pytest.mark.proves("engine.deadline")
async def test_an_answer_that_comes_too_late_is_a_504(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy(**TOGETHER)
        (pid,) = hold(pool)
        loop = asyncio.get_running_loop()
        working = ask(pool, 1)
        await eventually(lambda: pool.working == 1)
        late = ask(pool, 2, deadline=loop.time())
        with pytest.raises(DeadlineExceeded, match="within the time that the request allows"):
            await late
        assert pool.waiting == 0
        os.kill(pid, signal.SIGCONT)
        assert doubled(await working) == [2]
        assert dict(pool.batch_rows) == {1: 1}


async def test_a_large_tensor_goes_there_and_back(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy(**TOGETHER)
        numbers = [float(number % 11) for number in range(300_000)]
        large, small = ask(pool, *numbers), ask(pool, 1)
        assert doubled(await large) == [2 * number for number in numbers]
        assert doubled(await small) == [2]


async def read(pool: WorkerPool, **parameters: Any) -> list[str]:
    return [piece["text"] async for piece in pool.stream(parameters, "ada")]


@pytest.mark.proves("engine.streams-turns")
async def test_streams_and_requests_share_a_process(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy(**TOGETHER)
        streams = [asyncio.create_task(read(pool, count=200)) for _ in range(4)]
        assert doubled(await ask(pool, 1)) == [2]
        for stream in streams:
            assert await stream == [f"{number} " for number in range(200)]
        assert (pool.working, pool.waiting) == (0, 0)


@pytest.mark.proves("engine.streams-cancel", "engine.streams-backpressure")
async def test_a_reader_who_leaves_frees_the_place(tmp_path: Path) -> None:
    log = tmp_path / "made"
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        stream = pool.stream({"count": 10_000, "log": str(log)}, "ada")
        assert (await anext(stream))["text"] == "0 "
        await stream.aclose()
        await eventually(lambda: pool.working == 0)
        made = log.read_text().splitlines()
        assert len(made) <= 17
        assert doubled(await ask(pool, 1)) == [2]
        assert log.read_text().splitlines() == made


async def test_the_end_of_the_process_is_the_end_of_its_streams_and_a_deadly_one_is_refused(tmp_path: Path) -> None:
    async with inside(tmp_path, first_pause=0.01) as running:
        pool = await running.deploy()
        for _ in range(2):
            pieces = []
            with pytest.raises(WorkerDied):  # noqa: PT012 - the pieces before are part of what is said
                async for piece in pool.stream({"count": 5, "exit": 3}, "ada"):
                    pieces.append(piece["text"])
            assert pieces == ["0 ", "1 ", "2 "][: len(pieces)]
        with pytest.raises(Unprocessable, match="not tried again"):
            await read(pool, count=5, exit=3)
        assert await read(pool, count=2) == ["0 ", "1 "]
