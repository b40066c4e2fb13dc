"""Clients that leave while a model is busy: their slots are free, and nobody computes for them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import pytest

from tests.support import eventually

from .inside import inside

BODY = msgspec.json.encode({"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}]})
ASKED = b"POST /v2/models/lamp/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % len(BODY)
PLAIN = ASKED + b"\r\n" + BODY
UNUSUAL = ASKED + b"Origin: http://localhost\r\n\r\n" + BODY  # so that it goes the long way


@pytest.mark.proves("serving.client-left")
@pytest.mark.parametrize("sent", [PLAIN, UNUSUAL], ids=["short way", "long way"])
async def test_who_leaves_gives_the_place_back(tmp_path: Path, sent: bytes) -> None:
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        [worker] = pool.pids
        os.kill(worker, signal.SIGSTOP)
        clients = [(await running.connect(sent))[1] for _ in range(9)]
        await eventually(lambda: pool.waiting + pool.working == 9)
        for client in clients:
            client.transport.abort()
        await eventually(lambda: pool.waiting == 0)
        os.kill(worker, signal.SIGCONT)
        tensor = {"name": "x", "shape": [1], "datatype": "FP32", "data": [3]}
        answer = await running.client().post("/v2/models/lamp/infer", json={"inputs": [tensor]})
        assert answer.json()["outputs"][0]["data"] == [6]
        assert sum(rows * count for rows, count in pool.batch_rows.items()) <= 10
        await eventually(lambda: running.inference.direct.budgets.is_quiet)
        numbers = running.inference.direct.metrics.of("lamp", 1)
        assert numbers.requests >= 1


@pytest.mark.proves("serving.client-left")
async def test_nine_who_leave_cost_the_model_one_answer_at_most(tmp_path: Path) -> None:
    """Only who was handed to the model already may be worked on."""
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        [worker] = pool.pids
        os.kill(worker, signal.SIGSTOP)
        first = (await running.connect(PLAIN))[1]
        await eventually(lambda: pool.working == 1)
        others = [(await running.connect(PLAIN))[1] for _ in range(8)]
        await eventually(lambda: pool.waiting == 8)
        for client in (first, *others):
            client.transport.abort()
        await eventually(lambda: pool.waiting == 0)
        os.kill(worker, signal.SIGCONT)
        await eventually(lambda: pool.working == 0)
        assert sum(rows * count for rows, count in pool.batch_rows.items()) == 1
