"""Small requests that a model is sent together: each has its own answer, and none its neighbour's fate."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.serving.inference.workers import worker as room
from jupyter_crispdm.serving.inference.workers.pool import WorkerPool
from tests.support import eventually

from .inside import Inside, inside


def infer(client: httpx.AsyncClient, number: float) -> asyncio.Task[httpx.Response]:
    tensor = {"name": "x", "shape": [1], "datatype": "FP32", "data": [number]}
    return asyncio.create_task(client.post("/v2/models/lamp/infer", json={"inputs": [tensor]}))


def hold(pool: WorkerPool) -> list[room.Worker]:
    """Let the processes of a model that is known as quick stand still."""
    for worker in pool._workers:
        worker._usual = 1e-6
        os.kill(worker.pid, signal.SIGSTOP)
    return list(pool._workers)


def ask_all(running: Inside, count: int) -> list[asyncio.Task[httpx.Response]]:
    return [infer(running.client(f"person{number}"), number) for number in range(count)]


async def test_each_gets_its_own_answer(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        (worker,) = hold(pool)
        many = ask_all(running, 8)
        await eventually(lambda: worker.load == 8)
        os.kill(worker.pid, signal.SIGCONT)
        answers = [(await task).json() for task in many]
        assert [answer["outputs"][0]["data"] for answer in answers] == [[2.0 * number] for number in range(8)]
        assert worker.is_free
        assert (pool.queue.working, pool.queue.waiting) == (0, 0)


async def test_what_lies_behind_a_slow_one_is_handed_back_and_takes_a_turn_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_LATE_SECONDS", 0.0)
    handed_back: list[bool] = []
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        (worker,) = hold(pool)
        hand_over = worker._hand_over

        def spy(header: dict[str, Any], body: bytes) -> None:
            handed_back.append("not_begun" in header)
            hand_over(header, body)

        monkeypatch.setattr(worker, "_hand_over", spy)
        many = ask_all(running, 4)
        await eventually(lambda: worker.load == 4)
        os.kill(worker.pid, signal.SIGCONT)
        answers = [(await task).json() for task in many]
        assert [answer["outputs"][0]["data"] for answer in answers] == [[2.0 * number] for number in range(4)]
        assert handed_back == [False, True, True, True, False, False, False]


async def test_a_process_that_dies_takes_only_what_it_was_at_along(tmp_path: Path) -> None:
    async with inside(tmp_path, first_pause=0.05) as running:
        pool = await running.deploy(workers=2)
        await eventually(lambda: len(pool._workers) == 2)
        one, other = hold(pool)
        many = ask_all(running, 8)
        await eventually(lambda: one.load == other.load == 4)
        os.kill(one.pid, signal.SIGKILL)
        os.kill(other.pid, signal.SIGCONT)
        answers = [await task for task in many]
        assert sorted(answer.status_code for answer in answers) == [*[200] * 7, 503]
